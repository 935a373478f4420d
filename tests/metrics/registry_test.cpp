#include "metrics/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tutti::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Registry, ShowsCountersAndGaugesWithHelpAndType) {
  Counter messages;
  Gauge connections;
  Registry registry;
  registry.add({"tutti_messages_total", "Messages.", {{"direction", "in"}}}, messages);
  registry.add({"tutti_connections", "Connections now."}, connections);
  messages.add(41);
  messages.add();
  connections.add(3);
  connections.add(-1);
  const std::string text = registry.text();
  EXPECT_THAT(text, HasSubstr("# HELP tutti_messages_total Messages.\n# TYPE tutti_messages_total counter\n"
                              "tutti_messages_total{direction=\"in\"} 42\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE tutti_connections gauge\ntutti_connections 2\n"));
}

TEST(Registry, AddsUpTheCountersOfAllWorkers) {
  Counter first, second;
  Registry registry;
  registry.add({"tutti_messages_total", "Messages."}, first);
  registry.add({"tutti_messages_total", "Messages."}, second);
  first.add(2);
  second.add(3);
  EXPECT_THAT(registry.text(), HasSubstr("\ntutti_messages_total 5\n"));
}

TEST(Registry, ShowsHistogramsWithCumulativeBuckets) {
  static constexpr std::array<double, 2> kBounds{1, 10};
  Histogram first(kBounds), second(kBounds);
  Registry registry;
  registry.add({"tutti_flush_operations", "Operations a flush."}, first);
  registry.add({"tutti_flush_operations", "Operations a flush."}, second);
  first.observe(1);  // a bound belongs to its bucket
  first.observe(7);
  second.observe(70);
  const std::string text = registry.text();
  EXPECT_THAT(text, HasSubstr("tutti_flush_operations_count 3\n"));
  EXPECT_THAT(text, HasSubstr("tutti_flush_operations_sum 78\n"));
  EXPECT_THAT(text, HasSubstr("tutti_flush_operations_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tutti_flush_operations_bucket{le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("tutti_flush_operations_bucket{le=\"+Inf\"} 3\n"));
}

TEST(Registry, EscapesLabelValues) {
  Counter counter;
  Registry registry;
  registry.add({"tutti_errors_total", "Errors.", {{"kind", "a\"b\\c\nd"}}}, counter);
  EXPECT_THAT(registry.text(), HasSubstr(R"(tutti_errors_total{kind="a\"b\\c\nd"} 0)"));
}

TEST(Registry, NeverShowsNotANumberBeforeTheFirstValue) {
  Histogram histogram(kSecondsBounds);
  Registry registry;
  registry.add({"tutti_commit_seconds", "Commit."}, histogram);
  EXPECT_THAT(registry.text(), Not(HasSubstr("an\n")));
}

TEST(Registry, ShowsTheProcess) {
  Registry registry;
  add_process_metrics(registry);
  const std::string text = registry.text();
  EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes "));
  EXPECT_THAT(text, HasSubstr("process_cpu_seconds_total "));
  EXPECT_THAT(text, Not(HasSubstr("process_open_fds 0\n")));
}

TEST(Histogram, SortsValuesAtTheBounds) {
  Histogram histogram(kSizeBounds);
  for (const double value : {0.0, 1.0, 1.5, 5000.0, 5001.0}) histogram.observe(value);
  EXPECT_EQ(histogram.in_bucket(0), 2u);
  EXPECT_EQ(histogram.in_bucket(1), 1u);
  EXPECT_EQ(histogram.in_bucket(11), 1u);
  EXPECT_EQ(histogram.in_bucket(12), 1u);
  EXPECT_DOUBLE_EQ(histogram.sum(), 10003.5);
}

}  // namespace
}  // namespace tutti::metrics
