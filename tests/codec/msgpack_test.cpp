#include "codec/msgpack.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "codec/support.hpp"

namespace tutti::codec {
namespace {

using test::from_hex;
using test::to_hex;

std::string written(const Value& value, DateForm dates = DateForm::notepack2) {
  return to_hex(test::to_msgpack(value, dates));
}

// The value in tagged JSON, or "!" and the error; skip_msgpack must agree.
std::string read(std::string_view hex, MsgpackLimits limits = {}) {
  const std::string bytes = from_hex(hex);
  Arena arena;
  const auto value = parse_msgpack(bytes, arena, limits);
  const auto skipped = skip_msgpack(bytes, limits);
  if (value.has_value()) {
    EXPECT_TRUE(skipped.has_value() && *skipped == bytes.size()) << hex;
    return test::tagged_json(*value);
  }
  if (value.error() != MsgpackError::trailing_bytes) {
    EXPECT_TRUE(!skipped.has_value() && skipped.error() == value.error()) << hex;
  }
  return "!" + std::string(to_string(value.error()));
}

TEST(MsgpackWriter, TakesTheShortestIntegerForm) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "00"},
      {127, "7f"},
      {128, "cc80"},
      {255, "ccff"},
      {256, "cd0100"},
      {65535, "cdffff"},
      {65536, "ce00010000"},
      {4294967295, "ceffffffff"},
      {4294967296, "cf0000000100000000"},
      {INT64_MAX, "cf7fffffffffffffff"},
      {-1, "ff"},
      {-32, "e0"},
      {-33, "d0df"},
      {-128, "d080"},
      {-129, "d1ff7f"},
      {-32768, "d18000"},
      {-32769, "d2ffff7fff"},
      {INT32_MIN, "d280000000"},
      {std::int64_t{INT32_MIN} - 1, "d3ffffffff7fffffff"},
      {INT64_MIN, "d38000000000000000"},
  };
  for (const auto& [number, hex] : cases) {
    EXPECT_EQ(written(Value::integer(number)), hex);
    EXPECT_EQ(read(hex), std::to_string(number));
  }
  EXPECT_EQ(written(Value::unsigned_integer(UINT64_MAX)), "cfffffffffffffffff");
}

TEST(MsgpackWriter, WritesWholeDoublesAsIntegers) {
  EXPECT_EQ(written(Value::number(5)), "05");
  EXPECT_EQ(written(Value::number(-0.0)), "00");
  EXPECT_EQ(written(Value::number(-33)), "d0df");
  EXPECT_EQ(written(Value::number(4294967296.0)), "cf0000000100000000");
  EXPECT_EQ(written(Value::number(1.5)), "cb3ff8000000000000");
  EXPECT_EQ(written(Value::number(18446744073709551616.0)), "cb43f0000000000000");
  EXPECT_EQ(written(Value::number(-18446744073709551616.0)), "cbc3f0000000000000");
  EXPECT_EQ(written(Value::number(std::numeric_limits<double>::infinity())), "cb7ff0000000000000");
}

TEST(MsgpackWriter, TakesTheShortestLengthForm) {
  const auto head = [](const Value& value) { return written(value).substr(0, 10); };
  EXPECT_EQ(head(Value::string("")), "a0");
  EXPECT_EQ(head(Value::string(std::string(31, 'a'))).substr(0, 4), "bf61");
  EXPECT_EQ(head(Value::string(std::string(32, 'a'))).substr(0, 6), "d92061");
  EXPECT_EQ(head(Value::string(std::string(256, 'a'))).substr(0, 8), "da010061");
  EXPECT_EQ(head(Value::string(std::string(65536, 'a'))), "db00010000");
  EXPECT_EQ(head(Value::binary("")), "c400");
  EXPECT_EQ(head(Value::binary(std::string(256, 'a'))).substr(0, 8), "c5010061");
  EXPECT_EQ(head(Value::binary(std::string(65536, 'a'))), "c600010000");
  const std::vector<Value> nulls(65536, Value::null());
  EXPECT_EQ(head(Value::array({nulls.data(), 15})).substr(0, 4), "9fc0");
  EXPECT_EQ(head(Value::array({nulls.data(), 16})).substr(0, 8), "dc0010c0");
  EXPECT_EQ(head(Value::array(nulls)), "dd00010000");
  const std::vector<Member> members(65536, Member{"", Value::null()});
  EXPECT_EQ(head(Value::object({members.data(), 15})).substr(0, 4), "8fa0");
  EXPECT_EQ(head(Value::object({members.data(), 16})).substr(0, 8), "de0010a0");
  EXPECT_EQ(head(Value::object(members)), "df00010000");
}

TEST(MsgpackWriter, WritesDatesAndUndefinedForEachKindOfPeer) {
  EXPECT_EQ(written(Value()), "d40000");
  EXPECT_EQ(written(Value(), DateForm::timestamp), "c0");
  EXPECT_EQ(written(Value::date(1000)), "d70000000000000003e8");
  EXPECT_EQ(written(Value::date(-1)), "d700ffffffffffffffff");
  EXPECT_EQ(written(Value::date(1000), DateForm::timestamp), "d6ff00000001");
  EXPECT_EQ(written(Value::date(4294967295000), DateForm::timestamp), "d6ffffffffff");
  EXPECT_EQ(written(Value::date(1500), DateForm::timestamp), "d7ff7735940000000001");
  EXPECT_EQ(written(Value::date(4294967296000), DateForm::timestamp), "d7ff0000000100000000");
  EXPECT_EQ(written(Value::date(-1), DateForm::timestamp), "c70cff3b8b87c0ffffffffffffffff");
  EXPECT_EQ(written(Value::date(std::numeric_limits<double>::quiet_NaN())), "c0");
}

TEST(MsgpackReader, ReadsDatesOfEveryForm) {
  for (const double milliseconds : {0.0, 1.0, 999.0, 1000.0, 1.7e12 + 123, 4294967296000.0, 8.64e15, -1.0, -1500.0}) {
    for (const DateForm form : {DateForm::notepack2, DateForm::timestamp}) {
      Arena arena;
      const std::string bytes = test::to_msgpack(Value::date(milliseconds), form);
      const auto value = parse_msgpack(bytes, arena);
      ASSERT_TRUE(value.has_value() && value->kind() == Kind::date);
      EXPECT_EQ(value->as_number(), milliseconds);
    }
  }
}

TEST(MsgpackReader, ReadsEveryStandardForm) {
  EXPECT_EQ(read("c0"), "null");
  EXPECT_EQ(read("c2"), "false");
  EXPECT_EQ(read("c3"), "true");
  EXPECT_EQ(read("ca3fc00000"), "1.5");
  EXPECT_EQ(read("cb3ff8000000000000"), "1.5");
  EXPECT_EQ(read("ca7f800000"), "null");
  EXPECT_EQ(read("cf8000000000000000"), "9223372036854775808");
  EXPECT_EQ(read("d90161"), R"("a")");
  EXPECT_EQ(read("da000161"), R"("a")");
  EXPECT_EQ(read("db0000000161"), R"("a")");
  EXPECT_EQ(read("c401ff"), R"({"$bin":"ff"})");
  EXPECT_EQ(read("c50001ff"), R"({"$bin":"ff"})");
  EXPECT_EQ(read("c600000001ff"), R"({"$bin":"ff"})");
  EXPECT_EQ(read("dc000101"), "[1]");
  EXPECT_EQ(read("dd0000000101"), "[1]");
  EXPECT_EQ(read("de0001a16101"), R"({"a":1})");
  EXPECT_EQ(read("df00000001a16101"), R"({"a":1})");
  // Longer than needed, as other writers may.
  EXPECT_EQ(read("cf0000000000000001"), "1");
  EXPECT_EQ(read("d3ffffffffffffffff"), "-1");
}

TEST(MsgpackReader, ReadsThePrivateFormsOfNotepack) {
  EXPECT_EQ(read("d40000"), R"({"$undefined":true})");
  EXPECT_EQ(read("c70300010203"), R"({"$bin":"010203"})");
  EXPECT_EQ(read("c8000100ff"), R"({"$bin":"ff"})");
  EXPECT_EQ(read("c90000000100ff"), R"({"$bin":"ff"})");
  EXPECT_EQ(read("c70000"), R"({"$bin":""})");
  EXPECT_EQ(read("d70000000000000003e8"), R"({"$date":"1970-01-01T00:00:01.000Z"})");
  EXPECT_EQ(read("d50001ff"), R"({"$bin":"01ff"})");
  EXPECT_EQ(read("d405ff"), R"([5,{"$bin":"ff"}])");
  EXPECT_EQ(read("c702fe0102"), R"([-2,{"$bin":"0102"}])");
}

TEST(MsgpackReader, MakesNamesOfKeysAsJavaScript) {
  EXPECT_EQ(read("8101c0"), R"({"1":null})");
  EXPECT_EQ(read("81cb3ff8000000000000c0"), R"({"1.5":null})");
  EXPECT_EQ(read("81cfffffffffffffffffc0"), R"({"18446744073709551615":null})");
  EXPECT_EQ(read("81c0c0"), R"({"null":null})");
  EXPECT_EQ(read("81c3c0"), R"({"true":null})");
  EXPECT_EQ(read("81cb7ff8000000000000c0"), R"({"NaN":null})");
  EXPECT_EQ(read("81cbfff0000000000000c0"), R"({"-Infinity":null})");
  EXPECT_EQ(read("8190c0"), "!a MessagePack map key is no string");
  EXPECT_EQ(read("81d405ffc0"), "!a MessagePack map key is no string");
  EXPECT_EQ(read("81c40161c0"), "!a MessagePack map key is no string");
}

TEST(MsgpackReader, RefusesWhatIsWrong) {
  EXPECT_EQ(read(""), "!MessagePack ends too early");
  EXPECT_EQ(read("c1"), "!not MessagePack");
  EXPECT_EQ(read("91c1"), "!not MessagePack");
  EXPECT_EQ(read("0000"), "!bytes after the MessagePack value");
  EXPECT_EQ(read("9190", {.depth_max = 1}), "!MessagePack is nested too deep");
  EXPECT_EQ(read("91", {.depth_max = 1}), "!MessagePack ends too early");
}

TEST(MsgpackReader, RefusesLengthsBeyondTheBytesBeforeTakingMemory) {
  EXPECT_EQ(read("ddffffffff00"), "!MessagePack ends too early");
  EXPECT_EQ(read("dfffffffff00"), "!MessagePack ends too early");
  EXPECT_EQ(read("dbffffffff00"), "!MessagePack ends too early");
  EXPECT_EQ(read("c6ffffffff00"), "!MessagePack ends too early");
  EXPECT_EQ(read("c9ffffffff0000"), "!MessagePack ends too early");
  // The outer array still waits for a value: the inner one cannot have all that is left.
  EXPECT_EQ(read("92920000"), "!MessagePack ends too early");
  // Nested claims do not add up: each level declares as many as there are bytes left.
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += from_hex("dd0000ffff");
  bytes.append(65535, '\xC0');
  Arena arena;
  EXPECT_EQ(parse_msgpack(bytes, arena).error(), MsgpackError::truncated);
}

TEST(MsgpackReader, BorrowsStringsOfAnyBytes) {
  const std::string bytes = from_hex("92a2c328c402ffff");
  Arena arena;
  const auto value = parse_msgpack(bytes, arena);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->elements()[0].as_string().data(), bytes.data() + 2);
  EXPECT_EQ(value->elements()[1].as_string().data(), bytes.data() + 6);
  EXPECT_EQ(test::to_json(value->elements()[0]), "\"\xEF\xBF\xBD(\"");
}

TEST(MsgpackReader, SkipsTheFirstOfSeveralValues) {
  EXPECT_EQ(*skip_msgpack(from_hex("92010203")), 3u);
  EXPECT_EQ(*skip_msgpack(from_hex("81a16192c00105")), 6u);
}

RC_GTEST_PROP(Msgpack, ReadsWhatItWrites, (std::uint64_t seed)) {
  SeededRandom random(seed);
  Arena arena, other;
  const Value value = test::random_value(random, arena, {.binary = true, .any_bytes = true});
  for (const DateForm form : {DateForm::notepack2, DateForm::timestamp}) {
    const std::string bytes = test::to_msgpack(value, form);
    const auto back = parse_msgpack(bytes, other);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*skip_msgpack(bytes) == bytes.size());
    RC_ASSERT(test::to_msgpack(*back, form) == bytes);
  }
}

RC_GTEST_PROP(Msgpack, CarriesJsonThroughAndBack, (std::uint64_t seed)) {
  SeededRandom random(seed);
  Arena arena;
  const std::string text = test::to_json(test::random_value(random, arena));
  const auto from_json = parse_json(text, arena);
  RC_ASSERT(from_json.has_value());
  const std::string bytes = test::to_msgpack(*from_json);
  const auto from_msgpack = parse_msgpack(bytes, arena);
  RC_ASSERT(from_msgpack.has_value());
  Arena third;
  // Doubles beyond 2^53 that are whole become integers on the way: equal as numbers, printed in full.
  const std::string printed = test::to_json(*from_msgpack);
  const auto again = parse_json(printed, third);
  RC_ASSERT(again.has_value());
  RC_ASSERT(test::to_msgpack(*again) == bytes);
}

RC_GTEST_PROP(Msgpack, SkipsWhatItParsesAndNothingElse, (std::uint64_t seed)) {
  SeededRandom random(seed);
  Arena arena;
  std::string bytes = test::to_msgpack(test::random_value(random, arena, {.binary = true}));
  bytes[random.below(bytes.size())] = static_cast<char>(random.next());
  read(to_hex(bytes));
  bytes.resize(random.below(bytes.size() + 1));
  read(to_hex(bytes));
}

}  // namespace
}  // namespace tutti::codec
