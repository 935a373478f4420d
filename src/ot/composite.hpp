// ot/composite.hpp: many changes as one, in the order-keeping form that the server transforms over.
//
// A canonical change forgets where an insert stood among characters that were deleted beside it; transforming over it
// can then place another's insert differently than transforming over its parts one by one. A Composite keeps that order
// (an insert of a later part stands before the deleted characters of its place, earlier inserts stay where they were),
// so both ways agree for the side our documents use: the history stands left. What remains is the canonicalisation of
// the moved change itself between two parts; the document protocol corrects that.
//
// Immutable, with prefix sums: a change of few components is moved over it in O(log size) a component.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "ot/change.hpp"

namespace tutti::ot {

class Composite {
 public:
  Composite() = default;
  explicit Composite(const Change& change);

  std::size_t size() const noexcept;  // components
  Change to_change() const;           // canonical: what compose() of the parts gives

  // `change` moved over all parts; the parts were first: they stand left on ties, their attributes win.
  Change transform(const Change& change) const;

  friend Composite compose(const Composite& first, const Composite& second);

 private:
  explicit Composite(ComponentBuffer buffer);

  struct Index {
    std::uint32_t base;    // units of the base before this component
    std::uint32_t target;  // units of the result before it
    std::uint32_t text;    // bytes of inserted text before it
  };
  ComponentBuffer buffer_;
  std::vector<Index> index_;
};

}  // namespace tutti::ot
