// base/random.hpp: chance comes in by the constructor. One generator a worker; from one seed the same sequence.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tutti {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<unsigned char> bytes) = 0;

  std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
};

// Bytes of the operating system (getrandom), drawn in blocks: ids that must not be guessed come from here.
class SystemRandom final : public Random {
 public:
  void fill(std::span<unsigned char> bytes) override;

 private:
  unsigned char block_[512];
  std::size_t left_ = 0;
};

// xoshiro256** (Blackman, Vigna) seeded by splitmix64: for tests and simulation only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<unsigned char> bytes) override;

 private:
  std::uint64_t state_[4];
};

// 20 characters of the base64url alphabet from 15 random bytes: Engine.IO and Socket.IO ids.
std::string random_id(Random& random);

}  // namespace tutti
