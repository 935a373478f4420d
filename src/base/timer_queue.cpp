#include "base/timer_queue.hpp"

#include "base/assert.hpp"

namespace tutti {

void Timer::arm(Duration delay) {
  TimerQueue& queue = scheduler_.timers();
  queue.set(*this, scheduler_.now() + std::max(delay, Duration::zero()));
  if (position_ == 0) scheduler_.earliest_changed();
}

void Timer::cancel() noexcept {
  if (armed()) scheduler_.timers().remove(*this);
}

TimerQueue::~TimerQueue() { TUTTI_ASSERT(heap_.empty()); }

std::optional<TimePoint> TimerQueue::earliest() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().deadline;
}

std::size_t TimerQueue::fire_due(TimePoint now) {
  const std::uint64_t limit = next_sequence_;
  std::size_t fired = 0;
  while (!heap_.empty() && heap_.front().deadline <= now && heap_.front().sequence < limit) {
    Timer& timer = *heap_.front().timer;
    remove(timer);
    ++fired;
    timer.on_timer();  // may destroy the timer
  }
  return fired;
}

void TimerQueue::set(Timer& timer, TimePoint deadline) {
  const Entry entry{deadline, next_sequence_++, &timer};
  if (!timer.armed()) {
    heap_.push_back(entry);
    sift_up(heap_.size() - 1, entry);
    return;
  }
  const std::size_t position = timer.position_;
  if (entry.before(heap_[position])) {
    sift_up(position, entry);
  } else {
    sift_down(position, entry);
  }
}

void TimerQueue::remove(Timer& timer) noexcept {
  const std::size_t position = timer.position_;
  timer.position_ = Timer::kNotArmed;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  if (position > 0 && last.before(heap_[(position - 1) / 4])) {
    sift_up(position, last);
  } else {
    sift_down(position, last);
  }
}

void TimerQueue::sift_up(std::size_t position, Entry entry) noexcept {
  while (position > 0) {
    const std::size_t parent = (position - 1) / 4;
    if (!entry.before(heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, entry);
}

void TimerQueue::sift_down(std::size_t position, Entry entry) noexcept {
  for (;;) {
    const std::size_t first = position * 4 + 1;
    if (first >= heap_.size()) break;
    std::size_t child = first;
    for (std::size_t i = first + 1; i < std::min(first + 4, heap_.size()); ++i) {
      if (heap_[i].before(heap_[child])) child = i;
    }
    if (!heap_[child].before(entry)) break;
    place(position, heap_[child]);
    position = child;
  }
  place(position, entry);
}

void TimerQueue::place(std::size_t position, const Entry& entry) noexcept {
  heap_[position] = entry;
  entry.timer->position_ = static_cast<std::uint32_t>(position);
}

}  // namespace tutti
