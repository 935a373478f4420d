#include "documents/seq_set.hpp"

#include <algorithm>

namespace tutti::documents {

void SeqSet::add(std::uint64_t seq) {
  if (!intervals_.empty() && seq <= intervals_.back().last) return;
  if (!intervals_.empty() && seq == intervals_.back().last + 1) {
    intervals_.back().last = seq;
    return;
  }
  if (intervals_.size() == kIntervals) intervals_.erase(intervals_.begin());
  intervals_.push_back({seq, seq});
}

bool SeqSet::add_interval(Interval interval) {
  if (interval.first == 0 || interval.last < interval.first || interval.first <= newest()) return false;
  intervals_.push_back(interval);
  return true;
}

bool SeqSet::contains(std::uint64_t seq) const noexcept {
  const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), seq,
                                      [](std::uint64_t value, const Interval& it) { return value < it.first; });
  return after != intervals_.begin() && seq <= std::prev(after)->last;
}

}  // namespace tutti::documents
