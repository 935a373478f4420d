// net/counter.hpp: a number that one shard writes and anyone may read: no locked instruction where it is counted.
#pragma once

#include <atomic>
#include <cstdint>

namespace tutti::net {

class Counter {
 public:
  // By the owning shard only.
  void add(std::uint64_t amount = 1) noexcept { value_.store(get() + amount, std::memory_order_relaxed); }
  void subtract(std::uint64_t amount = 1) noexcept { value_.store(get() - amount, std::memory_order_relaxed); }
  // By any thread; a moment old.
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace tutti::net
