#include "base/random.hpp"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/assert.hpp"

namespace tutti {

std::uint64_t Random::next() {
  unsigned char bytes[8];
  fill(bytes);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
  TUTTI_ASSERT(bound > 0);
  const std::uint64_t reject = (0 - bound) % bound;  // 2^64 mod bound: drop the uneven tail
  for (;;) {
    const std::uint64_t value = next();
    if (value >= reject) return value % bound;
  }
}

void SystemRandom::fill(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      std::size_t got = 0;
      while (got < sizeof block_) {
        const ssize_t n = ::getrandom(block_ + got, sizeof block_ - got, 0);
        if (n > 0) got += static_cast<std::size_t>(n);
      }
      left_ = sizeof block_;
    }
    const std::size_t n = std::min(left_, bytes.size());
    std::memcpy(bytes.data(), block_ + sizeof block_ - left_, n);
    left_ -= n;
    bytes = bytes.subspan(n);
  }
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (auto& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

void SeededRandom::fill(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    const std::size_t n = std::min<std::size_t>(8, bytes.size());
    std::memcpy(bytes.data(), &result, n);
    bytes = bytes.subspan(n);
  }
}

std::string random_id(Random& random) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  unsigned char bytes[15];
  random.fill(bytes);
  std::string id;
  id.reserve(20);
  for (int i = 0; i < 15; i += 3) {
    const unsigned word = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) id.push_back(kAlphabet[word >> shift & 63]);
  }
  return id;
}

}  // namespace tutti
