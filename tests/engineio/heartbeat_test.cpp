#include "engineio/heartbeat.hpp"

#include <gtest/gtest.h>

#include "base/manual_scheduler.hpp"

namespace tutti::engineio {
namespace {

using namespace std::chrono_literals;

class HeartbeatTest : public testing::Test, public Heartbeat::Owner {
 public:
  void send_ping() override { ++pings; }
  void ping_timed_out() override { closed = true; }

 protected:
  ManualScheduler clock;
  int pings = 0;
  bool closed = false;
  Heartbeat::Settings settings{25s, 20s};
  Heartbeat heartbeat{clock, settings, *this};
};

TEST_F(HeartbeatTest, ClosesWhenPongIsLate) {
  heartbeat.start();
  clock.advance(25s - 1ns);
  EXPECT_EQ(pings, 0);
  clock.advance(1ns);
  EXPECT_EQ(pings, 1);
  clock.advance(20s - 1ns);
  EXPECT_FALSE(closed);
  clock.advance(1ns);
  EXPECT_TRUE(closed);
  EXPECT_EQ(pings, 1);
}

TEST_F(HeartbeatTest, TheIntervalStartsWithThePong) {
  heartbeat.start();
  clock.advance(25s + 19s);
  heartbeat.pong();
  clock.advance(25s - 1ns);
  EXPECT_EQ(pings, 1);
  clock.advance(1ns);
  EXPECT_EQ(pings, 2);
  EXPECT_FALSE(closed);
}

TEST_F(HeartbeatTest, APongWithoutPingCountsToo) {
  heartbeat.start();
  clock.advance(20s);
  heartbeat.pong();
  clock.advance(20s);
  EXPECT_EQ(pings, 0);
}

TEST_F(HeartbeatTest, LivesAsLongAsPongsCome) {
  heartbeat.start();
  for (int i = 1; i <= 100; ++i) {
    clock.advance(25s);
    EXPECT_EQ(pings, i);
    clock.advance(19s);
    heartbeat.pong();
  }
  EXPECT_FALSE(closed);
}

TEST_F(HeartbeatTest, StopsWhenToldTo) {
  heartbeat.start();
  heartbeat.stop();
  clock.advance(100s);
  EXPECT_EQ(pings, 0);
  EXPECT_EQ(clock.armed_timers(), 0u);
}

}  // namespace
}  // namespace tutti::engineio
