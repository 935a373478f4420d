// sim/loop.hpp: simulated time: one thread, one heap of events ordered by (time, order of arming), nothing waits.
#pragma once

#include <cstdint>
#include <map>

#include "base/function.hpp"
#include "base/manual_scheduler.hpp"
#include "base/random.hpp"

namespace tutti::sim {

class Loop {
 public:
  explicit Loop(std::uint64_t seed) : random(seed) {}

  void after(Duration delay, Task task) { events_.emplace(std::pair(clock.now() + delay, next_++), std::move(task)); }
  // The next event or timer; false: there is none before `end`.
  bool step(TimePoint end);
  void run_until(TimePoint end) {
    while (step(end)) {
    }
    if (clock.now() < end) clock.advance(end - clock.now());
  }

  std::uint64_t below(std::uint64_t bound) { return random.below(bound); }
  bool chance(double probability) { return static_cast<double>(random.next() >> 11) * 0x1.0p-53 < probability; }
  Duration up_to(Duration most) {
    return Duration(static_cast<Duration::rep>(below(static_cast<std::uint64_t>(most.count()) + 1)));
  }

  ManualScheduler clock;
  SeededRandom random;

 private:
  std::map<std::pair<TimePoint, std::uint64_t>, Task> events_;
  std::uint64_t next_ = 0;
};

}  // namespace tutti::sim
