// codec/number.hpp: numbers as JavaScript reads and prints them (ECMA-262, Number::toString; RFC 8259, section 6).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/value.hpp"

namespace tutti::codec {

constexpr std::size_t kNumberTextMax = 32;

// Writes the shortest text that reads back as `value` ("0.1", "1e+21", "-5"; -0 is "0"); returns its length.
// `value` is finite; `text` has room for kNumberTextMax.
std::size_t write_number(char* text, double value) noexcept;
std::size_t write_integer(char* text, std::int64_t value) noexcept;
std::size_t write_unsigned(char* text, std::uint64_t value) noexcept;

// Where the digits at `at` end; adds them to `number`, which overflows silently.
inline const char* scan_digits(const char* at, const char* end, std::uint64_t& number) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    // Eight at once: all are digits if adding six carries out of no high nibble.
    for (; end - at >= 8; at += 8) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof word);
      constexpr std::uint64_t kHigh = 0xF0F0F0F0F0F0F0F0;
      if (((word & kHigh) | ((word + 0x0606060606060606) & kHigh) >> 4) != 0x3333333333333333) break;
      word -= 0x3030303030303030;
      word = word * 10 + (word >> 8);  // pairs, then all four of them
      word =
          ((word & 0x000000FF000000FF) * 0x000F424000000064 + (word >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >>
          32;
      number = number * 100'000'000 + (word & 0xFFFFFFFF);
    }
  }
  for (; at < end && *at >= '0' && *at <= '9'; ++at) number = number * 10 + static_cast<std::uint64_t>(*at - '0');
  return at;
}

// A whole number of at most 18 digits, which is what nearly all are: where it ends, nullptr if something else stands
// there.
inline const char* read_short_whole(const char* at, const char* end, Value& value) noexcept {
  const bool negative = at < end && *at == '-';
  const char* const digits = at + (negative ? 1 : 0);
  std::uint64_t number = 0;
  const char* const last = scan_digits(digits, end, number);
  const auto size = last - digits;
  const bool more = last < end && (*last == '.' || *last == 'e' || *last == 'E');
  if (more || size < 1 || size > 18 || (*digits == '0' && size > 1)) return nullptr;
  value = Value::integer(negative ? -static_cast<std::int64_t>(number) : static_cast<std::int64_t>(number));
  return last;
}

const char* read_any_number(const char* at, const char* end, Value& value) noexcept;
const char* skip_any_number(const char* at, const char* end) noexcept;

// Reads one JSON number; returns where it ends, nullptr if there is none. Whole numbers without fraction or exponent
// that fit 64 bits become integers, all else doubles (too large: infinity, as JSON.parse).
inline const char* read_number(const char* at, const char* end, Value& value) noexcept {
  const char* const last = read_short_whole(at, end, value);
  return last ? last : read_any_number(at, end, value);
}
// The same without the value.
inline const char* skip_number(const char* at, const char* end) noexcept {
  Value ignored;
  const char* const last = read_short_whole(at, end, ignored);
  return last ? last : skip_any_number(at, end);
}

}  // namespace tutti::codec
