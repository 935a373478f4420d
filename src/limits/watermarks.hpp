// limits/watermarks.hpp: when a queue is too full to be fed, and when it has room again. Pure.
#pragma once

#include <cstddef>

namespace tutti::limits {

// Full from `high` on; has room again only when it has fallen to `low`: no flapping around one value.
class Watermarks {
 public:
  constexpr Watermarks(std::size_t low, std::size_t high) noexcept : low_(low), high_(high) {}

  // Tells the present size; returns whether that changed full().
  constexpr bool update(std::size_t size) noexcept {
    const bool was = full_;
    full_ = full_ ? size > low_ : size >= high_;
    return full_ != was;
  }
  constexpr bool full() const noexcept { return full_; }

 private:
  std::size_t low_;
  std::size_t high_;
  bool full_ = false;
};

}  // namespace tutti::limits
