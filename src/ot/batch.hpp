// ot/batch.hpp: a revision under construction: operations that all stand on one base version, committed one after the
// other.
//
// The composition of what was added is kept in a tree by position, so adding one more small operation (moving it over
// all before it, and composing it in) costs O(log k), and a flush of k operations O(k log k). The moved operation
// equals `Composite::transform` over those before it: what was added first stands left. One owner, one thread.
#pragma once

#include <cstddef>

#include "ot/change.hpp"
#include "ot/segment_tree.hpp"

namespace tutti::ot {

class Batch {
 public:
  // `change`, which stands on the base of the batch, as it stands on the result of all that was added.
  Change transform(const Change& change) const;
  // Adds a change that stands on that result (and was checked against it).
  void push(const Change& moved);
  // Both: returns the change as it was added.
  Change add(const Change& change);

  std::size_t size() const noexcept { return size_; }  // operations added
  Change composed() const;                             // all of them as one canonical change
  void clear();

 private:
  SegmentTree tree_;
  std::size_t size_ = 0;
};

}  // namespace tutti::ot
