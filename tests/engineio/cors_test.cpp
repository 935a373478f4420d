#include "engineio/cors.hpp"

#include <gtest/gtest.h>

namespace tutti::engineio {
namespace {

net::HttpRequest from(std::string_view origin) {
  net::HttpRequest request;
  if (!origin.empty()) request.headers.emplace_back("origin", origin);
  return request;
}

std::string field(const Fields& fields, std::string_view name) {
  std::string found;
  for (const auto& [key, value] : fields) {
    if (key != name) continue;
    EXPECT_EQ(found, "") << name << " twice";
    found = value;
  }
  return found;
}

TEST(Cors, OffMeansNoFields) { EXPECT_TRUE(cors_fields({}, from("http://a.example")).empty()); }

TEST(Cors, AnyoneIsAStar) {
  CorsOptions options;
  options.origins = {"*"};
  const Fields fields = cors_fields(options, from("http://b.example"));
  EXPECT_EQ(field(fields, "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(field(fields, "Vary"), "");
}

TEST(Cors, AStarWithCredentialsNamesTheOrigin) {
  CorsOptions options;
  options.origins = {"*"};
  options.credentials = true;
  const Fields fields = cors_fields(options, from("http://b.example"));
  EXPECT_EQ(field(fields, "Access-Control-Allow-Origin"), "http://b.example");
  EXPECT_EQ(field(fields, "Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(field(fields, "Vary"), "Origin");
}

TEST(Cors, OneOriginIsAlwaysThatOne) {
  CorsOptions options;
  options.origins = {"http://a.example"};
  for (const char* origin : {"http://a.example", "http://evil.example", ""}) {
    const Fields fields = cors_fields(options, from(origin));
    EXPECT_EQ(field(fields, "Access-Control-Allow-Origin"), "http://a.example");
    EXPECT_EQ(field(fields, "Vary"), "Origin");
  }
}

TEST(Cors, AListNamesTheOriginThatMatches) {
  CorsOptions options;
  options.origins = {"http://a.example", "https://b.example"};
  options.exposed_headers = {"x-a", "x-b"};
  EXPECT_EQ(field(cors_fields(options, from("https://b.example")), "Access-Control-Allow-Origin"), "https://b.example");
  const Fields foreign = cors_fields(options, from("http://b.example"));
  EXPECT_EQ(field(foreign, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(field(foreign, "Vary"), "Origin");
  EXPECT_EQ(field(foreign, "Access-Control-Expose-Headers"), "x-a,x-b");
}

TEST(Cors, PatternsStandForHostLabels) {
  CorsOptions options;
  options.origins = {"https://*.example.com"};
  EXPECT_TRUE(origin_allowed(options, "https://a.example.com"));
  EXPECT_TRUE(origin_allowed(options, "https://a.b.example.com"));
  EXPECT_FALSE(origin_allowed(options, "https://example.com"));
  EXPECT_FALSE(origin_allowed(options, "https://.example.com"));
  EXPECT_FALSE(origin_allowed(options, "http://a.example.com"));
  EXPECT_FALSE(origin_allowed(options, "https://a.example.com.evil.org"));
  EXPECT_FALSE(origin_allowed(options, "https://evil.org/.example.com"));
  EXPECT_FALSE(origin_allowed(options, "https://evil.org:80#.example.com"));
  EXPECT_FALSE(origin_allowed(options, "null"));
}

TEST(Cors, PreflightNamesMethodsAndTheHeadersAskedFor) {
  CorsOptions options;
  options.origins = {"http://a.example"};
  options.methods = "GET,POST";
  options.credentials = true;
  net::HttpRequest request = from("http://a.example");
  request.headers.emplace_back("access-control-request-headers", "x-y");
  const net::HttpResponse response = preflight_response(options, request);
  EXPECT_EQ(response.status, 204u);
  EXPECT_EQ(field(response.headers, "Access-Control-Allow-Methods"), "GET,POST");
  EXPECT_EQ(field(response.headers, "Access-Control-Allow-Headers"), "x-y");
  EXPECT_EQ(field(response.headers, "Vary"), "Origin, Access-Control-Request-Headers");
}

TEST(Cors, PreflightWithFixedHeadersAndAge) {
  CorsOptions options;
  options.origins = {"*"};
  options.allowed_headers = {"x-a", "x-b"};
  options.max_age = std::chrono::seconds(60);
  const net::HttpResponse response = preflight_response(options, from("http://b.example"));
  EXPECT_EQ(field(response.headers, "Access-Control-Allow-Methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
  EXPECT_EQ(field(response.headers, "Access-Control-Allow-Headers"), "x-a,x-b");
  EXPECT_EQ(field(response.headers, "Access-Control-Max-Age"), "60");
  EXPECT_EQ(field(response.headers, "Vary"), "");
}

}  // namespace
}  // namespace tutti::engineio
