// A shard that the test's own thread turns: what other threads post waits until then.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/manual_scheduler.hpp"
#include "base/shard.hpp"

namespace tutti::documents::testing {

class TestShard final : public Shard {
 public:
  explicit TestShard(std::uint32_t index = 0) : index_(index), random_(index + 1) {}

  void post(Task task) override {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(task));
    }
    wake_.notify_all();
  }
  void defer(Task task) override { deferred_.push_back(std::move(task)); }
  bool is_current() const noexcept override { return std::this_thread::get_id() == thread_; }
  Scheduler& scheduler() noexcept override { return clock; }
  Random& random() noexcept override { return random_; }
  std::uint32_t index() const noexcept override { return index_; }

  // One turn: what was posted, then what was deferred. False: there was nothing.
  bool turn() {
    std::deque<Task> tasks;
    {
      const std::lock_guard lock(mutex_);
      tasks.swap(posted_);
    }
    for (Task& task : tasks) task();
    const bool any = !tasks.empty() || !deferred_.empty();
    while (!deferred_.empty()) {
      std::deque<Task> deferred;
      deferred.swap(deferred_);
      for (Task& task : deferred) task();
    }
    return any;
  }
  // Turns until it is so; false after ten seconds.
  bool run_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done()) {
      clock.advance(std::chrono::milliseconds(1));
      if (turn()) continue;
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::milliseconds(1), [this] { return !posted_.empty(); });
      if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return true;
  }

  ManualScheduler clock;

 private:
  const std::uint32_t index_;
  const std::thread::id thread_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> posted_;
  std::deque<Task> deferred_;
  SeededRandom random_;
};

}  // namespace tutti::documents::testing
