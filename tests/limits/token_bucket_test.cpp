#include "limits/token_bucket.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/manual_scheduler.hpp"

namespace tutti::limits {
namespace {

using namespace std::chrono_literals;

TEST(TokenBucket, IsFullAtTheStart) {
  const Rate rate{.per_second = 10, .burst = 3};
  TokenBucket bucket(rate, TimePoint{});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(rate, TimePoint{}));
  EXPECT_FALSE(bucket.take(rate, TimePoint{}));
}

TEST(TokenBucket, RefillsWithTimeUpToTheBurst) {
  const Rate rate{.per_second = 10, .burst = 2};
  TokenBucket bucket(rate, TimePoint{});
  EXPECT_TRUE(bucket.take(rate, TimePoint{}, 2));
  EXPECT_FALSE(bucket.take(rate, TimePoint{} + 99ms));
  EXPECT_TRUE(bucket.take(rate, TimePoint{} + 100ms));
  EXPECT_TRUE(bucket.take(rate, TimePoint{} + 1h, 2));
  EXPECT_FALSE(bucket.take(rate, TimePoint{} + 1h));
}

TEST(TokenBucket, TakesNothingWhenItRefuses) {
  const Rate rate{.per_second = 1, .burst = 2};
  TokenBucket bucket(rate, TimePoint{});
  EXPECT_FALSE(bucket.take(rate, TimePoint{}, 3));
  EXPECT_TRUE(bucket.take(rate, TimePoint{}, 2));
}

TEST(TokenBucket, TellsHowLongToWait) {
  const Rate rate{.per_second = 4, .burst = 1};
  TokenBucket bucket(rate, TimePoint{});
  EXPECT_EQ(bucket.wait(rate, TimePoint{}), 0ms);
  ASSERT_TRUE(bucket.take(rate, TimePoint{}));
  EXPECT_EQ(bucket.wait(rate, TimePoint{}), 250ms);
  EXPECT_EQ(bucket.wait(rate, TimePoint{} + 100ms), 150ms);
  EXPECT_TRUE(bucket.take(rate, TimePoint{} + 250ms));
}

TEST(TokenBucket, WithoutARateNeverRefuses) {
  TokenBucket bucket({}, TimePoint{});
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bucket.take({}, TimePoint{}, 1e9));
  EXPECT_EQ(bucket.wait({}, TimePoint{}), 0ms);
}

TEST(TokenBucket, BurstDefaultsToOneSecondButAtLeastOne) {
  const Rate slow{.per_second = 0.5};
  TokenBucket bucket(slow, TimePoint{});
  EXPECT_TRUE(bucket.take(slow, TimePoint{}));
  EXPECT_FALSE(bucket.take(slow, TimePoint{}));
  EXPECT_TRUE(bucket.take(slow, TimePoint{} + 2s));
}

TEST(TokenBucket, IgnoresAClockThatGoesBack) {
  const Rate rate{.per_second = 1000, .burst = 1};
  TokenBucket bucket(rate, TimePoint{} + 1s);
  EXPECT_TRUE(bucket.take(rate, TimePoint{} + 1s));
  EXPECT_FALSE(bucket.take(rate, TimePoint{}));
  EXPECT_TRUE(bucket.take(rate, TimePoint{} + 1001ms));
}

RC_GTEST_PROP(TokenBucket, NeverAdmitsMoreThanBurstAndRateAllow, ()) {
  const Rate rate{.per_second = static_cast<double>(*rc::gen::inRange(1, 100)),
                  .burst = static_cast<double>(*rc::gen::inRange(1, 20))};
  TokenBucket bucket(rate, TimePoint{});
  TimePoint now{};
  int taken = 0;
  for (const int step_ms : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 50))) {
    now += std::chrono::milliseconds(step_ms);
    if (bucket.take(rate, now)) ++taken;
    const double allowed = rate.burst + rate.per_second * std::chrono::duration<double>(now - TimePoint{}).count();
    RC_ASSERT(taken <= allowed + 1e-6);
  }
}

RC_GTEST_PROP(TokenBucket, AdmitsAfterTheWaitItTold, ()) {
  const Rate rate{.per_second = static_cast<double>(*rc::gen::inRange(1, 1000)), .burst = 5};
  TokenBucket bucket(rate, TimePoint{});
  ASSERT_TRUE(bucket.take(rate, TimePoint{}, 5));
  const auto wait = bucket.wait(rate, TimePoint{}, 3);
  RC_ASSERT(bucket.take(rate, TimePoint{} + wait + 1ns, 3));
}

}  // namespace
}  // namespace tutti::limits
