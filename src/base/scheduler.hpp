// base/scheduler.hpp: time comes in by the constructor: now() and timers of one event loop.
//
// Production implements it on the loop (net/asio), tests on a clock moved by hand (base/manual_scheduler.hpp).
// Nothing above net/asio asks any other clock.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/function.hpp"

namespace tutti {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;

class Timer;
class TimerQueue;

// Owner: one event loop; used on its thread only.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // Monotonic; constant within one turn of the loop is allowed.
  virtual TimePoint now() const = 0;
  // Milliseconds since 1970, for what is stored or shown.
  virtual std::int64_t wall_time_ms() const = 0;

 protected:
  friend class Timer;
  virtual TimerQueue& timers() = 0;
  // The earliest deadline may have changed: wake up accordingly.
  virtual void earliest_changed() = 0;
};

// A timer that is armed again and again. Owned by its user, never moves, cancels itself when destroyed.
// Derive and implement on_timer(); a timer may arm, cancel or destroy itself there.
class Timer {
 public:
  explicit Timer(Scheduler& scheduler) noexcept : scheduler_(scheduler) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Fires once, `delay` from now; arming again moves the deadline. A delay <= 0 fires in the loop's next turn.
  void arm(Duration delay);
  void cancel() noexcept;
  bool armed() const noexcept { return position_ != kNotArmed; }

 protected:
  virtual ~Timer() { cancel(); }
  virtual void on_timer() = 0;
  Scheduler& scheduler() const noexcept { return scheduler_; }

 private:
  friend class TimerQueue;
  static constexpr std::uint32_t kNotArmed = UINT32_MAX;
  Scheduler& scheduler_;
  std::uint32_t position_ = kNotArmed;  // in the queue's heap
};

// The same with a function, where deriving would say nothing more.
class CallbackTimer final : public Timer {
 public:
  CallbackTimer(Scheduler& scheduler, Task task) : Timer(scheduler), task_(std::move(task)) {}

 private:
  void on_timer() override { task_(); }
  Task task_;
};

}  // namespace tutti
