#include "server/operator_pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tutti::server {
namespace {

net::HttpRequest request(std::string method, std::string target) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  return request;
}

TEST(OperatorPages, IsReadyBetweenStartAndStop) {
  Health health;
  const OperatorPages pages(health, nullptr);
  EXPECT_EQ(pages.answer(request("GET", "/readyz"))->status, 503u);
  EXPECT_EQ(pages.answer(request("GET", "/readyz"))->body.view(), R"({"status":"not ready","reasons":["starting"]})");
  health.set_started();
  EXPECT_EQ(pages.answer(request("GET", "/readyz"))->status, 200u);
  health.set_stopping();
  EXPECT_EQ(pages.answer(request("GET", "/readyz?verbose"))->body.view(),
            R"({"status":"not ready","reasons":["shutting down"]})");
  EXPECT_EQ(pages.answer(request("GET", "/healthz"))->status, 200u) << "a server that stops is alive";
}

TEST(OperatorPages, AFailingCheckMakesItNotReadyAndIsNamed) {
  Health health;
  health.set_started();
  std::string problem = "store: disk \"full\"";
  health.add_check([&] { return problem; });
  const OperatorPages pages(health, nullptr);
  EXPECT_EQ(pages.answer(request("GET", "/readyz"))->status, 503u);
  EXPECT_THAT(std::string(pages.answer(request("GET", "/readyz"))->body.view()),
              testing::HasSubstr(R"(disk \"full\")"));
  problem.clear();
  EXPECT_EQ(pages.answer(request("GET", "/readyz"))->status, 200u);
}

TEST(OperatorPages, ShowsMetricsAsPrometheusText) {
  Health health;
  metrics::Registry registry;
  metrics::Counter counter;
  registry.add({"tutti_things_total", "Things."}, counter);
  const auto response = OperatorPages(health, &registry).answer(request("GET", "/metrics"));
  EXPECT_THAT(std::string(response->body.view()), testing::HasSubstr("tutti_things_total 0"));
  EXPECT_FALSE(OperatorPages(health, nullptr).answer(request("GET", "/metrics")));
}

TEST(OperatorPages, OnlyReading) {
  Health health;
  const OperatorPages pages(health, nullptr);
  EXPECT_EQ(pages.answer(request("POST", "/healthz"))->status, 405u);
  EXPECT_EQ(pages.answer(request("HEAD", "/healthz"))->status, 200u);
  EXPECT_FALSE(pages.answer(request("GET", "/health")));
}

}  // namespace
}  // namespace tutti::server
