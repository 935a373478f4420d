#include "loadgen/latency.hpp"

#include <gtest/gtest.h>

#include "loadgen/fleet.hpp"

namespace tutti::loadgen {
namespace {

TEST(LatencyHistogram, IsExactBelow64AndWithinTwoPercentAbove) {
  LatencyHistogram histogram;
  for (std::uint64_t value = 1; value <= 1'000'000; value += 7) histogram.record(value);
  for (const double fraction : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = fraction * 1'000'000;
    EXPECT_NEAR(static_cast<double>(histogram.percentile(fraction)), exact, exact * 0.02 + 7) << fraction;
  }
  EXPECT_EQ(histogram.percentile(1), histogram.max());
}

TEST(LatencyHistogram, TakesAnyValue) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.percentile(0.5), 0u);
  histogram.record(0);
  histogram.record(~std::uint64_t{0});
  EXPECT_EQ(histogram.percentile(0.25), 0u);
  EXPECT_EQ(histogram.percentile(1), ~std::uint64_t{0});
  EXPECT_EQ(histogram.count(), 2u);
}

TEST(Payload, IsFoundInAnyForm) {
  const std::string payload = make_payload(77, 123'456'789, 100);
  EXPECT_EQ(payload.size(), 100u);
  for (const auto form : {codec::Form::json, codec::Form::msgpack}) {
    const auto stamp = find_stamp("prefix" + string_argument(form, payload) + "]");
    ASSERT_TRUE(stamp.has_value());
    EXPECT_EQ(stamp->sequence, 77u);
    EXPECT_EQ(stamp->sent_ns, 123'456'789u);
  }
  EXPECT_FALSE(find_stamp("tutti:0123").has_value());
  EXPECT_FALSE(find_stamp("").has_value());
}

}  // namespace
}  // namespace tutti::loadgen
