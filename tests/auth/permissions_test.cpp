#include "auth/permissions.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <regex>

namespace tutti::auth {
namespace {

TEST(Permissions, TheLongestMatchingPatternDecides) {
  const DocumentPermissions permissions({{"*", Access::read}, {"team-*", Access::write}, {"team-secret", Access::none}},
                                        Access::none);
  EXPECT_EQ(permissions.access("anything"), Access::read);
  EXPECT_EQ(permissions.access("team-plan"), Access::write);
  EXPECT_EQ(permissions.access("team-secret"), Access::none);
}

TEST(Permissions, OfEquallyLongPatternsTheStricterDecides) {
  const DocumentPermissions permissions({{"a*", Access::write}, {"*b", Access::read}}, Access::none);
  EXPECT_EQ(permissions.access("ab"), Access::read);
}

TEST(Permissions, WithoutAMatchTheDefaultHolds) {
  EXPECT_EQ(DocumentPermissions({{"a", Access::write}}, Access::none).access("b"), Access::none);
  EXPECT_EQ(DocumentPermissions(Access::write).access("b"), Access::write);
}

TEST(Permissions, PatternsCoverTheWholeId) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c", "abbbc"));
  EXPECT_TRUE(matches("**", "x"));
  EXPECT_TRUE(matches("*a*b*", "xaxxbx"));
  EXPECT_FALSE(matches("a*c", "abbb"));
  EXPECT_FALSE(matches("abc", "abcd"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("notes:*#1", "notes:a:b#1")) << "colons and # are ordinary characters";
}

TEST(Permissions, HostilePatternsStayCheap) {
  const std::string text(20'000, 'a');
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "*b", text));
}

RC_GTEST_PROP(Permissions, MatchAgreesWithARegularExpression, ()) {
  const auto letters = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab*")));
  const std::string pattern = *rc::gen::resize(8, letters);
  std::string text = *rc::gen::resize(8, letters);
  std::replace(text.begin(), text.end(), '*', 'a');
  std::string expression;
  for (const char c : pattern) expression += c == '*' ? std::string(".*") : std::string(1, c);
  RC_ASSERT(matches(pattern, text) == std::regex_match(text, std::regex(expression)));
}

}  // namespace
}  // namespace tutti::auth
