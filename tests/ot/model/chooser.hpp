// ot/model/chooser.hpp: where a random case takes its choices from: a seed, or the bytes that a fuzzer tries.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tutti::ot_model {

class Chooser {
 public:
  virtual ~Chooser() = default;
  virtual std::uint32_t next() = 0;

  // In [0, bound); bound > 0.
  virtual std::size_t below(std::size_t bound) { return next() % bound; }
  bool one_in(std::size_t n) { return below(n) == 0; }
};

// splitmix64.
class SeedChooser final : public Chooser {
 public:
  explicit SeedChooser(std::uint64_t seed) : state_(seed) {}
  std::uint32_t next() override {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return static_cast<std::uint32_t>((z ^ z >> 31) >> 16);
  }

 private:
  std::uint64_t state_;
};

// One byte a choice, two where one cannot reach all; zeros when they are used up.
class ByteChooser final : public Chooser {
 public:
  ByteChooser(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  std::uint32_t next() override { return at_ == end_ ? 0 : *at_++; }
  std::size_t below(std::size_t bound) override {
    const std::size_t low = next();
    return (bound > 256 ? low << 8 | next() : low) % bound;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

}  // namespace tutti::ot_model
