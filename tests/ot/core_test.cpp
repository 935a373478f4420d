// Rich text, history, batch, diff, positions: what the random cases do not say in words.
#include <gtest/gtest.h>

#include <string>

#include "ot/algebra.hpp"
#include "ot/batch.hpp"
#include "ot/diff.hpp"
#include "ot/history.hpp"
#include "ot/model/chooser.hpp"
#include "ot/model/generate.hpp"
#include "ot/position.hpp"
#include "ot/rich_text.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {
namespace {

Change edit(std::size_t position, std::size_t erased, std::string_view text) {
  ChangeBuilder builder;
  if (position > 0) builder.retain(position);
  if (!text.empty()) builder.insert(text);
  if (erased > 0) builder.erase(erased);
  return *builder.build();
}

Attributes bold() { return Attributes({{"bold", Value(true)}}); }

TEST(OtAlgebra, HistoryStandsLeftAndItsAttributesWin) {
  const Change committed = *ChangeBuilder{}.insert("W").retain(1, Attributes({{"color", Value("red")}})).build();
  const Change incoming =
      *ChangeBuilder{}.insert("E").retain(1, Attributes({{"bold", Value(true)}, {"color", Value("blue")}})).build();
  const Change moved = transform(incoming, committed, Side::right);
  EXPECT_EQ(moved, *ChangeBuilder{}.retain(1).insert("E").retain(1, bold()).build());
}

TEST(OtAlgebra, ComposingManyIsNotQuadratic) {
  std::vector<Change> changes;
  ot_model::SeedChooser choose(1);
  for (int i = 0; i < 20'000; ++i) changes.push_back(edit(1 + choose.below(100'000), 0, "x"));
  EXPECT_EQ(compose(changes).inserted_text().size(), 20'000u);
  EXPECT_EQ(compose(std::span<const Change>()), Change());
}

TEST(OtAlgebra, ACutPairBecomesReplacementsAndLengthsStay) {
  const Change both = compose(edit(0, 0, "a😀b"), edit(2, 0, "|"));
  EXPECT_EQ(both.inserted_text(),
            "a\xEF\xBF\xBD|\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(both.target_length(), 5u);
  Batch batch;
  batch.push(edit(0, 0, "a😀b"));
  batch.push(edit(2, 0, "|"));
  EXPECT_EQ(batch.composed(), both);
  EXPECT_EQ(compose(edit(0, 0, "a😀b"), edit(2, 2, "")).inserted_text(), "a\xEF\xBF\xBD");
}

TEST(OtAlgebra, Slices) {
  const Change document = *ChangeBuilder{}.insert("abc").insert("def", bold()).build();
  EXPECT_EQ(slice(document, 2, 4), *ChangeBuilder{}.insert("c").insert("d", bold()).build());
  EXPECT_EQ(slice(document, 0, 100), document);
  EXPECT_EQ(slice(document, 4, 4), Change());
}

TEST(OtPosition, AnInsertAtTheCursorMovesItOnlyIfPushed) {
  EXPECT_EQ(transform_position(edit(2, 0, "xy"), 2, Gravity::stays), 2u);
  EXPECT_EQ(transform_position(edit(2, 0, "xy"), 2, Gravity::pushed), 4u);
  EXPECT_EQ(transform_position(edit(2, 5, "xy"), 4, Gravity::stays), 4u);
  const Range moved = transform_range(edit(0, 1, ""), {3, 1}, Gravity::stays);
  EXPECT_EQ(moved.anchor, 2u);
  EXPECT_EQ(moved.head, 0u);
}

TEST(OtRichText, KeepsRunsBesideTheText) {
  auto content = RichText::from_document(*ChangeBuilder{}.insert("hello world").build());
  ASSERT_TRUE(content.has_value());
  ASSERT_TRUE(content->apply(*ChangeBuilder{}.retain(6).retain(5, bold()).build()).has_value());
  EXPECT_EQ(content->runs(), 2u);
  EXPECT_EQ(content->to_document(), *ChangeBuilder{}.insert("hello ").insert("world", bold()).build());
  ASSERT_TRUE(content->apply(*ChangeBuilder{}.insert_embed(Value::object({{"hr", Value(true)}})).build()).has_value());
  EXPECT_EQ(content->text(), "\xEF\xBF\xBChello world");
  EXPECT_EQ(content->runs(), 3u);
  EXPECT_EQ(content->slice(7, 9), *ChangeBuilder{}.insert("wo", bold()).build());
}

TEST(OtRichText, RefusesAnAttributeEdgeInsideAPair) {
  auto content = RichText::from_document(edit(0, 0, "a😀b"));
  EXPECT_EQ(content->apply(*ChangeBuilder{}.retain(2, bold()).build()).error(), ChangeError::split_surrogate);
  EXPECT_EQ(content->apply(*ChangeBuilder{}.retain(2).retain(1, bold()).build()).error(), ChangeError::split_surrogate);
  EXPECT_EQ(content->apply(*ChangeBuilder{}.retain(9, bold()).build()).error(), ChangeError::beyond_end);
  EXPECT_EQ(content->to_document(), edit(0, 0, "a😀b"));
}

TEST(OtRichText, IsNoDocumentIfItRetains) {
  EXPECT_EQ(RichText::from_document(edit(1, 0, "a")).error(), ChangeError::beyond_end);
}

TEST(OtRichText, ManyRunsAndSnapshots) {
  ot_model::SeedChooser choose(9);
  const ot_model::Shape shape{.pieces_max = 40};
  auto content = *RichText::from_document(ot_model::random_document(choose, {.pieces_max = 400}));
  Change document = content.to_document();
  for (int round = 0; round < 200; ++round) {
    const RichText snapshot = content;
    const Change before = document;
    const Change change = ot_model::random_change(choose, ot_model::cells_of(document), shape);
    const Change back = content.invert(change);
    ASSERT_TRUE(content.apply(change).has_value());
    document = compose(document, change);
    ASSERT_EQ(content.to_document(), document);
    ASSERT_EQ(snapshot.to_document(), before);
    RichText undone = content;
    ASSERT_TRUE(undone.apply(back).has_value());
    ASSERT_EQ(undone, snapshot);
  }
}

TEST(OtHistory, CoversSpansAcrossDroppedAndNewVersions) {
  History history(1'000, {.node_min = 2, .node_max = 16});
  Rope rope("0123456789");
  std::vector<Rope> versions{rope};
  ot_model::SeedChooser choose(2);
  for (int i = 0; i < 300; ++i) {
    const Change change = edit(choose.below(rope.length_utf16() - 2), choose.below(2), "ab");
    ASSERT_TRUE(rope.apply(change).has_value());
    history.push(change);
    versions.push_back(rope);
    if (i == 150) history.drop_before(1'077);
    const std::uint64_t from = history.first() + choose.below(history.version() - history.first() + 1);
    Rope replayed = versions[from - 1'000];
    ASSERT_TRUE(replayed.apply(history.span(from, history.version())).has_value());
    ASSERT_EQ(replayed, rope);
  }
  EXPECT_EQ(history.first(), 1'077u);
  EXPECT_EQ(history.span(1'100, 1'100), Change());
  history.drop_before(history.version());
  EXPECT_EQ(history.first(), history.version());
  EXPECT_EQ(history.rebase(edit(3, 0, "x"), history.first(), history.version()), edit(3, 0, "x"));
}

TEST(OtHistory, ForgottenNodesGiveTheirMemoryBack) {
  History history;
  for (int i = 0; i < 4'096; ++i) history.push(edit(static_cast<std::size_t>(i % 100), 0, "x"));
  history.span(0, history.version());
  const std::size_t full = history.memory_bytes();
  history.drop_before(4'000);
  EXPECT_LT(history.memory_bytes() * 10, full);
}

// Two typists at one place: what was added first stands left.
TEST(OtBatch, AddsInOrder) {
  Batch batch;
  EXPECT_EQ(batch.add(edit(3, 0, "a")), edit(3, 0, "a"));
  EXPECT_EQ(batch.add(edit(3, 0, "b")), edit(4, 0, "b"));
  EXPECT_EQ(batch.add(edit(1, 4, "")), *ChangeBuilder{}.retain(1).erase(2).retain(2).erase(2).build());
  EXPECT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch.composed(), *ChangeBuilder{}.retain(1).insert("ab").erase(4).build());
  batch.clear();
  EXPECT_EQ(batch.size(), 0u);
  EXPECT_EQ(batch.composed(), Change());
}

TEST(OtBatch, ALargeFlushEqualsTheComposition) {
  ot_model::SeedChooser choose(4);
  Batch batch;
  std::vector<Change> moved;
  for (int i = 0; i < 3'000; ++i)
    moved.push_back(batch.add(edit(choose.below(20'000), choose.below(4), choose.one_in(3) ? "" : "é")));
  EXPECT_EQ(batch.composed(), compose(moved));
}

TEST(OtDiff, IsTheShortestInWholeCodePoints) {
  EXPECT_EQ(diff("abcdef", "abXdef"), edit(2, 1, "X"));
  EXPECT_EQ(diff("", "new"), edit(0, 0, "new"));
  EXPECT_EQ(diff("old", ""), edit(0, 3, ""));
  EXPECT_EQ(diff("same", "same"), Change());
  EXPECT_EQ(diff("a😀b", "a😁b"), edit(1, 2, "😁"));  // they share their first bytes, and their first half
  EXPECT_EQ(diff("é", "è"), edit(0, 1, "è"));
  EXPECT_EQ(diff("the cat sat", "the cat, it sat"), edit(7, 0, ", it"));
}

TEST(OtDiff, LongTextsByLinesThenCharacters) {
  std::string from;
  for (int i = 0; i < 2'000; ++i) from += "line number " + std::to_string(i * 7'919 % 10'007) + "\n";
  std::string to = from;
  to.replace(to.size() / 3, 3, "XY");
  to.insert(to.size() / 2, "a new line\n");
  const Change change = diff(from, to);
  Rope rope(from);
  ASSERT_TRUE(rope.apply(change).has_value());
  EXPECT_EQ(rope, to);
  EXPECT_LE(change.inserted_text().size(), 16u);
}

TEST(OtDiff, TextsWithNothingInCommonAreReplacedInBoundedTime) {
  ot_model::SeedChooser choose(8);
  std::string from;
  std::string to;
  for (int i = 0; i < 300'000; ++i) {
    from += static_cast<char>('a' + choose.below(26));
    to += static_cast<char>('a' + choose.below(26));
  }
  Rope rope(from);
  ASSERT_TRUE(rope.apply(diff(from, to)).has_value());
  EXPECT_EQ(rope, to);
}

TEST(OtDiff, OfDocumentsSeesFormatAndEmbeds) {
  const Change plain = *ChangeBuilder{}.insert("ab").insert_embed(Value::object({{"image", Value("1")}})).build();
  const Change formatted =
      *ChangeBuilder{}.insert("a").insert("b", bold()).insert_embed(Value::object({{"image", Value("2")}})).build();
  const Change change = diff(plain, formatted);
  EXPECT_EQ(compose(plain, change), formatted);
  EXPECT_EQ(change.size(), 4u);
  EXPECT_EQ(compose(formatted, diff(formatted, plain)), plain);
}

TEST(OtUtf8, CountsAndCutsAtEveryLength) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += i % 5 == 0 ? "😀" : i % 3 == 0 ? "漢" : i % 7 == 0 ? "\n" : "x";
  std::size_t units = 0;
  std::size_t code_points = 0;
  std::size_t newlines = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && is_continuation(text[at])) continue;
    const std::string_view head(text.data(), at);
    EXPECT_EQ(count_text(head).utf16, units);
    EXPECT_EQ(count_text(head).code_points, code_points);
    EXPECT_EQ(count_text(head).newlines, newlines);
    EXPECT_EQ(count_utf16(head), units);
    EXPECT_EQ(offset_of_utf16(text, units).bytes, at);
    EXPECT_FALSE(offset_of_utf16(text, units).inside_pair);
    EXPECT_EQ(offset_of_code_point(text, code_points), at);
    const TextCounts all = count_text(text);
    EXPECT_EQ(offset_of_utf16_from_end(text, all.utf16 - units).bytes, at);
    EXPECT_EQ(offset_of_code_point_from_end(text, all.code_points - code_points), at);
    if (at == text.size()) break;
    const bool pair = static_cast<unsigned char>(text[at]) >= 0xF0;
    if (pair) {
      EXPECT_EQ(offset_of_utf16(text, units + 1).bytes, at);
      EXPECT_TRUE(offset_of_utf16(text, units + 1).inside_pair);
      EXPECT_EQ(offset_of_utf16_from_end(text, all.utf16 - units - 1).bytes, at);
      EXPECT_TRUE(offset_of_utf16_from_end(text, all.utf16 - units - 1).inside_pair);
    }
    units += pair ? 2 : 1;
    ++code_points;
    newlines += text[at] == '\n';
    if (text[at] == '\n') {
      EXPECT_EQ(offset_behind_newline(text, newlines), at + 1);
    }
  }
}

}  // namespace
}  // namespace tutti::ot
