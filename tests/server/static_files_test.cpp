#include "server/static_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace tutti::server {
namespace {

constexpr std::array<EmbeddedFile, 4> kFiles{{{"/assets/app-12ab.js", "a1", "let x", "packed"},
                                              {"/index.html", "b2", "<p>", {}},
                                              {"/logo.png", "c3", "png", {}},
                                              {"/socket.io/socket.io.js", "4.8.4", "io", {}}}};

net::HttpRequest get(std::string target, std::vector<std::pair<std::string, std::string>> headers = {}) {
  net::HttpRequest request;
  request.method = "GET";
  request.target = std::move(target);
  request.headers = std::move(headers);
  return request;
}

std::string field(const net::HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

net::HttpResponse answer(const net::HttpRequest& request) {
  auto response = StaticFiles(kFiles).answer(request);
  EXPECT_TRUE(response.has_value()) << request.target;
  return response.value_or(net::HttpResponse{});
}

TEST(StaticFiles, AnswersAFileWithItsTypeAndTag) {
  const auto response = answer(get("/logo.png?x=1"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.body.view(), "png");
  EXPECT_EQ(field(response, "Content-Type"), "image/png");
  EXPECT_EQ(field(response, "ETag"), "\"c3\"");
  EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
}

TEST(StaticFiles, ThePageAnswersForTheRootAndForDocumentNames) {
  for (const char* target : {"/", "/index.html", "/my-document", "/d/some/thing"}) {
    const auto response = answer(get(target));
    EXPECT_EQ(response.body.view(), "<p>") << target;
    EXPECT_THAT(field(response, "Content-Security-Policy"), testing::HasSubstr("default-src 'self'")) << target;
    EXPECT_EQ(field(response, "Cache-Control"), "no-cache") << target;
  }
}

TEST(StaticFiles, IsSilentAboutWhatItDoesNotHave) {
  const StaticFiles files(kFiles);
  for (const char* target : {"/missing.js", "/socket.io/", "/socket.io/x", "/api/documents", "/../etc/passwd.txt"}) {
    EXPECT_FALSE(files.answer(get(target))) << target;
  }
  auto post = get("/");
  post.method = "POST";
  EXPECT_FALSE(files.answer(post));
}

TEST(StaticFiles, SendsThePackedFormToWhoTakesIt) {
  const auto packed = answer(get("/assets/app-12ab.js", {{"accept-encoding", "br, gzip"}}));
  EXPECT_EQ(packed.body.view(), "packed");
  EXPECT_EQ(field(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(packed, "Vary"), "Accept-Encoding");
  const auto plain = answer(get("/assets/app-12ab.js", {{"accept-encoding", "gzip;q=0"}}));
  EXPECT_EQ(plain.body.view(), "let x");
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
}

TEST(StaticFiles, AnswersNotModifiedWithoutABody) {
  const auto response = answer(get("/logo.png", {{"if-none-match", "\"x\", W/\"c3\""}}));
  EXPECT_EQ(response.status, 304u);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(field(response, "ETag"), "\"c3\"");
  EXPECT_EQ(answer(get("/logo.png", {{"if-none-match", "\"old\""}})).status, 200u);
}

TEST(StaticFiles, FilesWithAHashInTheirNameAreCachedForEver) {
  EXPECT_THAT(field(answer(get("/assets/app-12ab.js")), "Cache-Control"), testing::HasSubstr("immutable"));
}

TEST(StaticFiles, ClientBundlesAreServedAsTheNodeServerDoes) {
  const auto response = answer(get("/socket.io/socket.io.js"));
  EXPECT_EQ(field(response, "Content-Type"), "application/javascript; charset=utf-8");
  EXPECT_EQ(field(response, "ETag"), "\"4.8.4\"");
  EXPECT_EQ(field(response, "Cache-Control"), "public, max-age=0");
}

TEST(StaticFiles, ABuildWithoutPagesSaysSo) {
  const auto response = StaticFiles({}).answer(get("/"));
  ASSERT_TRUE(response);
  EXPECT_THAT(std::string(response->body.view()), testing::HasSubstr("Tutti is running"));
}

TEST(HttpFields, ATagMatchesAsAWhole) {
  EXPECT_TRUE(etag_matches("*", "a"));
  EXPECT_TRUE(etag_matches("\"a\"", "a"));
  EXPECT_FALSE(etag_matches("a", "a"));
  EXPECT_FALSE(etag_matches("\"ab\"", "a"));
  EXPECT_FALSE(etag_matches("", "a"));
}

TEST(HttpFields, CodingsHaveWeights) {
  EXPECT_TRUE(accepts_coding("gzip, deflate, br", "gzip"));
  EXPECT_TRUE(accepts_coding("*", "gzip"));
  EXPECT_TRUE(accepts_coding("gzip;q=0.1", "gzip"));
  EXPECT_FALSE(accepts_coding("gzip; q=0.000, *", "gzip"));
  EXPECT_FALSE(accepts_coding("br", "gzip"));
  EXPECT_FALSE(accepts_coding("", "gzip"));
}

TEST(EmbeddedFiles, AreSortedAndComplete) {
  std::string_view before;
  for (const EmbeddedFile& file : embedded_files()) {
    EXPECT_LT(before, file.url);
    EXPECT_FALSE(file.etag.empty());
    EXPECT_TRUE(file.gzip.empty() || file.gzip.size() < file.bytes.size());
    before = file.url;
  }
}

}  // namespace
}  // namespace tutti::server
