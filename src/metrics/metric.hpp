// metrics/metric.hpp: counters, gauges and histograms that the layers own and the registry reads at a scrape.
//
// Each is written by one thread at a time (the worker that owns it) and read by any: an increment is a plain load and
// store, no locked instruction. Workers that count the same thing have one object each; the registry adds them up.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tutti::metrics {

// Only grows.
class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Goes up and down.
class Gauge {
 public:
  void add(std::int64_t n = 1) noexcept { set(value() + n); }
  void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Where the buckets of a histogram end; ascending, at most Histogram::kBoundsMax.
// The arrays live for ever, histograms borrow them.
inline constexpr std::array<double, 16> kSecondsBounds{0.00001, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                       0.01,    0.025,   0.05,   0.1,     0.25,   0.5,   1.0,    5.0};
inline constexpr std::array<double, 12> kSizeBounds{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};

class Histogram {
 public:
  static constexpr std::size_t kBoundsMax = 16;
  explicit Histogram(std::span<const double> bounds) noexcept : bounds_(bounds) {}

  void observe(double value) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    buckets_[bucket].add();
    sum_.store(sum_.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
  }

  std::span<const double> bounds() const noexcept { return bounds_; }
  // How many values fell in bucket i (above bound i-1, not above bound i); i = bounds().size() is the last, open one.
  std::uint64_t in_bucket(std::size_t i) const noexcept { return buckets_[i].value(); }
  double sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

 private:
  std::span<const double> bounds_;
  std::array<Counter, kBoundsMax + 1> buckets_;
  std::atomic<double> sum_{0};
};

}  // namespace tutti::metrics
