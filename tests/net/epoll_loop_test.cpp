#include "net/epoll/loop.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/scheduler.hpp"
#include "net/epoll/worker_pool.hpp"
#include "net/epoll_support.hpp"

namespace tutti::net::epoll {
namespace {

using namespace std::chrono_literals;

TEST(EpollLoop, RunsPostedTasksInOrderAndNotInsidePost) {
  Loop loop;
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) {
    loop.post([&, i] { order.push_back(i); });
    EXPECT_TRUE(order.empty());
  }
  loop.turn(1h);
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(EpollLoop, ATaskPostedByATaskComesInTheNextTurn) {
  Loop loop;
  bool second = false;
  loop.post([&] { loop.post([&] { second = true; }); });
  loop.turn(1h);
  EXPECT_FALSE(second);
  loop.turn(1h);
  EXPECT_TRUE(second);
}

TEST(EpollLoop, DeferredTasksRunAtTheEndOfTheTurnEvenIfTheyDeferAgain) {
  Loop loop;
  std::vector<int> order;
  loop.post([&] {
    loop.defer([&] {
      order.push_back(2);
      loop.defer([&] { order.push_back(3); });
    });
    order.push_back(1);
  });
  loop.turn(1h);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(EpollLoop, ATaskThatDefersForeverDoesNotHoldTheLoop) {
  Loop loop;
  int runs = 0;
  std::function<void()> again = [&] {
    ++runs;
    loop.defer([&] { again(); });
  };
  loop.defer([&] { again(); });
  loop.turn(1h);
  EXPECT_GT(runs, 1);
  EXPECT_LT(runs, 100);
}

TEST(EpollLoop, FiresTimersInOrder) {
  Loop loop;
  std::vector<int> order;
  CallbackTimer late(loop, [&] { order.push_back(2); });
  CallbackTimer early(loop, [&] { order.push_back(1); });
  CallbackTimer never(loop, [&] { order.push_back(3); });
  late.arm(3ms);
  early.arm(1ms);
  never.arm(2ms);
  never.cancel();
  test::run_until(loop, [&] { return order.size() == 2; });
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(EpollLoop, DoesNotFireEarly) {
  Loop loop;
  TimePoint fired{};
  CallbackTimer timer(loop, [&] { fired = std::chrono::steady_clock::now(); });
  loop.turn(0s);
  const TimePoint armed = loop.now();
  timer.arm(5ms);
  test::run_until(loop, [&] { return fired != TimePoint{}; });
  EXPECT_GE(fired - armed, 5ms);
}

TEST(EpollLoop, WakesUpForPostsOfOtherThreads) {
  Loop loop;
  constexpr int kThreads = 4;
  constexpr int kPosts = 1000;
  int sum = 0;  // touched by the loop's thread only
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kPosts; ++j) loop.post([&] { ++sum; });
    });
  }
  while (sum < kThreads * kPosts) loop.turn(1h);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, kThreads * kPosts);
}

TEST(EpollLoop, StopsFromAnotherThreadAndRunsAgain) {
  Loop loop;
  for (int i = 0; i < 2; ++i) {
    std::thread stopper([&] { loop.stop(); });
    loop.run();
    stopper.join();
  }
}

TEST(EpollLoop, KnowsItsThread) {
  WorkerPool pool(2);
  EXPECT_EQ(pool.loop(1).index(), 1u);
  pool.start();
  std::atomic<int> right{0};
  for (std::uint32_t i = 0; i < 2; ++i) {
    pool.loop(i).post([&, i] {
      if (pool.loop(i).is_current() && !pool.loop(1 - i).is_current()) ++right;
    });
  }
  pool.stop();
  EXPECT_EQ(right, 2);
  EXPECT_TRUE(pool.loop(0).is_current());
}

// The thread that made a loop may post while the loop's own thread begins: no wake-up may be lost.
TEST(EpollLoop, StopsHoweverEarlyItIsTold) {
  for (int i = 0; i < 200; ++i) {
    WorkerPool pool(2);
    pool.start();
    bool ran = false;
    pool.loop(1).post([&] { ran = true; });
    pool.stop();
    EXPECT_TRUE(ran);
  }
}

TEST(EpollLoop, TasksThatNeverRanAreDestroyed) {
  auto token = std::make_shared<int>(1);
  {
    Loop loop;
    loop.post([token] {});
    loop.defer([token] {});
    EXPECT_EQ(token.use_count(), 3);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(EpollLoop, SaysHowLongAHostMayWait) {
  Loop loop;
  EXPECT_FALSE(loop.wait_limit());
  CallbackTimer timer(loop, [] {});
  timer.arm(1h);
  EXPECT_GT(*loop.wait_limit(), 59min);
  loop.post([] {});
  EXPECT_EQ(*loop.wait_limit(), Duration::zero());
}

}  // namespace
}  // namespace tutti::net::epoll
