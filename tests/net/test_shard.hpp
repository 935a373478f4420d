// tests/net/test_shard.hpp: a shard without threads or sockets: time moves by hand, a turn is run by the test.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "base/manual_scheduler.hpp"
#include "base/random.hpp"
#include "base/shard.hpp"

namespace tutti::test {

class TestShard final : public Shard {
 public:
  explicit TestShard(std::uint32_t index = 0, std::uint64_t seed = 1) : random_(seed + index), index_(index) {}

  void post(Task task) override { posted_.push_back(std::move(task)); }
  void defer(Task task) override { deferred_.push_back(std::move(task)); }
  bool is_current() const noexcept override { return true; }
  Scheduler& scheduler() noexcept override { return clock_; }
  Random& random() noexcept override { return random_; }
  std::uint32_t index() const noexcept override { return index_; }

  // Runs what was posted and deferred, then what streams do at the end of a turn, until nothing is left.
  void turn() {
    while (!posted_.empty() || !deferred_.empty()) {
      for (Task& task : std::exchange(posted_, {})) task();
      for (Task& task : std::exchange(deferred_, {})) task();
    }
    for (std::size_t i = 0; i < at_end_.size(); ++i) at_end_[i]();
    if (!posted_.empty() || !deferred_.empty()) turn();
  }
  // Moves the clock, with a turn after each timer.
  void advance(Duration delay) {
    const TimePoint end = clock_.now() + delay;
    turn();
    while (clock_.earliest() && *clock_.earliest() <= end) {
      clock_.advance(std::max(*clock_.earliest() - clock_.now(), Duration::zero()));
      turn();
    }
    clock_.advance(end - clock_.now());
  }
  void at_end_of_turn(std::function<void()> function) { at_end_.push_back(std::move(function)); }
  ManualScheduler& clock() noexcept { return clock_; }

 private:
  ManualScheduler clock_;
  SeededRandom random_;
  std::uint32_t index_;
  std::vector<Task> posted_;
  std::vector<Task> deferred_;
  std::vector<std::function<void()>> at_end_;
};

}  // namespace tutti::test
