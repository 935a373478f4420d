// limits/token_bucket.hpp: at most `rate` things a second, `burst` at once. Pure: time is an argument.
#pragma once

#include <algorithm>

#include "base/scheduler.hpp"

namespace tutti::limits {

struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;       // how many after a pause; 0: as many as per_second (at least 1)
};

// 16 bytes; one a connection, the rate is shared by all. A bucket is full when it is made.
class TokenBucket {
 public:
  TokenBucket(const Rate& rate, TimePoint now) noexcept : tokens_(capacity(rate)), updated_(now) {}

  // Takes `count` tokens if there are that many; else takes none.
  bool take(const Rate& rate, TimePoint now, double count = 1) noexcept {
    if (rate.per_second <= 0) return true;
    refill(rate, now);
    if (tokens_ < count) return false;
    tokens_ -= count;
    return true;
  }

  // How long until `count` tokens (at most the burst) are there; zero if they are.
  Duration wait(const Rate& rate, TimePoint now, double count = 1) noexcept {
    if (rate.per_second <= 0) return Duration::zero();
    refill(rate, now);
    const double missing = std::min(count, capacity(rate)) - tokens_;
    if (missing <= 0) return Duration::zero();
    return std::chrono::ceil<Duration>(std::chrono::duration<double>(missing / rate.per_second));
  }

 private:
  static double capacity(const Rate& rate) noexcept {
    return rate.burst > 0 ? rate.burst : std::max(rate.per_second, 1.0);
  }
  void refill(const Rate& rate, TimePoint now) noexcept {
    if (now <= updated_) return;
    const double passed = std::chrono::duration<double>(now - updated_).count();
    tokens_ = std::min(capacity(rate), tokens_ + passed * rate.per_second);
    updated_ = now;
  }

  double tokens_;
  TimePoint updated_;
};

}  // namespace tutti::limits
