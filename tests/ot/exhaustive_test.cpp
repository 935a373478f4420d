// Every short change on every short text: all pairs, all triples of the shortest.
#include <gtest/gtest.h>

#include <vector>

#include "ot/algebra.hpp"
#include "ot/batch.hpp"
#include "ot/change_builder.hpp"
#include "ot/composite.hpp"
#include "ot/model/reference.hpp"

namespace tutti::ot_model {
namespace {

using ot::Attributes;
using ot::Change;
using ot::ChangeBuilder;
using ot::Composite;
using ot::Side;
using ot::Value;

Attributes bold() { return Attributes({{"bold", Value(true)}}); }

enum class Fates { plain, rich };

// All changes of a text of `length` units that insert nothing or `text` at each place, and keep, delete (or format)
// each unit.
std::vector<Change> all_changes(std::size_t length, const std::vector<const char*>& texts, Fates fates) {
  std::vector<Change> changes;
  const std::size_t fate_count = fates == Fates::rich ? 3 : 2;
  const std::size_t insert_count = texts.size() + 1;
  std::size_t total = insert_count;
  for (std::size_t i = 0; i < length; ++i) total *= fate_count * insert_count;
  for (std::size_t code = 0; code < total; ++code) {
    std::size_t rest = code;
    ChangeBuilder builder;
    for (std::size_t i = 0; i <= length; ++i) {
      if (const std::size_t text = rest % insert_count; text > 0) builder.insert(texts[text - 1]);
      rest /= insert_count;
      if (i == length) break;
      switch (rest % fate_count) {
        case 0:
          builder.retain(1);
          break;
        case 1:
          builder.erase(1);
          break;
        default:
          builder.retain(1, bold());
      }
      rest /= fate_count;
    }
    Change change = *builder.build();
    if (std::find(changes.begin(), changes.end(), change) == changes.end()) changes.push_back(std::move(change));
  }
  return changes;
}

Change document(std::size_t length) {
  return length == 0 ? Change() : *ChangeBuilder{}.insert(std::string("abcd").substr(0, length)).build();
}

void check_pair(const Change& text, const Change& a, const Change& b) {
  const ot::Transformed both = transform(a, b);
  ASSERT_EQ(Model::of(both.first), transform(Model::of(a), Model::of(b), false));
  ASSERT_EQ(Model::of(both.second), transform(Model::of(b), Model::of(a), true));
  ASSERT_EQ(transform(a, b, Side::left), both.first);
  ASSERT_EQ(transform(b, a, Side::right), both.second);
  ASSERT_EQ(Composite(a).transform(b), both.second);
  ASSERT_EQ(compose(text, compose(a, both.second)), compose(text, compose(b, both.first)));
  Change left = a;
  Change right = b;
  transform_both(left, right);
  ASSERT_EQ(left, both.first);
  ASSERT_EQ(right, both.second);
}

TEST(OtExhaustive, PairsOfPlainChanges) {
  for (std::size_t length = 0; length <= 3; ++length) {
    const auto changes = all_changes(length, {"x"}, Fates::plain);
    for (const Change& a : changes) {
      for (const Change& b : changes) ASSERT_NO_FATAL_FAILURE(check_pair(document(length), a, b));
    }
  }
}

TEST(OtExhaustive, PairsOfRichChanges) {
  for (std::size_t length = 0; length <= 2; ++length) {
    const auto changes = all_changes(length, {"x", "yz"}, Fates::rich);
    for (const Change& a : changes) {
      for (const Change& b : changes) ASSERT_NO_FATAL_FAILURE(check_pair(document(length), a, b));
    }
  }
}

TEST(OtExhaustive, ComposingIsAssociative) {
  for (std::size_t length = 0; length <= 1; ++length) {
    for (const Change& a : all_changes(length, {"x", "yz"}, Fates::rich)) {
      const Change after_a = compose(document(length), a);
      for (const Change& b : all_changes(after_a.target_length(), {"w"}, Fates::plain)) {
        ASSERT_EQ(Model::of(compose(a, b)), compose(Model::of(a), Model::of(b)));
        const Change after_b = compose(after_a, b);
        if (after_b.target_length() > 3) continue;
        for (const Change& c : all_changes(after_b.target_length(), {"v"}, Fates::plain)) {
          ASSERT_EQ(compose(compose(a, b), c), compose(a, compose(b, c)));
        }
      }
    }
  }
}

// Over two changes composed as one by one, for a change with one edit; the batch gives the same.
TEST(OtExhaustive, AComposedPairMovesASingleEditAsItsParts) {
  for (std::size_t length = 0; length <= 3; ++length) {
    std::vector<Change> edits;
    for (std::size_t at = 0; at <= length; ++at) {
      for (std::size_t erased = 0; erased + at <= length; ++erased) {
        for (const char* text : {"", "E"}) {
          ChangeBuilder builder;
          if (at > 0) builder.retain(at);
          if (*text) builder.insert(text);
          if (erased > 0) builder.erase(erased);
          edits.push_back(*builder.build());
        }
      }
    }
    for (const Change& first : all_changes(length, {"x"}, Fates::plain)) {
      const std::size_t after = compose(document(length), first).target_length();
      if (after > 4) continue;
      for (const Change& second : all_changes(after, {"y"}, Fates::plain)) {
        const Composite both(first, second);
        ASSERT_EQ(both.to_change(), compose(first, second));
        ot::Batch batch;
        batch.push(first);
        batch.push(second);
        for (const Change& edit : edits) {
          const Change moved = transform(transform(edit, first, Side::right), second, Side::right);
          ASSERT_EQ(both.transform(edit), moved);
          ASSERT_EQ(batch.transform(edit), moved);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tutti::ot_model
