#undef BOOST_ASIO_SEPARATE_COMPILATION
#include "net/asio/hosted_loop.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "net/epoll_support.hpp"

namespace tutti::net::asio {
namespace {

using namespace std::chrono_literals;
using test::RecordingHandler;

class HostedLoopTest : public testing::Test {
 protected:
  // Runs the application's context until the condition holds.
  void run_until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!done()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      context_.restart();
      context_.run_one_for(50ms);
    }
  }
  boost::asio::io_context context_;
  epoll::Loop loop_;
  HostedLoop hosted_{context_, loop_};
};

TEST_F(HostedLoopTest, DeliversEventsOfSockets) {
  RecordingHandler server;
  RecordingHandler client;
  const auto take = [](RecordingHandler& handler, Stream& stream) {
    handler.stream = &stream;
    stream.set_handler(&handler);
  };
  epoll::Listener listener(loop_, *epoll::ListenSocket::open({}), [&](Stream& stream) { take(server, stream); });
  epoll::Connector connector(loop_, {"127.0.0.1", listener.port(), 5s}, [&](auto result) { take(client, **result); });
  run_until([&] { return server.stream && client.stream; });
  // From a handler of the application, between turns.
  boost::asio::post(context_, [&] { client.stream->write(SharedBytes::copy("hello")); });
  run_until([&] { return server.received == "hello"; });
  server.stream->close();
  run_until([&] { return client.closed; });
}

TEST_F(HostedLoopTest, FiresTimersArmedBetweenTurns) {
  int fired = 0;
  CallbackTimer timer(loop_, [&] { ++fired; });
  boost::asio::post(context_, [&] { timer.arm(2ms); });
  run_until([&] { return fired == 1; });
  boost::asio::post(context_, [&] { timer.arm(1ms); });
  run_until([&] { return fired == 2; });
}

TEST_F(HostedLoopTest, RunsTasksOfOtherThreadsAndItsOwn) {
  int ran = 0;
  std::thread other([&] { loop_.post([&] { ++ran; }); });
  run_until([&] { return ran == 1; });
  other.join();
  boost::asio::post(context_, [&] {
    loop_.post([&] { ++ran; });
    loop_.defer([&] { ++ran; });
  });
  run_until([&] { return ran == 3; });
  EXPECT_TRUE(loop_.is_current());
}

TEST_F(HostedLoopTest, LetsTheApplicationsOwnWorkRun) {
  bool done = false;
  boost::asio::steady_timer timer(context_, 1ms);
  timer.async_wait([&](const boost::system::error_code&) { done = true; });
  run_until([&] { return done; });
}

TEST(HostedLoopEnd, StopsWithTheLastTurn) {
  boost::asio::io_context context;
  epoll::Loop loop;
  bool ran = false;
  {
    const HostedLoop hosted(context, loop);
    loop.post([&] { ran = true; });
  }
  EXPECT_TRUE(ran);
  context.run_for(1ms);
}

}  // namespace
}  // namespace tutti::net::asio
