// codec/utf8_sequence.hpp: one UTF-8 sequence at a time (RFC 3629, section 4), for the slow paths.
#pragma once

#include <cstddef>

namespace tutti::codec {

// Length of the sequence that a lead byte starts; 0 for a byte that cannot lead.
constexpr std::size_t sequence_length(unsigned char lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

constexpr bool is_continuation(unsigned char byte) noexcept { return (byte & 0xC0) == 0x80; }

// Whether `second` may follow `lead`: here overlong forms, surrogates and values above U+10FFFF are told.
constexpr bool is_second(unsigned char lead, unsigned char second) noexcept {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return is_continuation(second);
  }
}

struct Utf8Prefix {
  std::size_t size;  // bytes that belong to it, at least 1: the maximal subpart if it is not whole
  bool whole;        // a well-formed character
  bool could_grow;   // not whole only because the bytes ended
};

// What stands at `bytes` (size > 0).
constexpr Utf8Prefix utf8_prefix(const char* bytes, std::size_t size) noexcept {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const std::size_t length = sequence_length(lead);
  if (length == 0) return {1, false, false};
  for (std::size_t i = 1; i < length; ++i) {
    if (i == size) return {i, false, true};
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 1 ? !is_second(lead, byte) : !is_continuation(byte)) return {i, false, false};
  }
  return {length, true, false};
}

// Three bytes of a surrogate, U+D800 to U+DFFF (WTF-8)?
constexpr bool is_surrogate(const char* bytes, std::size_t size) noexcept {
  return size >= 3 && static_cast<unsigned char>(bytes[0]) == 0xED &&
         (static_cast<unsigned char>(bytes[1]) & 0xE0) == 0xA0 && is_continuation(static_cast<unsigned char>(bytes[2]));
}

}  // namespace tutti::codec
