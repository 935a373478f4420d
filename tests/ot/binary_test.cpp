#include "ot/binary.hpp"

#include <gtest/gtest.h>

#include <string>

#include "ot/model/generate.hpp"

namespace tutti::ot {
namespace {

std::string encoded(const Change& change) {
  std::string bytes;
  encode_binary(change, bytes);
  return bytes;
}

BinaryError error_of(std::string_view bytes) {
  const std::string_view before = bytes;
  const auto change = decode_binary(bytes);
  EXPECT_FALSE(change.has_value());
  EXPECT_EQ(bytes, before);
  return change.has_value() ? BinaryError{} : change.error();
}

using namespace std::string_literals;

TEST(OtBinary, TypingIsAFewBytes) {
  const auto change = ChangeBuilder{}.retain(300).insert("a").build();
  EXPECT_EQ(encoded(*change), "\x02\xE0\x12\x01\x01"s + "a");
}

TEST(OtBinary, ChangesFollowEachOther) {
  const Change first = *ChangeBuilder{}.insert("é").build();
  const Change second = *ChangeBuilder{}.retain(2).erase(70'000).build();
  const std::string bytes = encoded(first) + encoded(second) + encoded({});
  std::string_view rest = bytes;
  EXPECT_EQ(*decode_binary(rest), first);
  EXPECT_EQ(*decode_binary(rest), second);
  EXPECT_EQ(*decode_binary(rest), Change());
  EXPECT_TRUE(rest.empty());
}

TEST(OtBinary, KeepsValues) {
  const Value deep = Value::object({{"n", Value()},
                                    {"t", Value(true)},
                                    {"f", Value(false)},
                                    {"i", Value(-3)},
                                    {"d", Value(0.1)},
                                    {"big", Value(1e300)},
                                    {"s", Value("x\0y")},
                                    {"a", Value::array({Value(1), Value::array({}), Value::object({})})}});
  const Change change = *ChangeBuilder{}.insert_embed(Value::object({{"e", deep}}), Attributes(deep)).build();
  const std::string bytes = encoded(change);
  std::string_view rest = bytes;
  EXPECT_EQ(*decode_binary(rest), change);
}

TEST(OtBinary, EveryPrefixIsTruncated) {
  ot_model::SeedChooser choose(5);
  const Change document = ot_model::random_document(choose, {.pieces_max = 8});
  const std::string bytes = encoded(document);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(error_of(std::string_view(bytes).substr(0, size)), BinaryError::truncated);
  }
}

TEST(OtBinary, RefusesWhatIsNeverWritten) {
  EXPECT_EQ(error_of("\x01\x09\x01"s + "a"), BinaryError::malformed);  // an insert with a length
  EXPECT_EQ(error_of("\x01\x0F\x00"s), BinaryError::malformed);        // a delete with attributes
  EXPECT_EQ(error_of("\x01\x0C\x00"s), BinaryError::malformed);        // attributes without a member
  EXPECT_EQ(error_of("\x01\x8B\x00"s), BinaryError::malformed);        // a varint that is longer than needed
  EXPECT_EQ(error_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"s), BinaryError::malformed);  // above 64 bits
  EXPECT_EQ(error_of("\x01\x08"s), BinaryError::malformed);                                  // a trailing retain
  EXPECT_EQ(error_of("\x02\x0B\x0B"s), BinaryError::malformed);                              // two deletes side by side
  EXPECT_EQ(error_of("\x01\x0C\x02\x01"s + "b\x02\x01" + "a\x02"), BinaryError::malformed);  // keys that do not ascend
  EXPECT_EQ(error_of("\x02\x0B\x01\x01"s + "a"), BinaryError::malformed);               // an insert behind a delete
  EXPECT_EQ(error_of("\x01\x05\x01\x01"s + "a\0\x01"s + "x"), BinaryError::malformed);  // an insert that keeps a null
  EXPECT_EQ(error_of("\x01\x0C\x01\x01"s + "a\x08"), BinaryError::malformed);           // an unknown value
  EXPECT_EQ(error_of("\x01\x0C\x01\x01"s + "a\x03" + "\0\0\0\0\0\0\xF0\x3F"s),
            BinaryError::malformed);  // 1.0 as a double
}

TEST(OtBinary, RefusesWhatTheBuilderRefuses) {
  EXPECT_EQ(error_of("\x01\x03"s), BinaryError::invalid_change);                  // deletes nothing
  EXPECT_EQ(error_of("\x01\x01\x00"s), BinaryError::invalid_change);              // inserts nothing
  EXPECT_EQ(error_of("\x01\x01\x03\xED\xA0\xBD"s), BinaryError::invalid_change);  // half a pair
  EXPECT_EQ(error_of("\x01\x02\x00"s), BinaryError::invalid_change);              // an embed that is null
  EXPECT_EQ(error_of("\x01\x0C\x01\x09__proto__\x00"s), BinaryError::invalid_change);
  std::string deep = "\x01\x02"s;
  for (int i = 0; i < 60; ++i) deep += "\x07\x01\x01k";
  EXPECT_EQ(error_of(deep + '\0'), BinaryError::invalid_change);
  for (int i = 0; i < 600'000; ++i) deep += "\x07\x01\x01k";
  EXPECT_EQ(error_of(deep), BinaryError::malformed);  // and the stack is not used up
}

TEST(OtBinary, HoldsLimits) {
  const std::string bytes = encoded(*ChangeBuilder{}.retain(1).insert("abc").build());
  std::string_view rest = bytes;
  EXPECT_FALSE(decode_binary(rest, {.components = 1}).has_value());
  EXPECT_FALSE(decode_binary(rest, {.text_bytes = 2}).has_value());
  EXPECT_TRUE(decode_binary(rest, ChangeLimits::stored()).has_value());
}

}  // namespace
}  // namespace tutti::ot
