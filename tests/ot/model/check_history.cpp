#include <vector>

#include "ot/algebra.hpp"
#include "ot/batch.hpp"
#include "ot/history.hpp"
#include "ot/model/check.hpp"
#include "ot/model/reference.hpp"

namespace tutti::ot_model {
namespace {

using ot::Change;
using ot::Side;

#define CHECK(condition)                 \
  do {                                   \
    if (!(condition)) return #condition; \
  } while (false)

std::string check_batch(const std::vector<Change>& changes) {
  ot::Batch batch;
  std::vector<Change> moved;
  for (const Change& change : changes) {
    CHECK(batch.transform(change) == ot::Composite::of(moved).transform(change));
    moved.push_back(batch.add(change));
    CHECK(is_canonical(moved.back()));
    CHECK(batch.composed() == compose(moved));
  }
  return {};
}

}  // namespace

std::string check_history(Chooser& choose, const Shape& shape, std::size_t changes_max, HistoryCounts& counts) {
  const Change document = random_document(choose, shape);
  std::vector<Cells> versions{cells_of(document)};
  const std::uint64_t first = choose.below(7);
  const std::size_t low = 1 + choose.below(3);
  ot::History history(first,
                      {.node_min = std::size_t{1} << low, .node_max = std::size_t{1} << (low + choose.below(3))});
  const std::size_t count = 1 + choose.below(changes_max);
  for (std::size_t i = 0; i < count; ++i) {
    const Change change = random_change(choose, versions.back(), shape);
    versions.push_back(apply_to(versions.back(), Model::of(change)));
    history.push(change);
  }
  const std::size_t from = choose.below(count + 1);
  const std::size_t to = from + choose.below(count + 1 - from);
  if (choose.one_in(4)) history.drop_before(first + choose.below(from + 1));

  // A span is the composition of its changes.
  Change one_by_one;
  for (std::size_t v = from; v < to; ++v) one_by_one = compose(one_by_one, history.at(first + v));
  CHECK(history.span(first + from, first + to) == one_by_one);

  // A change moved over the tree, and over every change after the other.
  const Change change = random_change(choose, versions[from], shape);
  Change expected = change;
  for (std::size_t v = from; v < to; ++v) expected = transform(expected, history.at(first + v), Side::right);
  const Change moved = history.rebase(change, first + from, first + to);
  CHECK(is_canonical(moved));
  ++counts.cases;
  if (moved != expected) {
    ++counts.differing;
    // Then it must still be a change that fits, of the same text: only the place of an insert among deleted text is in
    // question.
    CHECK(moved.inserted_text().size() == expected.inserted_text().size());
    CHECK(moved.base_length() <= versions[to].size());
  }

  std::vector<Change> concurrent;
  for (std::size_t i = 0; i < 1 + count / 2; ++i) concurrent.push_back(random_change(choose, versions[from], shape));
  return check_batch(concurrent);
}

}  // namespace tutti::ot_model
