// documents/seq_set.hpp: the committed sequence numbers of one author, as a few intervals.
//
// Numbers grow and are nearly always consecutive, so one interval is the rule. At most kIntervals are kept; the oldest
// go first.
#pragma once

#include <cstdint>
#include <vector>

namespace tutti::documents {

class SeqSet {
 public:
  static constexpr std::size_t kIntervals = 64;
  struct Interval {
    std::uint64_t first;
    std::uint64_t last;
    friend bool operator==(const Interval&, const Interval&) = default;
  };

  // `seq` is above everything in the set; else nothing happens.
  void add(std::uint64_t seq);
  // One that was stored; false: it is not above everything in the set.
  bool add_interval(Interval interval);
  bool contains(std::uint64_t seq) const noexcept;
  std::uint64_t newest() const noexcept { return intervals_.empty() ? 0 : intervals_.back().last; }
  const std::vector<Interval>& intervals() const noexcept { return intervals_; }

 private:
  std::vector<Interval> intervals_;  // ascending
};

}  // namespace tutti::documents
