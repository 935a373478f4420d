// ot/composite.hpp: many changes as one, in the order-keeping form that the server transforms over.
//
// A canonical change forgets where an insert stood among characters that were deleted beside it; transforming over it
// can then place another's insert differently than transforming over its parts one by one. A Composite keeps that order
// (an insert of a later part stands before the deleted characters of its place, earlier inserts stay where they were),
// so both ways agree for the side our documents use: the history stands left. What remains is the canonicalisation of
// the moved change itself between two parts; the document protocol corrects that.
//
// Immutable, with prefix sums: a change of few components is moved over it in O(log size) each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ot/change.hpp"
#include "ot/component_buffer.hpp"

namespace tutti::ot {

class Composite {
 public:
  Composite() : Composite(ComponentBuffer{}) {}
  explicit Composite(const Change& change);
  Composite(const Change& first, const Change& second);
  Composite(const Composite& first, const Composite& second);
  // All of them in order, by a balanced tree.
  static Composite of(std::span<const Change> changes);
  static Composite of(std::span<const Change* const> changes);
  static Composite of(std::span<const Composite* const> parts);

  std::size_t size() const noexcept { return buffer_.size(); }  // components
  Change to_change() const;                                     // canonical: what compose() of the parts gives

  // `change` moved over all parts; the parts were first: they stand left on ties, their attributes win.
  Change transform(const Change& change) const;

  std::size_t memory_bytes() const noexcept { return buffer_.memory_bytes() + index_.capacity() * sizeof(Start); }

 private:
  explicit Composite(ComponentBuffer buffer);
  template <class Part>
  static Composite of_parts(std::span<const Part* const> parts);

  struct Start {
    std::uint32_t base;    // units of the base before this component
    std::uint32_t target;  // units of the result before it
  };
  ComponentBuffer buffer_;
  std::vector<Start> index_;  // one a component, and one for the end
};

}  // namespace tutti::ot
