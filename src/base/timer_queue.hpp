// base/timer_queue.hpp: the armed timers of one loop, ordered by (deadline, order of arming): a 4-ary heap with
// positions kept in the timers, so that arming, moving and cancelling cost O(log n) and no allocation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/scheduler.hpp"

namespace tutti {

class TimerQueue {
 public:
  TimerQueue() = default;
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;
  ~TimerQueue();  // all timers must be gone or cancelled

  std::optional<TimePoint> earliest() const;
  // Fires what is due at `now`, earliest first. What is armed meanwhile waits for the next call.
  // Returns how many fired.
  std::size_t fire_due(TimePoint now);
  std::size_t size() const noexcept { return heap_.size(); }

 private:
  friend class Timer;
  struct Entry {
    TimePoint deadline;
    std::uint64_t sequence;
    Timer* timer;
    bool before(const Entry& other) const noexcept {
      return deadline != other.deadline ? deadline < other.deadline : sequence < other.sequence;
    }
  };
  void set(Timer& timer, TimePoint deadline);
  void remove(Timer& timer) noexcept;
  void sift_up(std::size_t position, Entry entry) noexcept;
  void sift_down(std::size_t position, Entry entry) noexcept;
  void place(std::size_t position, const Entry& entry) noexcept;

  std::vector<Entry> heap_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace tutti
