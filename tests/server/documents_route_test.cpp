#include "server/documents_route.hpp"

#include <gtest/gtest.h>

namespace tutti::server {
namespace {

DocumentsRoute good(std::string_view method, std::string_view path, std::string_view query = "") {
  auto route = route_of(method, path, query);
  EXPECT_TRUE(route.has_value()) << method << ' ' << path;
  return route.has_value() ? *route : DocumentsRoute{};
}

unsigned status(std::string_view method, std::string_view path, std::string_view query = "") {
  const auto route = route_of(method, path, query);
  return route.has_value() ? 200 : route.error().status;
}

TEST(DocumentsRoute, EachResourceHasItsMethods) {
  EXPECT_EQ(good("GET", "/api/documents").action, DocumentsAction::list);
  EXPECT_EQ(good("GET", "/api/documents/").action, DocumentsAction::list);
  EXPECT_EQ(good("GET", "/api/documents/a").action, DocumentsAction::get);
  EXPECT_EQ(good("PUT", "/api/documents/a").action, DocumentsAction::put);
  EXPECT_EQ(good("DELETE", "/api/documents/a").action, DocumentsAction::remove);
  EXPECT_EQ(good("POST", "/api/documents/a/operations").action, DocumentsAction::operation);
  EXPECT_EQ(good("GET", "/api/documents/a/revisions").action, DocumentsAction::revisions);
}

TEST(DocumentsRoute, AWrongMethodTellsWhichWouldDo) {
  EXPECT_EQ(route_of("POST", "/api/documents/a", "").error().allow, "GET, PUT, DELETE");
  EXPECT_EQ(status("POST", "/api/documents"), 405u);
  EXPECT_EQ(status("GET", "/api/documents/a/operations"), 405u);
  EXPECT_EQ(status("ET", "/api/documents/a"), 405u);
}

TEST(DocumentsRoute, AnIdMayHoldWhateverIsPercentEncoded) {
  EXPECT_EQ(good("GET", "/api/documents/a%2Fb%3Ac%20d").document, "a/b:c d");
  EXPECT_EQ(good("GET", "/api/documents/a+b").document, "a+b") << "a plus is a plus in a path";
  EXPECT_EQ(good("POST", "/api/documents/operations/operations").document, "operations");
}

TEST(DocumentsRoute, NumbersAreWholeNumbers) {
  const auto route = good("GET", "/api/documents/a/revisions", "from=2&to=9&limit=100");
  EXPECT_EQ(route.from, 2u);
  EXPECT_EQ(route.to, 9u);
  EXPECT_EQ(route.limit, 100u);
  EXPECT_EQ(good("GET", "/api/documents/a", "version=0").version, 0u);
  EXPECT_FALSE(good("GET", "/api/documents/a").version);
  for (const char* query : {"version=-1", "version=", "version=1.5", "from=x", "to=99999999999999999999"}) {
    EXPECT_EQ(status("GET", "/api/documents/a", query), 400u) << query;
  }
}

TEST(DocumentsRoute, AnythingElseIsNotFound) {
  EXPECT_EQ(status("GET", "/api/documents/a/other"), 404u);
  EXPECT_EQ(status("GET", "/api/documents/a/revisions/1"), 404u);
}

}  // namespace
}  // namespace tutti::server
