#include "ot/rope.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "ot/algebra.hpp"
#include "ot/model/chooser.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {
namespace {

std::string repeated(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += piece;
  return text;
}

TEST(OtRope, IsEmptyAtFirst) {
  Rope rope;
  EXPECT_TRUE(rope.empty());
  EXPECT_EQ(rope.to_string(), "");
  EXPECT_EQ(rope.line_start(0), 0u);
  EXPECT_EQ(rope.line_start(5), 0u);
  EXPECT_FALSE(rope.splits_pair(0));
  EXPECT_TRUE(rope.chunks().begin() == std::default_sentinel);
  EXPECT_EQ(rope, Rope(""));
  EXPECT_TRUE(rope.replace(0, 0, ""));
  EXPECT_TRUE(rope.empty());
}

TEST(OtRope, ADeletedTextLeavesNothing) {
  Rope rope(repeated("line\n", 100'000));
  const Rope before = rope;
  EXPECT_TRUE(rope.replace(0, rope.length_utf16(), ""));
  EXPECT_TRUE(rope.empty());
  EXPECT_EQ(rope.memory_bytes(), 0u);
  EXPECT_EQ(before.newlines(), 20'000u);
  EXPECT_TRUE(rope.replace(0, 0, "again"));
  EXPECT_EQ(rope, "again");
}

TEST(OtRope, CountsInEveryUnit) {
  const Rope rope("aé漢😀\nb");
  EXPECT_EQ(rope.size_bytes(), 12u);
  EXPECT_EQ(rope.length_utf16(), 7u);
  EXPECT_EQ(rope.length_code_points(), 6u);
  EXPECT_EQ(rope.newlines(), 1u);
  EXPECT_EQ(rope.bytes_from_utf16(5), 10u);
  EXPECT_EQ(rope.bytes_from_utf16(4), 6u);  // inside the pair: before it
  EXPECT_EQ(rope.utf16_from_bytes(8), 3u);  // inside its bytes: before it
  EXPECT_EQ(rope.utf16_from_code_points(4), 5u);
  EXPECT_EQ(rope.code_points_from_utf16(100), 6u);
  EXPECT_EQ(rope.line_of(6), 1u);
  EXPECT_EQ(rope.line_start(1), 6u);
  EXPECT_EQ(rope.line_start(2), 7u);
}

TEST(OtRope, RefusesEdgesInsidePairsInsideAndBetweenLeaves) {
  const std::string text = repeated("😀", 40'000);
  Rope rope(text);
  for (const std::size_t odd : {1u, 511u, 513u, 1'999u, 19'997u}) {
    EXPECT_TRUE(rope.splits_pair(odd));
    EXPECT_FALSE(rope.replace(odd, 0, "x"));
    EXPECT_FALSE(rope.replace(odd, 1, "x"));
    EXPECT_FALSE(rope.replace(odd - 1, 1, ""));
    EXPECT_FALSE(rope.replace(0, odd, ""));
    EXPECT_EQ(rope.apply(*ChangeBuilder{}.retain(odd).insert("x").build()).error(), ChangeError::split_surrogate);
    const auto several = ChangeBuilder{}.insert("y").retain(odd).insert("z").retain(1).erase(2).build();
    EXPECT_EQ(rope.apply(*several).error(), ChangeError::split_surrogate);
  }
  EXPECT_EQ(rope, text);
}

TEST(OtRope, RefusesWhatDoesNotFit) {
  Rope rope("abc");
  const auto error = [&](ChangeBuilder& builder) { return rope.apply(*builder.build()).error(); };
  EXPECT_EQ(error(ChangeBuilder{}.retain(4).insert("x")), ChangeError::beyond_end);
  EXPECT_EQ(error(ChangeBuilder{}.insert("y").retain(1).insert("z").erase(3)), ChangeError::beyond_end);
  EXPECT_EQ(error(ChangeBuilder{}.insert("x", Attributes({{"b", Value(1)}}))), ChangeError::rich_in_text);
  EXPECT_EQ(error(ChangeBuilder{}.retain(1, Attributes({{"b", Value(1)}}))), ChangeError::rich_in_text);
  EXPECT_FALSE(rope.replace(4, 0, "x"));
  EXPECT_FALSE(rope.replace(1, ~std::size_t{0}, "x"));
  EXPECT_FALSE(rope.replace_code_points(2, 2, "x"));
  EXPECT_EQ(rope, "abc");
}

TEST(OtRope, TakesAChangeOfManyPlacesInOnePass) {
  const std::string text = repeated("0123456789", 200'000);
  Rope rope(text);
  ChangeBuilder builder({.components = 100'000});
  std::string expected;
  for (std::size_t i = 0; i + 10 <= text.size(); i += 10) {
    builder.retain(4).insert("<é>").erase(2).retain(4);
    expected += "0123<é>6789";
  }
  ASSERT_TRUE(rope.apply(*builder.build()).has_value());
  EXPECT_EQ(rope, expected);
}

TEST(OtRope, ChunksJoinToTheText) {
  const std::string text = repeated("añ漢😀\n", 50'000);
  const Rope rope(text);
  std::string joined;
  for (const std::string_view chunk : rope.chunks()) {
    EXPECT_EQ(check_utf8(chunk), Utf8Fault::none);
    EXPECT_FALSE(chunk.empty());
    joined += chunk;
  }
  EXPECT_EQ(joined, text);
  joined.clear();
  for (const std::string_view chunk : rope.chunks(3, 9'000)) joined += chunk;
  EXPECT_EQ(joined, rope.slice(3, 9'000));
  EXPECT_EQ(rope.slice(10, 5), "");
}

TEST(OtRope, EqualityIsOfTextNotOfShape) {
  const std::string text = repeated("abc", 30'000);
  const Rope loaded(text);
  Rope typed;
  for (const char byte : text) ASSERT_TRUE(typed.replace(typed.length_utf16(), 0, std::string_view(&byte, 1)));
  EXPECT_EQ(loaded, typed);
  Rope other = typed;
  ASSERT_TRUE(other.replace(15'000, 1, "x"));
  EXPECT_NE(loaded, other);
  EXPECT_NE(loaded, Rope("abc"));
}

TEST(OtRope, ALoadedTextTakesLittleMore) {
  const std::string text = repeated("The quick brown fox jumps.\n", 1'000'000);
  EXPECT_LE(static_cast<double>(Rope(text).memory_bytes()), 1.15 * static_cast<double>(text.size()));
  const Rope small("hello");
  EXPECT_LE(small.memory_bytes(), 64u);
}

TEST(OtRope, EditsKeepLeavesFilled) {
  Rope rope(repeated("x", 1'000'000));
  ot_model::SeedChooser choose(3);
  for (int i = 0; i < 200'000; ++i) {
    const std::size_t at = choose.below(rope.length_utf16() - 3);
    ASSERT_TRUE(i % 2 ? rope.replace(at, 3, "") : rope.replace(at, 0, "abc"));
  }
  EXPECT_LE(static_cast<double>(rope.memory_bytes()), 1.5 * static_cast<double>(rope.size_bytes()));
}

// A snapshot is read and dropped on another thread while the document is edited.
TEST(OtRope, SnapshotsNeverChange) {
  Rope rope(repeated("0123456789\n", 60'000));
  for (int round = 0; round < 20; ++round) {
    const std::string expected = rope.to_string();
    std::thread reader([snapshot = rope, expected] {
      EXPECT_EQ(snapshot.to_string(), expected);
      EXPECT_EQ(snapshot.newlines(), snapshot.line_of(snapshot.length_utf16()));
    });
    ot_model::SeedChooser choose(static_cast<std::uint64_t>(round));
    for (int i = 0; i < 2'000; ++i)
      ASSERT_TRUE(rope.replace(choose.below(rope.length_utf16() - 9), choose.below(9), "edit"));
    reader.join();
  }
}

TEST(OtRope, ACopyOfAnEditedRopeIsItsOwn) {
  Rope a("hello");
  ASSERT_TRUE(a.replace(5, 0, " world"));
  Rope b = a;
  ASSERT_TRUE(a.replace(0, 5, "bye"));
  ASSERT_TRUE(b.replace(11, 0, "!"));
  EXPECT_EQ(a, "bye world");
  EXPECT_EQ(b, "hello world!");
  b = a;
  a = Rope();
  EXPECT_EQ(b, "bye world");
  Rope c = std::move(b);
  ASSERT_TRUE(c.replace(0, 3, "hi"));
  EXPECT_EQ(c, "hi world");
}

}  // namespace
}  // namespace tutti::ot
