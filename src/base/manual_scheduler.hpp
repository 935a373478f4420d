// base/manual_scheduler.hpp: a clock moved by hand, for tests and simulation: no waiting, the same every time.
#pragma once

#include "base/scheduler.hpp"
#include "base/timer_queue.hpp"

namespace tutti {

class ManualScheduler final : public Scheduler {
 public:
  TimePoint now() const override { return now_; }
  std::int64_t wall_time_ms() const override {
    return kEpochMs + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count();
  }

  // Moves the clock to `delay` from now, firing each timer at its own time, in order.
  void advance(Duration delay) {
    const TimePoint end = now_ + delay;
    while (queue_.earliest() && *queue_.earliest() <= end) {
      now_ = std::max(now_, *queue_.earliest());
      queue_.fire_due(now_);
    }
    now_ = end;
  }
  std::size_t armed_timers() const { return queue_.size(); }
  // The next deadline, if a timer is armed.
  std::optional<TimePoint> earliest() const { return queue_.earliest(); }

 private:
  static constexpr std::int64_t kEpochMs = 1'700'000'000'000;
  TimerQueue& timers() override { return queue_; }
  void earliest_changed() override {}

  TimePoint now_{};
  TimerQueue queue_;
};

}  // namespace tutti
