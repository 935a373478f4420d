#include "ot/algebra.hpp"
#include "ot/binary.hpp"
#include "ot/diff.hpp"
#include "ot/model/check.hpp"
#include "ot/model/reference.hpp"
#include "ot/rich_text.hpp"

namespace tutti::ot_model {
namespace {

using ot::Change;
using ot::Side;

#define CHECK(condition)                 \
  do {                                   \
    if (!(condition)) return #condition; \
  } while (false)

std::string check_positions(const Change& change, const Cells& document) {
  const Model model = Model::of(change);
  std::vector<ot::Mark> marks;
  for (std::size_t p = 0; p <= document.size(); ++p) {
    marks.push_back({p, ot::Gravity::stays});
    marks.push_back({p, ot::Gravity::pushed});
  }
  std::vector<ot::Mark> shuffled(marks.rbegin(), marks.rend());
  transform_marks(change, marks);
  transform_marks(change, shuffled);
  std::size_t before = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const std::size_t expected = transform_position(model, i / 2, i % 2 == 1);
    CHECK(marks[i].position == expected);
    CHECK(shuffled[marks.size() - 1 - i].position == expected);
    CHECK(transform_position(change, i / 2, marks[i].gravity) == expected);
    CHECK(expected >= before);
    before = expected;
  }
  return {};
}

std::string check_binary(const Change& change) {
  std::string bytes;
  encode_binary(change, bytes);
  std::string_view in = bytes;
  const auto read = ot::decode_binary(in);
  CHECK(read.has_value() && *read == change && in.empty());
  return {};
}

}  // namespace

std::string check_algebra(Chooser& choose, const Shape& shape) {
  const Change document = random_document(choose, shape);
  const Cells cells = cells_of(document);
  const Change a = random_change(choose, cells, shape);
  const Change b = random_change(choose, cells, shape);
  const Cells after_a = apply_to(cells, Model::of(a));
  const Cells after_b = apply_to(cells, Model::of(b));
  const Change c = random_change(choose, after_a, shape);
  const Cells after_c = apply_to(after_a, Model::of(c));
  const Change d = random_change(choose, after_c, shape);
  for (const Change* change : {&document, &a, &b, &c, &d}) CHECK(is_canonical(*change));

  // Apply, by the content and by composing.
  auto content = ot::RichText::from_document(document);
  CHECK(content.has_value() && content->to_document() == document);
  const ot::RichText snapshot = *content;
  CHECK(content->apply(a).has_value());
  CHECK(cells_of(content->to_document()) == after_a);
  CHECK(content->to_document() == compose(document, a));
  CHECK(snapshot.to_document() == document);

  // Compose.
  const Change ac = compose(a, c);
  CHECK(is_canonical(ac));
  CHECK(Model::of(ac) == compose(Model::of(a), Model::of(c)));
  CHECK(compose(ac, d) == compose(a, compose(c, d)));

  // Both transforms, one half and both at once, and TP1.
  const ot::Transformed a_first = transform(a, b);
  const ot::Transformed b_first = transform(b, a);
  CHECK(is_canonical(a_first.first) && is_canonical(a_first.second));
  CHECK(a_first.first == transform(a, b, Side::left) && a_first.second == transform(b, a, Side::right));
  CHECK(Model::of(a_first.first) == transform(Model::of(a), Model::of(b), false));
  CHECK(Model::of(a_first.second) == transform(Model::of(b), Model::of(a), true));
  Change left = a;
  Change right = b;
  transform_both(left, right);
  CHECK(left == a_first.first && right == a_first.second);
  CHECK(compose(document, compose(a, a_first.second)) == compose(document, compose(b, a_first.first)));
  CHECK(compose(document, compose(a, b_first.first)) == compose(document, compose(b, b_first.second)));

  // Invert.
  const Change back = invert(a, document);
  CHECK(is_canonical(back));
  CHECK(back == snapshot.invert(a));
  CHECK(Model::of(back) == invert(cells, Model::of(a)));
  CHECK(content->apply(back).has_value() && content->to_document() == document);

  if (auto wrong = check_positions(a, cells); !wrong.empty()) return wrong;

  // Diff.
  const Change document_a = compose(document, a);
  const Change difference = diff(document, document_a);
  CHECK(is_canonical(difference));
  CHECK(compose(document, difference) == document_a);
  CHECK(content->check(difference).has_value());

  for (const Change* change : {&document, &ac, &back}) {
    if (auto wrong = check_binary(*change); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace tutti::ot_model
