#include "base/timer_queue.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/manual_scheduler.hpp"

namespace tutti {
namespace {

using namespace std::chrono_literals;

TEST(TimerQueue, FiresEachTimerAtItsOwnTime) {
  ManualScheduler clock;
  std::vector<std::pair<int, TimePoint>> fired;
  CallbackTimer late(clock, [&] { fired.emplace_back(2, clock.now()); });
  CallbackTimer early(clock, [&] { fired.emplace_back(1, clock.now()); });
  late.arm(20ms);
  early.arm(10ms);
  clock.advance(9ms);
  EXPECT_TRUE(fired.empty());
  clock.advance(91ms);
  ASSERT_EQ(fired.size(), 2u);
  EXPECT_EQ(fired[0], std::make_pair(1, TimePoint{} + 10ms));
  EXPECT_EQ(fired[1], std::make_pair(2, TimePoint{} + 20ms));
  EXPECT_EQ(clock.now(), TimePoint{} + 100ms);
}

TEST(TimerQueue, TimersOfOneMomentFireInTheOrderOfArming) {
  ManualScheduler clock;
  std::vector<int> fired;
  CallbackTimer first(clock, [&] { fired.push_back(1); });
  CallbackTimer second(clock, [&] { fired.push_back(2); });
  first.arm(5ms);
  second.arm(5ms);
  first.arm(5ms);  // again: now it is the later one
  clock.advance(5ms);
  EXPECT_EQ(fired, (std::vector<int>{2, 1}));
}

TEST(TimerQueue, ArmingAgainMovesTheDeadline) {
  ManualScheduler clock;
  int fired = 0;
  CallbackTimer timer(clock, [&] { ++fired; });
  timer.arm(10ms);
  clock.advance(5ms);
  timer.arm(10ms);
  clock.advance(9ms);
  EXPECT_EQ(fired, 0);
  clock.advance(1ms);
  EXPECT_EQ(fired, 1);
  EXPECT_FALSE(timer.armed());
}

TEST(TimerQueue, ACancelledTimerDoesNotFire) {
  ManualScheduler clock;
  CallbackTimer timer(clock, [] { FAIL(); });
  timer.arm(1ms);
  timer.cancel();
  timer.cancel();
  clock.advance(1s);
  EXPECT_EQ(clock.armed_timers(), 0u);
}

TEST(TimerQueue, ADestroyedTimerDoesNotFire) {
  ManualScheduler clock;
  auto timer = std::make_unique<CallbackTimer>(clock, [] { FAIL(); });
  timer->arm(1ms);
  timer.reset();
  clock.advance(1s);
  EXPECT_FALSE(clock.earliest());
}

TEST(TimerQueue, ATimerMayArmAndDestroyItselfAndOthersWhileFiring) {
  ManualScheduler clock;
  int fired = 0;
  std::unique_ptr<CallbackTimer> victim, suicide;
  CallbackTimer periodic(clock, [&] {
    if (++fired < 3) periodic.arm(10ms);
    victim.reset();
  });
  victim = std::make_unique<CallbackTimer>(clock, [] { FAIL(); });
  suicide = std::make_unique<CallbackTimer>(clock, [&] { suicide.reset(); });
  periodic.arm(10ms);
  victim->arm(10ms);
  suicide->arm(15ms);
  clock.advance(100ms);
  EXPECT_EQ(fired, 3);
  EXPECT_FALSE(suicide);
}

TEST(TimerQueue, WhatIsArmedWhileFiringWaitsForTheNextCall) {
  ManualScheduler clock;
  int fired = 0;
  CallbackTimer timer(clock, [&] {
    if (++fired < 5) timer.arm(0ms);  // must not starve the loop
  });
  timer.arm(-5ms);
  clock.advance(0ms);
  EXPECT_EQ(fired, 5) << "advance() fires until nothing is due; one call of fire_due fired one";
}

RC_GTEST_PROP(TimerQueue, FiresAllThatAreArmedInOrderOfDeadline, ()) {
  ManualScheduler clock;
  std::vector<std::pair<int, std::size_t>> fired;
  std::vector<std::unique_ptr<CallbackTimer>> timers;
  std::vector<int> deadlines;  // -1: not armed
  const auto count = *rc::gen::inRange<std::size_t>(1, 40);
  for (std::size_t i = 0; i < count; ++i) {
    deadlines.push_back(-1);
    timers.push_back(std::make_unique<CallbackTimer>(clock, [&, i] { fired.emplace_back(deadlines[i], i); }));
  }
  for (int step = 0; step < 100; ++step) {
    const auto i = *rc::gen::inRange<std::size_t>(0, count);
    if (*rc::gen::inRange(0, 3) == 0) {
      timers[i]->cancel();
      deadlines[i] = -1;
    } else {
      deadlines[i] = *rc::gen::inRange(1, 1000);
      timers[i]->arm(std::chrono::milliseconds(deadlines[i]));
    }
  }
  const auto armed = std::count_if(deadlines.begin(), deadlines.end(), [](int deadline) { return deadline >= 0; });
  clock.advance(1s);
  RC_ASSERT(static_cast<std::ptrdiff_t>(fired.size()) == armed);
  RC_ASSERT(std::is_sorted(fired.begin(), fired.end(), [](auto& a, auto& b) { return a.first < b.first; }));
}

}  // namespace
}  // namespace tutti
