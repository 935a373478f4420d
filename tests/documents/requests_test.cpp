// Payloads of clients as checked requests: every field that is missing or of a wrong type is invalid-request.
#include "documents/requests.hpp"

#include <gtest/gtest.h>

#include "codec/json.hpp"

namespace tutti::documents::testing {
namespace {

class Requests : public ::testing::Test {
 protected:
  codec::Value value(std::string_view json) {
    const auto parsed = codec::parse_json(json, arena);
    EXPECT_TRUE(parsed.has_value()) << json;
    return parsed.has_value() ? *parsed : codec::Value();
  }
  template <class Parse>
  void expect_invalid(Parse parse, std::initializer_list<const char*> payloads) {
    for (const char* payload : payloads) {
      const auto request = parse(value(payload));
      ASSERT_FALSE(request.has_value()) << payload;
      EXPECT_EQ(request.error().code, ErrorCode::invalid_request) << payload;
    }
  }
  codec::Arena arena;
  Limits limits;
};

TEST_F(Requests, HelloNamesAVersion) {
  EXPECT_EQ(parse_hello(value(R"({"protocol":1,"agent":"x/1"})"))->agent, "x/1");
  EXPECT_EQ(parse_hello(value(R"({"protocol":2})"))->protocol, 2);
  expect_invalid(parse_hello, {"1", "null", "[]", R"({})", R"({"protocol":"1"})", R"({"protocol":1,"agent":1})"});
}

TEST_F(Requests, OpenTakesAllItsFields) {
  const auto request = parse_open(value(R"({"document":"d:1#","type":"rich-text","create":true,"version":3,
      "epoch":"e","client":"c","profile":{"name":"Ann"},"unknown":1})"),
                                  limits);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->document, "d:1#");
  EXPECT_EQ(request->type, &rich_text_type());
  EXPECT_TRUE(request->create);
  EXPECT_EQ(request->version, 3u);
  EXPECT_EQ(request->epoch, "e");
  EXPECT_EQ(request->client, "c");
  EXPECT_EQ(request->profile.json(), R"({"name":"Ann"})");
}

TEST_F(Requests, OpenRefusesBadFields) {
  const auto parse = [&](const codec::Value& payload) { return parse_open(payload, limits); };
  expect_invalid(
      parse, {"{}", R"({"document":1})", R"({"document":""})", R"({"document":"a\u0000"})", R"({"document":"a\u007f"})",
              R"({"document":"a\u0085"})", R"({"document":"\ud800"})", R"({"document":"d","type":"json"})",
              R"({"document":"d","type":1})", R"({"document":"d","create":1})", R"({"document":"d","version":-1})",
              R"({"document":"d","version":1.5})", R"({"document":"d","version":9007199254740992})",
              R"({"document":"d","epoch":1})", R"({"document":"d","client":""})", R"({"document":"d","client":5})"});
  const std::string longest(256, 'a');
  EXPECT_TRUE(parse(value(R"({"document":")" + longest + R"("})")).has_value());
  EXPECT_FALSE(parse(value(R"({"document":"a)" + longest + R"("})")).has_value());
  const std::string profile(5000, 'a');
  EXPECT_FALSE(parse(value(R"({"document":"d","profile":")" + profile + R"("})")).has_value());
}

TEST_F(Requests, OperationKeepsWhyItsChangeIsRefused) {
  const auto good =
      parse_operation(value(R"({"document":"d","version":0,"client":"c","seq":1,"changes":["a",3]})"), limits);
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->base_length, 3u);
  const auto bad = parse_operation(value(R"({"document":"d","version":0,"client":"c","seq":1,"changes":7})"), limits);
  ASSERT_TRUE(bad.has_value());
  EXPECT_EQ(bad->refused->code, ErrorCode::invalid_operation);
}

TEST_F(Requests, OperationRefusesBadFields) {
  const auto parse = [&](const codec::Value& payload) { return parse_operation(payload, limits); };
  expect_invalid(parse, {R"({"version":0,"client":"c","seq":1,"changes":[]})",
                         R"({"document":"d","client":"c","seq":1,"changes":[]})",
                         R"({"document":"d","version":0,"seq":1,"changes":[]})",
                         R"({"document":"d","version":0,"client":"c","changes":[]})",
                         R"({"document":"d","version":0,"client":"c","seq":0,"changes":[]})",
                         R"({"document":"d","version":0,"client":"c","seq":9007199254740992,"changes":[]})",
                         R"({"document":"d","version":0,"epoch":5,"client":"c","seq":1,"changes":[]})"});
}

TEST_F(Requests, PresenceTakesACursorAndData) {
  const auto request = parse_presence(
      value(R"({"document":"d","version":2,"cursor":{"anchor":1,"head":3},"data":{"color":"red"}})"), limits);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->cursor->head, 3u);
  EXPECT_EQ(request->data.json(), R"({"color":"red"})");
  const auto parse = [&](const codec::Value& payload) { return parse_presence(payload, limits); };
  expect_invalid(parse, {R"({"document":"d"})", R"({"document":"d","version":0,"cursor":5})",
                         R"({"document":"d","version":0,"cursor":{"anchor":-1,"head":0}})",
                         R"({"document":"d","version":0,"cursor":{"anchor":0}})"});
}

TEST_F(Requests, HistoryIsLimited) {
  EXPECT_EQ(parse_history(value(R"({"document":"d"})"), limits)->limit, limits.history);
  EXPECT_EQ(parse_history(value(R"({"document":"d","limit":5})"), limits)->limit, 5u);
  EXPECT_EQ(parse_history(value(R"({"document":"d","limit":99999999})"), limits)->limit, limits.history);
  const auto parse = [&](const codec::Value& payload) { return parse_history(payload, limits); };
  expect_invalid(parse, {"{}", R"({"document":"d","from":-1})", R"({"document":"d","to":"5"})"});
}

TEST_F(Requests, RoomsAndTheirMessages) {
  EXPECT_EQ(parse_room(value(R"({"room":"r:1"})"), limits)->room, "r:1");
  const auto emit = parse_room_emit(value(R"({"room":"r","event":"e","payload":[1],"volatile":true})"));
  ASSERT_TRUE(emit.has_value());
  EXPECT_TRUE(emit->volatile_);
  EXPECT_TRUE(emit->payload.is_array());
  expect_invalid(parse_room_emit, {R"({"room":"r"})", R"({"event":"e"})", R"({"room":"r","event":""})",
                                   R"({"room":"r","event":"e","volatile":1})"});
}

}  // namespace
}  // namespace tutti::documents::testing
