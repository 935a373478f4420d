// ot/algebra.hpp: the algebra of changes, with the results of quill-delta 5.1, component for component.
//
// All functions are pure. Changes are canonical on the way in and out. TP1, for every pair on one document:
//   auto [first_after, second_after] = transform(first, second);
//   compose(first, second_after) == compose(second, first_after)   (as documents)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ot/change.hpp"

namespace tutti::ot {

// Where the transformed change's insert stands when the other change inserts at the same place.
//   right   the other change was first (committed): it stands left and its attributes win. Delta:
//   other.transform(change, true). left    the transformed change was first: it stands left and its attributes win.
//   Delta: other.transform(change, false).
enum class Side : std::uint8_t { left, right };

// `first`, then `second` (which stands on the result of `first`), as one change.
Change compose(const Change& first, const Change& second);
// All of them in order, by a balanced tree: O(n log n) components, never quadratic.
Change compose(std::span<const Change> changes);

// `change` so that it can be applied after `over`; both stand on the same document.
Change transform(const Change& change, const Change& over, Side side);

struct Transformed {
  Change first;   // to be applied after `second`
  Change second;  // to be applied after `first`
};
// Both halves in one pass; `first` stands left on ties and its attributes win.
Transformed transform(const Change& first, const Change& second);
// The same in place: each becomes its half. What single edits at different places need is done without building
// anything anew.
void transform_both(Change& first, Change& second);

// What takes `change` back; `base` is the document before it, as a change of inserts.
Change invert(const Change& change, const Change& base);

// The components of a document (a change of inserts) from `begin` to `end`, UTF-16 units.
Change slice(const Change& document, std::size_t begin, std::size_t end);

}  // namespace tutti::ot
