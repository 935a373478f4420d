#include "ot_vectors/check_case.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include "ot/algebra.hpp"
#include "ot/history.hpp"
#include "ot/position.hpp"
#include "ot/rich_text.hpp"
#include "ot/utf8.hpp"
#include "ot_vectors/delta_json.hpp"
#include "ot_vectors/json_reader.hpp"

namespace tutti::ot_vectors {
namespace {

using ot::Change;
using ot::ChangeError;
using ot::RichText;
using ot::Side;
using ot::Value;

bool holds_lone_surrogate(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::string:
      return ot::check_utf8(value.string()) == ot::Utf8Fault::lone_surrogate;
    case Value::Kind::array:
      for (const Value& item : value.items()) {
        if (holds_lone_surrogate(item)) return true;
      }
      return false;
    case Value::Kind::object:
      for (const ot::Member& member : value.members()) {
        if (holds_lone_surrogate(member.value)) return true;
      }
      return false;
    default:
      return false;
  }
}

// Checks one case step by step; after the first trouble nothing more is checked.
class CaseCheck {
 public:
  explicit CaseCheck(const Value& vector) : vector_(vector) {}

  Outcome run() {
    if (find(vector_, "h")) {
      check_history();
    } else {
      check_pair();
    }
    return outcome_;
  }

 private:
  bool going() const { return outcome_.kind == Outcome::Kind::passed; }
  void fail(std::string message) {
    if (going()) outcome_ = {Outcome::Kind::failed, std::move(message)};
  }
  // A refusal is right only where the file's author split a pair on purpose.
  void refuse(std::string_view what, ChangeError error) {
    const Value* const cls = find(vector_, "cls");
    const bool meant = holds_lone_surrogate(vector_) || (cls && *cls == Value("split"));
    const bool surrogates = error == ChangeError::split_surrogate || error == ChangeError::lone_surrogate;
    std::string message(what);
    message.append(": ").append(ot::to_string(error));
    if (!meant || !surrogates) return fail(std::move(message));
    if (going()) outcome_ = {Outcome::Kind::refused, std::move(message)};
  }

  Change change(std::string_view key) {
    const Value* const value = find(vector_, key);
    if (!value) {
      fail(std::string(key) + ": missing");
      return {};
    }
    return change(key, *value);
  }
  Change change(std::string_view key, const Value& value) {
    auto read = change_from(value);
    if (read) return std::move(*read);
    refuse(key, read.error());
    return {};
  }
  bool has(std::string_view key) const { return find(vector_, key) != nullptr; }

  void expect(std::string_view key, const Change& got) {
    if (!going() || !has(key)) return;
    const Change expected = change(key);
    if (going() && got != expected) {
      std::string message(key);
      message.append(": expected ").append(write_json(to_value(expected)));
      fail(message.append(", got ").append(write_json(to_value(got))));
    }
    // What comes out is canonical: building it again changes nothing.
    if (going() && *change_from(to_value(got)) != got) fail(std::string(key) + ": not canonical");
  }

  void apply(RichText& content, std::string_view key, const Change& change) {
    if (!going()) return;
    if (const auto applied = content.apply(change); !applied) refuse(key, applied.error());
  }
  RichText open(const Change& document) {
    auto content = RichText::from_document(document);
    if (content) return std::move(*content);
    refuse("doc", content.error());
    return {};
  }
  RichText applied(const RichText& content, std::string_view key, const Change& change) {
    RichText after = content;
    apply(after, key, change);
    return after;
  }

  void check_pair() {
    const Change document = change("doc");
    const Change a = change("a");
    const Change b = change("b");
    const RichText content = going() ? open(document) : RichText();
    const RichText after_a = applied(content, "a", a);
    const RichText after_b = applied(content, "b", b);
    expect("doc_a", after_a.to_document());
    expect("doc_b", after_b.to_document());
    check_compose(content, a, after_a);
    check_transforms(a, b, after_a, after_b);
    check_invert(content, a, after_a);
    check_cursors(a);
  }

  void check_compose(const RichText& content, const Change& a, const RichText& after_a) {
    if (!going() || !has("c")) return;
    const Change c = change("c");
    const RichText after_both = applied(after_a, "c", c);
    if (!going()) return;
    const Change both = compose(a, c);
    expect("ac", both);
    expect("doc_ac", after_both.to_document());
    expect("doc_ac", applied(content, "ac", both).to_document());
  }

  // With side 'left' the second one's insert stands first, and its attributes win.
  void check_transforms(const Change& a, const Change& b, const RichText& after_a, const RichText& after_b) {
    if (!going()) return;
    const ot::Transformed b_first = transform(b, a);
    expect("a_left_b", transform(a, b, Side::right));
    expect("a_left_b", b_first.second);
    expect("b_right_a", transform(b, a, Side::left));
    expect("b_right_a", b_first.first);
    expect("doc_al", applied(after_b, "a_left_b", b_first.second).to_document());
    expect("doc_al", applied(after_a, "b_right_a", b_first.first).to_document());
    const ot::Transformed a_first = transform(a, b);
    expect("a_right_b", transform(a, b, Side::left));
    expect("a_right_b", a_first.first);
    expect("b_left_a", transform(b, a, Side::right));
    expect("b_left_a", a_first.second);
    expect("doc_ar", applied(after_b, "a_right_b", a_first.first).to_document());
    expect("doc_ar", applied(after_a, "b_left_a", a_first.second).to_document());
  }

  void check_invert(const RichText& content, const Change& a, const RichText& after_a) {
    if (!going() || !has("inv")) return;
    expect("inv", invert(a, content.to_document()));
    expect("inv", content.invert(a));
    const RichText back = applied(after_a, "inv", content.invert(a));
    if (going() && back != content) fail("inv: the document does not come back");
  }

  // [position, moved by another's change, moved by one's own]; the stock library pushes a cursor for another's change.
  void check_cursors(const Change& a) {
    const Value* const cursors = find(vector_, "cursor");
    if (!going() || !cursors) return;
    for (const Value& row : cursors->items()) {
      const auto number = [&](std::size_t i) { return static_cast<std::size_t>(row.items()[i].number()); };
      ot::Mark marks[] = {{number(0), ot::Gravity::pushed}, {number(0), ot::Gravity::stays}};
      transform_marks(a, marks);
      for (std::size_t i = 0; i < 2; ++i) {
        const std::size_t alone = transform_position(a, number(0), marks[i].gravity);
        if (alone != number(i + 1) || marks[i].position != alone) return fail(std::to_string(number(0)) + ": cursor");
      }
    }
  }

  void check_history() {
    RichText content = open(change("doc"));
    ot::History history;
    std::vector<RichText> versions{content};
    for (const Value& item : find(vector_, "h")->items()) {
      const Change committed = change("h", item);
      apply(content, "h", committed);
      if (!going()) return;
      history.push(committed);
      versions.push_back(content);
    }
    expect("doc_h", content.to_document());
    const Change a = change("a");
    if (!going()) return;
    const auto from = static_cast<std::uint64_t>(find(vector_, "v")->number());
    if (const auto fits = versions[from].check(a); !fits) return refuse("a", fits.error());
    Change moved = a;
    for (std::uint64_t v = from; v < history.version(); ++v) moved = transform(moved, history.at(v), Side::right);
    expect("a_server", moved);
    expect("doc_end", applied(content, "a_server", moved).to_document());
    // The composed way ends in the same content; the components are compared by the tests, which count what may differ.
    const Change composed = history.span(from, history.version());
    expect("doc_h", applied(versions[from], "h", composed).to_document());
  }

  const Value& vector_;
  Outcome outcome_;
};

}  // namespace

Outcome check_case(const Value& vector) { return CaseCheck(vector).run(); }

}  // namespace tutti::ot_vectors
