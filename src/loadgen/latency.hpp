// loadgen/latency.hpp: a histogram of latencies with buckets of about 1.6 % (log-linear), constant memory.
#pragma once

#include <array>
#include <cstdint>

namespace tutti::loadgen {

class LatencyHistogram {
 public:
  void record(std::uint64_t nanoseconds) noexcept;
  std::uint64_t count() const noexcept { return count_; }
  // The value that `fraction` (0 … 1) of the recorded ones do not exceed, in ns; 0 when empty.
  std::uint64_t percentile(double fraction) const noexcept;
  std::uint64_t max() const noexcept { return max_; }

 private:
  static constexpr unsigned kSubBits = 6;  // 64 buckets an octave
  static constexpr std::size_t kBuckets = (65 - kSubBits) << kSubBits;
  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t upper_bound_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace tutti::loadgen
