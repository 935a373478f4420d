#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/json.hpp"
#include "codec/support.hpp"

namespace tutti::codec {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// Parses and prints again; "!" and the error if it cannot.
std::string again(std::string_view text, JsonLimits limits = {}) {
  Arena arena;
  const auto value = parse_json(text, arena, limits);
  const auto checked = validate_json(text, limits);
  EXPECT_EQ(value.has_value(), checked.has_value()) << text;
  if (!value.has_value()) {
    EXPECT_EQ(value.error(), checked.error()) << text;
    return "!" + std::string(to_string(value.error()));
  }
  return test::to_json(*value);
}

constexpr std::string_view kAccepted[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "\"\"",
    "[]",
    "{}",
    " [ ] ",
    "\t\n\r {} \r\n\t",
    "[1]",
    "[1,2]",
    "[ 1 , 2 ]",
    "[[]]",
    "[{}]",
    "{\"a\":1}",
    "{ \"a\" : 1 , \"b\" : [ ] }",
    "{\"\":0}",
    "{\"a\":1,\"a\":2}",
    "[-1.5e+3]",
    "[1E5]",
    "[0.5]",
    "[0e1]",
    "[1e-2]",
    "[123456789012345678901234567890]",
    "[1e999]",
    R"(["\"\\\/\b\f\n\r\t"])",
    R"(["\u0000"])",
    R"(["\uD83D\uDE00"])",
    R"(["\ud800"])",
    R"(["\udc00\ud800"])",
    R"(["\uFFFF"])",
    "[\"\x7f\"]",
    "[\"\xC3\xA9\"]",
    "[\"\xE2\x80\xA8\"]",
    "[\"\xF0\x9F\x98\x80\"]",
    "\"a long string that is longer than any vector register, so that loops are taken more than once\"",
    "[true,false,null]",
};

constexpr std::string_view kRefused[] = {
    "",
    " ",
    "n",
    "nul",
    "nulll",
    "True",
    "tru",
    "fals",
    "NaN",
    "Infinity",
    "-",
    "+1",
    "01",
    "-01",
    "1.",
    ".1",
    "1e",
    "1e+",
    "1.e5",
    "0x10",
    "--1",
    "1 2",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1}",
    "[\"a\" \"b\"]",
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1]",
    "{\"a\"::1}",
    "{null:1}",
    "\"",
    "\"a",
    "'a'",
    "\"\\\"",
    R"("\x41")",
    R"("\u")",
    R"("\u12")",
    R"("\u12G4")",
    R"("\u 123")",
    R"("\U0041")",
    "\"\\",
    "\"\n\"",
    "\"\t\"",
    "\"a\x01z\"",
    "[\"\x1f\"]",
    "[1]x",
    "{}{}",
    "[] []",
    "/* */ 1",
    "1 // x",
    "\xEF\xBB\xBF[]",
    "\x0C[]",
    "\xC2\xA0[]",
    "undefined",
    "[undefined]",
};

TEST(JsonReader, TakesWhatJsonParseTakes) {
  for (const std::string_view text : kAccepted) EXPECT_FALSE(again(text).starts_with("!")) << text;
}

TEST(JsonReader, RefusesWhatJsonParseRefuses) {
  for (const std::string_view text : kRefused) EXPECT_TRUE(again(text).starts_with("!")) << text;
  EXPECT_TRUE(again("\"\0\""sv).starts_with("!"));
  EXPECT_TRUE(again("[1]\0"sv).starts_with("!"));
}

// Every beginning of a text is refused, whatever comes behind it in memory.
TEST(JsonReader, NeverReadsBehindTheEnd) {
  constexpr std::string_view kText =
      R"({"name":"a\u00e9\ud83d\ude00 long enough for a register","list":[1.5e-3,true,false,null,-12],"x":{}})";
  for (std::size_t size = 0; size < kText.size(); ++size) {
    const std::string exact(kText.substr(0, size));
    EXPECT_TRUE(again(exact).starts_with("!")) << exact;
  }
  EXPECT_FALSE(again(kText).starts_with("!"));
}

TEST(JsonReader, NamesTheError) {
  EXPECT_EQ(again("[1"), "!not JSON");
  EXPECT_EQ(again("[1] 2"), "!bytes after the JSON value");
  EXPECT_EQ(again("[[1]]", {.depth_max = 1}), "!JSON is nested too deep");
}

TEST(JsonReader, CountsDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_FALSE(again(nested(128)).starts_with("!"));
  EXPECT_EQ(again(nested(129)), "!JSON is nested too deep");
  EXPECT_EQ(again(std::string(100'000, '[')), "!JSON is nested too deep");
  EXPECT_EQ(again("[[],[],{}]", {.depth_max = 2}), "[[],[],{}]");
  EXPECT_EQ(again("1", {.depth_max = 0}), "1");
}

TEST(JsonReader, BorrowsStringsWithoutEscapes) {
  Arena arena;
  const std::string text = R"({"key":"value"})";
  const auto value = parse_json(text, arena);
  ASSERT_TRUE(value.has_value());
  const auto borrowed = (*value)["key"].as_string();
  EXPECT_EQ(borrowed.data(), text.data() + text.find("value"));
  EXPECT_EQ(value->members()[0].key.data(), text.data() + 2);
}

TEST(JsonReader, DecodesEscapes) {
  Arena arena;
  const auto value = parse_json(R"("\"\\\/\b\f\n\r\t\u0000\u00e9\u20AC\ud83d\ude00 end")", arena);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->as_string(), "\"\\/\b\f\n\r\t\0\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 end"sv);
}

TEST(JsonReader, CarriesLoneSurrogates) {
  Arena arena;
  const auto text = [&](std::string_view json) { return std::string(parse_json(json, arena)->as_string()); };
  EXPECT_EQ(text(R"("\ud83d")"), "\xED\xA0\xBD");
  EXPECT_EQ(text(R"("\ude00")"), "\xED\xB8\x80");
  EXPECT_EQ(text(R"("\ude00\ud83d")"), "\xED\xB8\x80\xED\xA0\xBD");
  EXPECT_EQ(text(R"("\ud83d\ud83d\ude00")"), "\xED\xA0\xBD\xF0\x9F\x98\x80");
  EXPECT_EQ(text(R"("\ud83dx\ude00")"), "\xED\xA0\xBDx\xED\xB8\x80");
  EXPECT_EQ(text(R"("\ud83d\n")"), "\xED\xA0\xBD\n");
  EXPECT_EQ(text(R"("\ud83d\u0041")"),
            "\xED\xA0\xBD"
            "A");
  EXPECT_EQ(again(R"("\uD83D")"), R"("\ud83d")");
}

TEST(JsonReader, TakesTheLastOfEqualNames) {
  Arena arena;
  EXPECT_EQ((*parse_json(R"({"a":1,"b":0,"a":2})", arena))["a"].as_integer(), 2);
}

TEST(JsonReader, ChecksUtf8WhereAsked) {
  EXPECT_FALSE(again("\"\xFF\"").starts_with("!"));
  EXPECT_EQ(again("\"\xFF\"", {.check_utf8 = true}), "!JSON text is not UTF-8");
  EXPECT_EQ(again("\"\xC3\xA9\"", {.check_utf8 = true}), "\"\xC3\xA9\"");
}

TEST(JsonReader, BuildsWideContainers) {
  std::string text = "[";
  for (int i = 0; i < 5000; ++i) text += "{\"i\":" + std::to_string(i) + ",\"s\":\"x\\ny\"},";
  text.back() = ']';
  EXPECT_EQ(again(text), text);
}

TEST(JsonReader, SplitsAnArrayIntoItsBytes) {
  std::vector<std::string_view> elements{"old"};
  ASSERT_TRUE(split_json_array(R"( [ "name" , {"a": [1, 2]},1e2,"\ud83d" ] )", elements).has_value());
  EXPECT_EQ(elements, (std::vector<std::string_view>{R"("name")", R"({"a": [1, 2]})", "1e2", R"("\ud83d")"}));
  ASSERT_TRUE(split_json_array("[]", elements).has_value());
  EXPECT_TRUE(elements.empty());
}

TEST(JsonReader, SplitsNothingElse) {
  std::vector<std::string_view> elements;
  EXPECT_EQ(split_json_array("{}", elements).error(), JsonError::syntax);
  EXPECT_EQ(split_json_array("[1,]", elements).error(), JsonError::syntax);
  EXPECT_EQ(split_json_array("[1]]", elements).error(), JsonError::trailing_bytes);
  EXPECT_EQ(split_json_array("[[1]]", elements, {.depth_max = 1}).error(), JsonError::too_deep);
  EXPECT_EQ(split_json_array("", elements).error(), JsonError::syntax);
}

RC_GTEST_PROP(JsonReader, ReadsWhatTheWriterWrites, (std::uint64_t seed)) {
  SeededRandom random(seed);
  Arena arena, other;
  const Value value = test::random_value(random, arena);
  const std::string text = test::to_json(value);
  const auto back = parse_json(text, other);
  RC_ASSERT(back.has_value());
  RC_ASSERT(test::to_json(*back) == text);
  RC_ASSERT(validate_json(text).has_value());
}

// One byte changed anywhere: both readers agree, and nothing is read that should not be.
RC_GTEST_PROP(JsonReader, AgreesWithTheValidatorOnDamagedText, (std::uint64_t seed)) {
  SeededRandom random(seed);
  Arena arena;
  std::string text = test::to_json(test::random_value(random, arena));
  text[random.below(text.size())] = static_cast<char>(random.next());
  again(text);
}

}  // namespace
}  // namespace tutti::codec
