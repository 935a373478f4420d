#include "ot/batch.hpp"

namespace tutti::ot {

Change Batch::transform(const Change& change) const {
  if (size_ == 0) return change;
  return transform_over(change, [this](std::uint32_t base) { return tree_.piece_at(base); });
}

void Batch::push(const Change& moved) {
  tree_.compose(moved);
  ++size_;
}

Change Batch::add(const Change& change) {
  Change moved = transform(change);
  push(moved);
  return moved;
}

Change Batch::composed() const { return tree_.to_change(); }

void Batch::clear() {
  tree_.clear();
  size_ = 0;
}

}  // namespace tutti::ot
