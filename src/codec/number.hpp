// codec/number.hpp: numbers as JavaScript reads and prints them (ECMA-262, Number::toString; RFC 8259, section 6).
#pragma once

#include <cstddef>
#include <string>

#include "codec/value.hpp"

namespace tutti::codec {

constexpr std::size_t kNumberTextMax = 32;

// Writes the shortest text that reads back as `value` ("0.1", "1e+21", "-5"; -0 is "0"); returns its length.
// `value` is finite; `text` has room for kNumberTextMax.
std::size_t write_number(char* text, double value) noexcept;
std::size_t write_integer(char* text, std::int64_t value) noexcept;
std::size_t write_unsigned(char* text, std::uint64_t value) noexcept;

// Reads one JSON number at `at`, which is moved behind it. False if there is none. Whole numbers without fraction or
// exponent that fit 64 bits become integers, all else doubles (too large: infinity, as JSON.parse).
bool read_number(const char*& at, const char* end, Value& value) noexcept;
// Only moves `at`.
bool skip_number(const char*& at, const char* end) noexcept;

}  // namespace tutti::codec
