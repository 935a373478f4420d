#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "codec/json.hpp"
#include "codec/json_string.hpp"
#include "codec/support.hpp"
#include "codec/utf8.hpp"

namespace tutti::codec {
namespace {

using namespace std::string_view_literals;

std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  EXPECT_EQ(out.size(), json_string_size(text));
  return out;
}

TEST(JsonWriter, WritesATree) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object(3);
  writer.field("name", "x");
  writer.field("ok", true);
  writer.key("list");
  writer.begin_array(4);
  writer.integer(-1);
  writer.null();
  writer.begin_array(0);
  writer.end_array();
  writer.begin_object(0);
  writer.end_object();
  writer.end_array();
  writer.end_object();
  EXPECT_EQ(out, R"({"name":"x","ok":true,"list":[-1,null,[],{}]})");
}

TEST(JsonWriter, AppendsAndSplicesEncodedValues) {
  std::string out = "42";
  JsonWriter writer(out);
  writer.begin_array(3);
  writer.raw(R"("name")");
  writer.begin_object(1);
  writer.key("k");
  writer.raw("[1]");
  writer.end_object();
  writer.raw("2");
  writer.end_array();
  EXPECT_EQ(out, R"(42["name",{"k":[1]},2])");
}

TEST(JsonWriter, PutsPlaceholdersForBinary) {
  std::string out;
  std::vector<std::string_view> attachments;
  JsonWriter writer(out, &attachments);
  writer.begin_array(3);
  writer.binary("abc");
  writer.integer(1);
  writer.binary("");
  writer.end_array();
  EXPECT_EQ(out, R"([{"_placeholder":true,"num":0},1,{"_placeholder":true,"num":1}])");
  EXPECT_EQ(attachments, (std::vector<std::string_view>{"abc", ""}));
}

TEST(JsonWriter, WritesWhatJsonLacksAsJsonStringify) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(test::to_json(Value()), "null");
  EXPECT_EQ(test::to_json(Value::number(infinity)), "null");
  EXPECT_EQ(test::to_json(Value::number(not_a_number)), "null");
  EXPECT_EQ(test::to_json(Value::date(0)), R"("1970-01-01T00:00:00.000Z")");
  EXPECT_EQ(test::to_json(Value::date(not_a_number)), "null");
  const Value elements[] = {Value(), Value::integer(1)};
  EXPECT_EQ(test::to_json(Value::array(elements)), "[null,1]");
  const Member members[] = {{"a", Value()}, {"b", Value::integer(1)}};
  EXPECT_EQ(test::to_json(Value::object(members)), R"({"b":1})");
}

TEST(JsonString, EscapesWhatMustBe) {
  EXPECT_EQ(json_of(""), R"("")");
  EXPECT_EQ(json_of("a\"b\\c/"), R"("a\"b\\c/")");
  EXPECT_EQ(json_of("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_of("\0\x01\x1f\x7f"sv), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json_of("\xE2\x80\xA8\xE2\x80\xA9"), "\"\xE2\x80\xA8\xE2\x80\xA9\"");
  EXPECT_EQ(json_of("\xC3\xA9\xF0\x9F\x98\x80\n"), "\"\xC3\xA9\xF0\x9F\x98\x80\\n\"");
}

TEST(JsonString, WritesLoneSurrogatesAsEscapes) {
  EXPECT_EQ(json_of("\xED\xA0\xBD"), R"("\ud83d")");
  EXPECT_EQ(json_of("a\xED\xBF\xBFz"), R"("a\udfffz")");
  EXPECT_EQ(json_of("\xED\xA0\x80\"\xC3\xA9"), "\"\\ud800\\\"\xC3\xA9\"");
}

TEST(JsonString, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(json_of("\xFF"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(json_of("a\x80z"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(json_of("\xC3"), "\"\xEF\xBF\xBD\"");
  // One for each maximal part, as browsers do.
  EXPECT_EQ(json_of("\xE2\x82"), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(json_of("\xF0\x9F\x98\xC3\xA9"), "\"\xEF\xBF\xBD\xC3\xA9\"");
  EXPECT_EQ(json_of("\xE0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(json_of("\xED\xA0"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

// A stop at every place of strings of every length around the vector sizes.
TEST(JsonString, FindsTheFirstStopWhereverItStands) {
  for (std::size_t size = 0; size < 300; size += size < 70 ? 1 : 13) {
    const std::string plain(size, 'a');
    EXPECT_EQ(find_string_end(plain.data(), plain.data() + size), plain.data() + size);
    for (std::size_t place = 0; place < size; ++place) {
      for (const char stop : {'"', '\\', '\x1f', '\0'}) {
        std::string text = plain;
        text[place] = stop;
        if (place + 1 < size) text.back() = '"';
        EXPECT_EQ(find_string_end(text.data(), text.data() + size) - text.data(), static_cast<std::ptrdiff_t>(place));
      }
    }
    const std::string other = plain + "\x7f\x80\xff ";
    EXPECT_EQ(find_string_end(other.data(), other.data() + other.size()), other.data() + other.size());
  }
}

RC_GTEST_PROP(JsonString, IsAlwaysValidJson, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const std::string text = test::random_text(random, 100, true);
  const std::string json = json_of(text);
  RC_ASSERT(is_utf8(json));
  Arena arena;
  const auto back = parse_json(json, arena);
  RC_ASSERT(back.has_value());
  if (is_utf8(text)) {
    RC_ASSERT(back->as_string() == text);
  }
}

RC_GTEST_PROP(JsonWriter, KnowsTheSizeInFront, (std::uint64_t seed)) {
  SeededRandom random(seed);
  Arena arena;
  const Value value = test::random_value(random, arena, {.any_bytes = true});
  RC_ASSERT(json_size(value) == test::to_json(value).size());
}

}  // namespace
}  // namespace tutti::codec
