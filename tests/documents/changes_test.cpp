// The wire forms of a change: what is read, what is refused with which code, what is written.
#include "documents/changes.hpp"

#include <gtest/gtest.h>

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "fake_sink.hpp"

namespace tutti::documents::testing {
namespace {

Result<ReadChange, Error> read(std::string_view json, const Limits& limits = {}) {
  codec::Arena arena;
  const auto value = codec::parse_json(json, arena);
  EXPECT_TRUE(value.has_value()) << json;
  return read_change(*value, limits);
}

// What was read, in the canonical compact form; or the code of the error.
std::string form(std::string_view json, const Limits& limits = {}) {
  const auto change = read(json, limits);
  return change.has_value() ? to_json(change->change) : std::string(to_string(change.error().code));
}

struct Case {
  const char* in;
  const char* out;
};

TEST(Changes, ReadsTheCompactForm) {
  for (const auto& [in, out] :
       {Case{R"([5,"abc",-2])", R"([5,"abc",-2])"}, Case{"[]", "[]"}, Case{R"([2,3,"a","b"])", R"([5,"ab"])"},
        Case{R"([-2,"x"])", R"(["x",-2])"}, Case{R"(["x",7])", R"(["x"])"}, Case{R"([5.0,"x"])", R"([5,"x"])"}}) {
    EXPECT_EQ(form(in), out) << in;
  }
}

TEST(Changes, ReadsQuillsComponentsInEitherList) {
  const Case cases[] = {
      {R"({"ops":[{"retain":2},{"insert":"a"},{"delete":1}]})", R"([2,"a",-1])"},
      {R"([2,{"insert":"a","attributes":{"bold":true}}])", R"([2,{"insert":"a","attributes":{"bold":true}}])"},
      {R"([{"retain":3,"attributes":{"bold":null}}])", R"([{"retain":3,"attributes":{"bold":null}}])"},
      {R"([{"insert":"a","attributes":{"bold":null}}])", R"(["a"])"},
      {R"([{"insert":"a","attributes":{}}])", R"(["a"])"},
      {R"([{"insert":"a","attributes":null}])", R"(["a"])"},
      {R"([{"insert":{"image":"u"}}])", R"([{"insert":{"image":"u"}}])"},
      {R"({"ops":[]})", "[]"}};
  for (const auto& [in, out] : cases) EXPECT_EQ(form(in), out) << in;
}

TEST(Changes, ReadsTheSimpleFormEachOnTheResultOfThoseBefore) {
  EXPECT_EQ(form(R"({"type":"insert","position":0,"text":"a"})"), R"(["a"])");
  EXPECT_EQ(form(R"({"type":"delete","position":3,"length":2})"), "[3,-2]");
  EXPECT_EQ(form(R"([{"type":"insert","position":1,"text":"ab"},{"type":"delete","position":2,"length":3}])"),
            R"([1,"a",-2])");
}

TEST(Changes, TellsHowFarTheyReach) {
  EXPECT_EQ(read(R"([1,"x",4])")->base_length, 5u);
  EXPECT_EQ(
      read(R"([{"type":"insert","position":2,"text":"abc"},{"type":"delete","position":4,"length":3}])")->base_length,
      4u);
}

TEST(Changes, RefusesWhatIsNone) {
  for (const char* in : {"1",
                         R"("text")",
                         "null",
                         "true",
                         "{}",
                         R"({"ops":1})",
                         R"({"ops":["a"]})",
                         "[0]",
                         R"([""])",
                         "[1.5]",
                         "[null]",
                         "[true]",
                         "[[]]",
                         "[{}]",
                         R"([{"insert":"a","retain":1}])",
                         R"([{"retain":0}])",
                         R"([{"retain":-1}])",
                         R"([{"delete":0}])",
                         R"([{"delete":"1"}])",
                         R"([{"delete":1,"attributes":{"a":1}}])",
                         R"([{"retain":{"image":"x"}}])",
                         R"([{"insert":1}])",
                         R"([{"insert":{}}])",
                         R"([{"insert":{"a":1,"b":2}}])",
                         R"([{"insert":"a","attributes":1}])",
                         R"([{"insert":"a","attributes":[]}])",
                         R"({"type":"insert"})",
                         R"({"type":"insert","position":-1,"text":"a"})",
                         R"({"type":"insert","position":0,"text":""})",
                         R"({"type":"delete","position":0,"length":0})",
                         R"({"type":"move","position":0})",
                         R"([{"type":"insert","position":0,"text":"a"},"b"])",
                         R"(["b",{"type":"insert","position":0,"text":"a"}])",
                         R"([9007199254740993])"}) {
    EXPECT_EQ(form(in), "invalid-operation") << in;
  }
}

TEST(Changes, RefusesTextThatIsNoUnicode) {
  EXPECT_EQ(form(R"(["\ud800"])"), "invalid-operation");
  EXPECT_EQ(form(R"(["a\udc00b"])"), "invalid-operation");
  EXPECT_EQ(form(R"([{"insert":"a","attributes":{"k":"\ud800"}}])"), "invalid-operation");
  EXPECT_EQ(form(R"(["\ud83d\ude00"])"), R"(["😀"])");
  codec::Arena arena;
  const auto bytes = codec::parse_msgpack("\x91\xa2\xff\xfe", arena);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(read_change(*bytes, Limits{}).error().code, ErrorCode::invalid_operation);
}

TEST(Changes, HoldsAttributesToTheirLimits) {
  EXPECT_EQ(form(R"([{"retain":1,"attributes":{"__proto__":1}}])"), "invalid-operation");
  EXPECT_EQ(form(R"([{"retain":1,"attributes":{"constructor":1}}])"),
            R"([{"retain":1,"attributes":{"constructor":1}}])");
  const auto nested = [](int depth) {
    std::string value = "1";
    for (int i = 0; i < depth; ++i) value = R"({"a":)" + value + "}";
    return R"([{"retain":1,"attributes":)" + value + "}]";
  };
  EXPECT_EQ(form(nested(8)), nested(8));
  EXPECT_EQ(form(nested(9)), "invalid-operation");
}

TEST(Changes, ThatAreTooLargeAreToldSo) {
  Limits limits;
  limits.operation_bytes = 20;
  EXPECT_EQ(form(R"(["aaaaaaaaaaaaaaaa"])", limits), R"(["aaaaaaaaaaaaaaaa"])");
  EXPECT_EQ(form(R"(["aaaaaaaaaaaaaaaaa"])", limits), "too-large");
  limits = {};
  limits.components = 3;
  EXPECT_EQ(form(R"([1,"a",1])", limits), R"([1,"a"])");
  EXPECT_EQ(form(R"([1,"a",1,"b"])", limits), "too-large");
}

TEST(Changes, AreTheSameFromMessagePack) {
  const auto change = read(R"([2,{"insert":"é","attributes":{"n":1.5}},-1])");
  std::string bytes;
  codec::MsgpackWriter writer(bytes);
  write_change(writer, change->change);
  codec::Arena arena;
  const auto again = read_change(*codec::parse_msgpack(bytes, arena), Limits{});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->change, change->change);
}

TEST(Documents, AreATextOrInserts) {
  codec::Arena arena;
  const auto document = [&](std::string_view json) { return read_document(*codec::parse_json(json, arena), Limits{}); };
  EXPECT_EQ(to_json(*document(R"("abc")")), R"(["abc"])");
  EXPECT_EQ(to_json(*document(R"("")")), "[]");
  EXPECT_EQ(to_json(*document(R"(["a",{"insert":{"image":"u"}}])")), R"(["a",{"insert":{"image":"u"}}])");
  EXPECT_EQ(document("[1]").error().code, ErrorCode::invalid_operation);
  EXPECT_EQ(document(R"("\ud800")").error().code, ErrorCode::invalid_operation);
}

}  // namespace
}  // namespace tutti::documents::testing
