#include "loop.hpp"

namespace tutti::sim {

bool Loop::step(TimePoint end) {
  const auto timer = clock.earliest();
  const bool has_event = !events_.empty();
  if (!has_event && !timer) return false;
  const TimePoint event_time = has_event ? events_.begin()->first.first : TimePoint::max();
  const TimePoint next = timer && *timer <= event_time ? *timer : event_time;
  if (next > end) return false;
  if (timer && *timer <= event_time) {
    clock.advance(std::max(Duration::zero(), next - clock.now()));
    return true;
  }
  if (next > clock.now()) clock.advance(next - clock.now());
  Task task = std::move(events_.begin()->second);
  events_.erase(events_.begin());
  task();
  return true;
}

}  // namespace tutti::sim
