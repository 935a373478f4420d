#include "engineio/cors.hpp"

#include <gtest/gtest.h>

namespace tutti::engineio {
namespace {

bool same(std::string origin, std::string host) {
  net::HttpRequest request;
  if (!origin.empty()) request.headers.emplace_back("origin", std::move(origin));
  request.headers.emplace_back("host", std::move(host));
  return is_same_origin(request);
}

TEST(SameOrigin, HostAndPortMustAgree) {
  EXPECT_TRUE(same("http://localhost:3000", "localhost:3000"));
  EXPECT_TRUE(same("https://App.example.com", "app.example.com")) << "TLS may end at a proxy, names have no case";
  EXPECT_FALSE(same("http://localhost:3001", "localhost:3000"));
  EXPECT_FALSE(same("http://evil.example", "localhost:3000"));
  EXPECT_FALSE(same("http://localhost:3000.evil.example", "localhost:3000"));
  EXPECT_FALSE(same("null", "null"));
}

TEST(SameOrigin, WithoutAnOriginItIsNoForeignPage) { EXPECT_TRUE(same("", "localhost:3000")); }

}  // namespace
}  // namespace tutti::engineio
