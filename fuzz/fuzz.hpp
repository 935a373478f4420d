// fuzz/fuzz.hpp: what the fuzz programs share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"

// What must hold for any input.
#define FUZZ_CHECK(condition) TUTTI_ASSERT(condition)

namespace tutti::fuzz {

// The first byte of an input chooses how the rest is cut.
struct Input {
  explicit Input(const std::uint8_t* data, std::size_t size)
      : choice(size > 0 ? data[0] : 0),
        bytes(reinterpret_cast<const char*>(data) + (size > 0 ? 1 : 0), size > 0 ? size - 1 : 0) {}
  std::uint8_t choice;
  std::string_view bytes;
};

// Calls take(std::string&) with pieces of 1 to 64 bytes, each in memory of exactly its size, until it returns false.
template <class Take>
void in_pieces(std::string_view bytes, std::size_t piece, Take take) {
  while (!bytes.empty()) {
    std::string part(bytes.substr(0, piece));
    part.shrink_to_fit();
    bytes.remove_prefix(part.size());
    if (!take(part)) return;
  }
}

}  // namespace tutti::fuzz
