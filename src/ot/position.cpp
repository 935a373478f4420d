#include "ot/position.hpp"

#include <algorithm>
#include <numeric>

#include "ot/change_writer.hpp"

namespace tutti::ot {
namespace {

// Moves positions given in ascending order, in one pass over a change. `base` and `target` are where the pass has come
// to.
class Mover {
 public:
  explicit Mover(const Change& change) noexcept
      : at_(ChangeAccess::buffer(change).components().data()), end_(at_ + change.size()) {}

  std::size_t move(std::size_t position, Gravity gravity) noexcept {
    for (; at_ != end_; ++at_) {
      if (at_->inserts()) {
        // One exactly here is passed for the marks behind it and for those that are pushed; so it is kept for the
        // others.
        if (base_ == position) break;
        target_ += at_->length;
      } else {
        if (base_ + at_->length > position) break;
        base_ += at_->length;
        if (at_->kind() == RawComponent::Kind::retain) target_ += at_->length;
      }
    }
    const std::size_t inside = at_ != end_ && at_->kind() == RawComponent::Kind::erase ? 0 : position - base_;
    std::size_t pushed = 0;
    if (gravity == Gravity::pushed) {
      for (const RawComponent* here = at_; here != end_ && here->inserts(); ++here) pushed += here->length;
    }
    return target_ + inside + pushed;
  }

 private:
  const RawComponent* at_;
  const RawComponent* end_;
  std::size_t base_ = 0;
  std::size_t target_ = 0;
};

}  // namespace

std::size_t transform_position(const Change& change, std::size_t position, Gravity gravity) {
  return Mover(change).move(position, gravity);
}

void transform_marks(const Change& change, std::span<Mark> marks) {
  Mover mover(change);
  const auto by_position = [](const Mark& a, const Mark& b) { return a.position < b.position; };
  if (std::is_sorted(marks.begin(), marks.end(), by_position)) {
    for (Mark& mark : marks) mark.position = mover.move(mark.position, mark.gravity);
    return;
  }
  std::vector<std::uint32_t> order(marks.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return by_position(marks[a], marks[b]); });
  for (const std::uint32_t i : order) marks[i].position = mover.move(marks[i].position, marks[i].gravity);
}

Range transform_range(const Change& change, Range range, Gravity gravity) {
  return {transform_position(change, range.anchor, gravity), transform_position(change, range.head, gravity)};
}

}  // namespace tutti::ot
