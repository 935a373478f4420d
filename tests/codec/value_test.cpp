#include "codec/value.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tutti::codec {
namespace {

TEST(Value, IsUndefinedUntilGivenAnything) {
  EXPECT_TRUE(Value().is_undefined());
  EXPECT_TRUE(Value::null().is_null());
}

TEST(Value, KeepsAnUnsignedNumberThatFitsAsInteger) {
  EXPECT_EQ(Value::unsigned_integer(7).kind(), Kind::integer);
  EXPECT_EQ(Value::unsigned_integer(INT64_MAX).as_integer(), INT64_MAX);
  const auto large = Value::unsigned_integer(std::uint64_t{1} << 63);
  EXPECT_EQ(large.kind(), Kind::unsigned_integer);
  EXPECT_EQ(large.as_unsigned_integer(), std::uint64_t{1} << 63);
  EXPECT_EQ(large.as_number(), 9223372036854775808.0);
}

TEST(Value, TellsWholeNumbersHoweverTheyCame) {
  EXPECT_EQ(Value::integer(-5).whole_number(), -5);
  EXPECT_EQ(Value::number(5.0).whole_number(), 5);
  EXPECT_EQ(Value::number(-0.0).whole_number(), 0);
  EXPECT_EQ(Value::number(-9223372036854775808.0).whole_number(), INT64_MIN);
}

TEST(Value, HasNoWholeNumberForOtherValues) {
  EXPECT_FALSE(Value::number(5.5).whole_number());
  EXPECT_FALSE(Value::number(9223372036854775808.0).whole_number());
  EXPECT_FALSE(Value::number(std::numeric_limits<double>::quiet_NaN()).whole_number());
  EXPECT_FALSE(Value::number(std::numeric_limits<double>::infinity()).whole_number());
  EXPECT_FALSE(Value::unsigned_integer(UINT64_MAX).whole_number());
  EXPECT_FALSE(Value::string("5").whole_number());
  EXPECT_FALSE(Value().whole_number());
}

TEST(Value, FindsTheLastMemberOfAName) {
  const Member members[] = {{"a", Value::integer(1)}, {"b", Value::integer(2)}, {"a", Value::integer(3)}};
  const auto object = Value::object(members);
  EXPECT_EQ(object["a"].as_integer(), 3);
  EXPECT_EQ(object["b"].as_integer(), 2);
  EXPECT_TRUE(object["c"].is_undefined());
  EXPECT_TRUE(Value::integer(1)["a"].is_undefined());
}

TEST(ValueDeathTest, DemandsTheKind) {
  EXPECT_DEATH(static_cast<void>(Value::integer(1).as_string()), "broken invariant");
  EXPECT_DEATH(static_cast<void>(Value::string("x").elements()), "broken invariant");
  EXPECT_DEATH(static_cast<void>(Value::integer(-1).as_unsigned_integer()), "broken invariant");
}

TEST(Arena, GivesAlignedMemoryAcrossItsFirstBlock) {
  Arena arena;
  for (int i = 0; i < 1000; ++i) {
    arena.allocate(1, 1);
    auto* const value = static_cast<Value*>(arena.allocate(sizeof(Value), alignof(Value)));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(value) % alignof(Value), 0u);
    new (value) Value(Value::integer(i));
  }
  arena.reset();
}

}  // namespace
}  // namespace tutti::codec
