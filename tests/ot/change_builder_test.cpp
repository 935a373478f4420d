#include "ot/change_builder.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace tutti::ot {
namespace {

Attributes one(const char* key, Value value) { return Attributes({{key, std::move(value)}}); }

// {"a":{"a":…}} nested `depth` deep.
Value nested(std::size_t depth) {
  Value value(1);
  for (; depth > 0; --depth) value = Value::object({{"a", value}});
  return value;
}

ChangeError error_of(ChangeBuilder& builder) {
  const auto change = builder.build();
  EXPECT_FALSE(change.has_value());
  return change.has_value() ? ChangeError{} : change.error();
}

TEST(OtChangeBuilder, MakesTheCanonicalForm) {
  const auto change = ChangeBuilder{}.retain(1).retain(2).erase(1).insert("a").erase(2).insert("b").retain(5).build();
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(*change, *ChangeBuilder{}.retain(3).insert("ab").erase(3).build());
  EXPECT_EQ(change->size(), 3u);
  EXPECT_EQ(change->base_length(), 6u);
  EXPECT_EQ(change->target_length(), 5u);
  EXPECT_EQ(change->length_difference(), -1);
}

TEST(OtChangeBuilder, CountsUtf16Units) {
  const auto change = ChangeBuilder{}.insert("aé漢😀").build();
  EXPECT_EQ(change->target_length(), 5u);
  EXPECT_TRUE(change->is_document());
}

TEST(OtChangeBuilder, DropsNullsOfAnInsertAndKeepsThoseOfARetain) {
  const Attributes null = one("bold", Value());
  const auto insert = ChangeBuilder{}.insert("a", null).build();
  EXPECT_FALSE(insert->is_rich());
  EXPECT_EQ(*insert, *ChangeBuilder{}.insert("a").build());
  const auto retain = ChangeBuilder{}.retain(1, null).build();
  EXPECT_EQ(retain->size(), 1u);
  EXPECT_EQ(*(*retain->begin()).attributes, null);
}

TEST(OtChangeBuilder, KeyOrderDoesNotCount) {
  const Attributes ab({{"a", Value(1)}, {"b", Value::object({{"x", Value(1)}, {"y", Value(2)}})}});
  const Attributes ba({{"b", Value::object({{"y", Value(2)}, {"x", Value(1)}})}, {"a", Value(1)}});
  EXPECT_EQ(*ChangeBuilder{}.insert("t", ab).build(), *ChangeBuilder{}.insert("t", ba).build());
  EXPECT_EQ(ChangeBuilder{}.insert("t", ab).insert("u", ba).build()->size(), 1u);
}

TEST(OtChangeBuilder, TheLastOfEqualKeysStays) {
  EXPECT_EQ(Attributes({{"a", Value(1)}, {"a", Value(2)}}), one("a", Value(2)));
}

TEST(OtChangeBuilder, RefusesEmptyComponents) {
  EXPECT_EQ(error_of(ChangeBuilder{}.retain(0)), ChangeError::empty_component);
  EXPECT_EQ(error_of(ChangeBuilder{}.erase(0)), ChangeError::empty_component);
  EXPECT_EQ(error_of(ChangeBuilder{}.insert("")), ChangeError::empty_component);
}

TEST(OtChangeBuilder, RefusesLengthsThatOverflow) {
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(error_of(ChangeBuilder{}.retain(kHuge)), ChangeError::length_overflow);
  EXPECT_EQ(error_of(ChangeBuilder{}.erase(kLengthMax).erase(1)), ChangeError::length_overflow);
  EXPECT_EQ(error_of(ChangeBuilder{}.retain(kLengthMax).insert("a")), ChangeError::length_overflow);
  EXPECT_TRUE(ChangeBuilder{}.retain(kLengthMax - 1).insert("a").build().has_value());
}

TEST(OtChangeBuilder, RefusesTextThatIsNotUnicode) {
  for (const char* bad : {"\xFF", "\xC0\x80", "\xE0\x80\x80", "\xF4\x90\x80\x80", "a\x80", "\xE6\xBC"}) {
    EXPECT_EQ(error_of(ChangeBuilder{}.insert(bad)), ChangeError::invalid_utf8);
    EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", one(bad, Value(1)))), ChangeError::invalid_utf8);
    EXPECT_EQ(error_of(ChangeBuilder{}.retain(1, one("k", Value(bad)))), ChangeError::invalid_utf8);
  }
}

TEST(OtChangeBuilder, RefusesLoneSurrogatesEverywhere) {
  for (const char* half : {"\xED\xA0\xBD", "a\xED\xB8\x80"}) {
    EXPECT_EQ(error_of(ChangeBuilder{}.insert(half)), ChangeError::lone_surrogate);
    EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", one("k", Value(half)))), ChangeError::lone_surrogate);
    EXPECT_EQ(error_of(ChangeBuilder{}.insert_embed(Value::object({{"image", Value(half)}}))),
              ChangeError::lone_surrogate);
  }
}

TEST(OtChangeBuilder, RefusesEmbedsThatAreNotAnObjectOfOneKey) {
  for (const Value& bad : {Value(), Value(1), Value("x"), Value::array({}), Value::object({}),
                           Value::object({{"a", Value(1)}, {"b", Value(1)}})}) {
    EXPECT_EQ(error_of(ChangeBuilder{}.insert_embed(bad)), ChangeError::invalid_embed);
  }
  EXPECT_TRUE(ChangeBuilder{}.insert_embed(Value::object({{"hr", Value(true)}})).build().has_value());
}

TEST(OtChangeBuilder, RefusesTheKeyProtoAtAnyDepth) {
  const Value proto = Value::object({{"__proto__", Value(1)}});
  EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", Attributes(proto))), ChangeError::invalid_key);
  EXPECT_EQ(error_of(ChangeBuilder{}.retain(1, one("a", Value::array({proto})))), ChangeError::invalid_key);
  EXPECT_EQ(error_of(ChangeBuilder{}.insert_embed(proto)), ChangeError::invalid_key);
  EXPECT_TRUE(ChangeBuilder{}.insert("a", one("constructor", Value(1))).build().has_value());
}

TEST(OtChangeBuilder, RefusesNumbersThatAreNotFinite) {
  EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", one("k", Value(std::numeric_limits<double>::infinity())))),
            ChangeError::invalid_number);
  EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", one("k", Value(std::numeric_limits<double>::quiet_NaN())))),
            ChangeError::invalid_number);
}

TEST(OtChangeBuilder, HoldsTheDepthLimit) {
  EXPECT_TRUE(ChangeBuilder{}.insert("a", Attributes(nested(8))).build().has_value());
  EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", Attributes(nested(9)))), ChangeError::too_deep);
  EXPECT_EQ(error_of(ChangeBuilder{}.insert_embed(nested(9))), ChangeError::too_deep);
  Value array(1);
  for (int i = 0; i < 8; ++i) array = Value::array({array});
  EXPECT_EQ(error_of(ChangeBuilder{}.insert("a", one("k", array))), ChangeError::too_deep);
}

TEST(OtChangeBuilder, HoldsTheLimitOfComponents) {
  ChangeBuilder builder;
  for (int i = 0; i < 10'000; ++i) builder.erase(1);
  EXPECT_EQ(builder.build()->size(), 1u);
  for (int i = 0; i < 10'001; ++i) builder.erase(1);
  EXPECT_EQ(error_of(builder), ChangeError::too_many_components);
}

TEST(OtChangeBuilder, HoldsTheLimitsOfTextAndAttributes) {
  const ChangeLimits limits{.text_bytes = 10, .attributes = 2};
  EXPECT_TRUE(ChangeBuilder(limits).insert("12345").insert("67890").build().has_value());
  EXPECT_EQ(error_of(ChangeBuilder(limits).insert("12345").insert("678901")), ChangeError::text_too_long);
  EXPECT_EQ(error_of(ChangeBuilder(limits).insert("12345", one("123", Value("456")))), ChangeError::text_too_long);
  const Attributes three({{"a", Value(1)}, {"b", Value(1)}, {"c", Value(1)}});
  EXPECT_EQ(error_of(ChangeBuilder(limits).retain(1, three)), ChangeError::too_many_attributes);
  const Value items = Value::array({Value(1), Value(1), Value(1)});
  EXPECT_EQ(error_of(ChangeBuilder(limits).retain(1, one("a", items))), ChangeError::too_many_attributes);
}

TEST(OtChangeBuilder, APlainTextTakesNothingRich) {
  const ChangeLimits plain{.rich = false};
  EXPECT_EQ(error_of(ChangeBuilder(plain).insert("a", one("bold", Value(true)))), ChangeError::rich_in_text);
  EXPECT_EQ(error_of(ChangeBuilder(plain).retain(1, one("bold", Value()))), ChangeError::rich_in_text);
  EXPECT_EQ(error_of(ChangeBuilder(plain).insert_embed(Value::object({{"hr", Value(true)}}))),
            ChangeError::rich_in_text);
}

TEST(OtChangeBuilder, TrailingRetainsCountForTheLength) {
  EXPECT_TRUE(ChangeBuilder{}.insert("a").retain(3).build_for(3).has_value());
  const auto beyond = ChangeBuilder{}.insert("a").retain(4).build_for(3);
  ASSERT_FALSE(beyond.has_value());
  EXPECT_EQ(beyond.error(), ChangeError::beyond_end);
}

TEST(OtChangeBuilder, TheFirstErrorStaysAndTheBuilderIsNewAfterwards) {
  ChangeBuilder builder;
  builder.erase(0).insert("\xFF").retain(3);
  EXPECT_TRUE(builder.failed());
  EXPECT_EQ(error_of(builder), ChangeError::empty_component);
  EXPECT_FALSE(builder.failed());
  EXPECT_EQ(*builder.insert("a").build(), *ChangeBuilder{}.insert("a").build());
}

TEST(OtChangeBuilder, EveryErrorHasAText) {
  for (int error = 0; error <= static_cast<int>(ChangeError::split_surrogate); ++error) {
    EXPECT_NE(to_string(static_cast<ChangeError>(error)), "unknown");
  }
}

}  // namespace
}  // namespace tutti::ot
