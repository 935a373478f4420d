#include "codec/number.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace tutti::codec {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The parts of a number as the grammar divides it.
struct Parts {
  const char* begin;
  const char* end;
  std::uint64_t digits = 0;  // all digits before the exponent as one number, if they are at most 19
  std::size_t digit_count = 0;
  int exponent = 0;  // of ten, of `digits`; saturated
  bool negative = false;
  bool whole = true;  // neither fraction nor exponent
};

constexpr int kExponentMax = 100'000'000;

// The exponent behind its 'e'; nullptr if there is none.
const char* scan_exponent(const char* at, const char* end, int& exponent) noexcept {
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '+' || *at == '-')) ++at;
  const char* const start = at;
  int number = 0;
  for (; at < end && is_digit(*at); ++at) {
    if (number < kExponentMax) number = number * 10 + (*at - '0');
  }
  exponent = negative ? -number : number;
  return at == start ? nullptr : at;
}

// Where the number at `at` ends; nullptr if there is none.
const char* scan(const char* at, const char* end, Parts& parts) noexcept {
  parts.begin = at;
  parts.negative = at < end && *at == '-';
  if (parts.negative) ++at;
  const char* start = at;
  at = scan_digits(at, end, parts.digits);
  if (at == start || (*start == '0' && at - start > 1)) return nullptr;
  parts.digit_count = static_cast<std::size_t>(at - start);
  if (at < end && *at == '.') {
    parts.whole = false;
    start = ++at;
    at = scan_digits(at, end, parts.digits);
    if (at == start) return nullptr;
    const auto fraction = at - start;
    parts.digit_count += static_cast<std::size_t>(fraction);
    parts.exponent = -static_cast<int>(fraction < kExponentMax ? fraction : kExponentMax);
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    parts.whole = false;
    int exponent = 0;
    at = scan_exponent(at + 1, end, exponent);
    if (!at) return nullptr;
    parts.exponent += exponent;
  }
  parts.end = at;
  return at;
}

// 64 bits, the first of them set, times 2^exponent, and a bit more if `inexact`: rounded to even, once.
double round_to_double(std::uint64_t bits, int exponent, bool inexact) noexcept {
  constexpr std::uint64_t kDropped = (1u << 11) - 1, kHalf = 1u << 10;
  std::uint64_t kept = bits >> 11;
  const std::uint64_t dropped = bits & kDropped;
  // Without a branch: which way it goes is chance.
  kept += static_cast<unsigned>(dropped > kHalf) |
          (static_cast<unsigned>(dropped == kHalf) & (static_cast<unsigned>(inexact) | (kept & 1)));
  // Far inside the range of a double, so that a power of two is exact.
  return static_cast<double>(kept) * std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent + 11) << 52);
}

__extension__ using Wide = unsigned __int128;

// Where both factors are exact as doubles (Clinger): one rounding, by the processor.
bool read_by_doubles(const Parts& parts, double& number) noexcept {
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (parts.digit_count > 19 || parts.digits > (std::uint64_t{1} << 53)) return false;
  if (parts.exponent < -22 || parts.exponent > 22) return false;
  number = static_cast<double>(parts.digits);
  number = parts.exponent < 0 ? number / kPowers[-parts.exponent] : number * kPowers[parts.exponent];
  if (parts.negative) number = -number;
  return true;
}

// digits * 10^exponent where 5^|exponent| fits 64 bits: in whole numbers of 128 bits nothing is lost.
bool read_by_integers(const Parts& parts, double& number) noexcept {
  static constexpr auto kPowersOf5 = [] {
    std::array<std::uint64_t, 28> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 5;
    return powers;
  }();
  constexpr int kPowerMax = static_cast<int>(kPowersOf5.size()) - 1;
  if (parts.digits == 0 || parts.digit_count > 19) return false;
  if (parts.exponent < -kPowerMax || parts.exponent > kPowerMax) return false;
  const int shift = std::countl_zero(parts.digits);
  const std::uint64_t digits = parts.digits << shift;
  std::uint64_t bits;
  int exponent;
  bool inexact;
  if (parts.exponent >= 0) {
    const Wide product = Wide{digits} * kPowersOf5[static_cast<std::size_t>(parts.exponent)];
    const auto high = static_cast<std::uint64_t>(product >> 64);
    const int zeros = high == 0 ? 64 : std::countl_zero(high);
    const Wide aligned = product << zeros;
    bits = static_cast<std::uint64_t>(aligned >> 64);
    inexact = static_cast<std::uint64_t>(aligned) != 0;
    exponent = 64 - zeros;
  } else {
    const std::uint64_t power = kPowersOf5[static_cast<std::size_t>(-parts.exponent)];
    const int power_shift = std::countl_zero(power);
    const std::uint64_t divisor = power << power_shift;
    const Wide dividend = Wide{digits} << 63;  // below 2^64 divisors: the quotient has 63 or 64 bits
    bits = static_cast<std::uint64_t>(dividend / divisor);
    inexact = Wide{bits} * divisor != dividend;
    const int zeros = std::countl_zero(bits);
    bits <<= zeros;
    exponent = power_shift - 63 - zeros;
  }
  number = round_to_double(bits, exponent - shift + parts.exponent, inexact);
  if (parts.negative) number = -number;
  return true;
}

// What a number outside the range of a double becomes: the decimal place of its first digit decides.
double out_of_range(const Parts& parts) noexcept {
  std::size_t zeros = 0;
  for (const char* at = parts.begin; zeros < parts.digit_count; ++at) {
    if (*at == '0') {
      ++zeros;
    } else if (*at != '-' && *at != '.') {
      break;
    }
  }
  const auto place = static_cast<std::int64_t>(parts.digit_count - zeros) + parts.exponent;
  const double result = zeros < parts.digit_count && place > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return parts.negative ? -result : result;
}

double read_double(const Parts& parts) noexcept {
  double number = 0;
  if (read_by_doubles(parts, number) || read_by_integers(parts, number)) return number;
  const auto [end, error] = std::from_chars(parts.begin, parts.end, number);
  return error == std::errc{} ? number : out_of_range(parts);
}

bool read_whole(const Parts& parts, Value& value) noexcept {
  if (parts.digit_count <= 19) {
    constexpr std::uint64_t kTwoTo63 = std::uint64_t{1} << 63;
    if (!parts.negative) {
      value = Value::unsigned_integer(parts.digits);
    } else if (parts.digits <= kTwoTo63) {
      value = Value::integer(static_cast<std::int64_t>(0 - parts.digits));
    } else {
      return false;
    }
    return true;
  }
  if (parts.negative || parts.digit_count > 20) return false;
  std::uint64_t number = 0;
  if (std::from_chars(parts.begin, parts.end, number).ec != std::errc{}) return false;
  value = Value::unsigned_integer(number);
  return true;
}

char* write_exponent(char* to, int exponent) noexcept {
  *to++ = 'e';
  *to++ = exponent < 0 ? '-' : '+';
  return std::to_chars(to, to + 4, exponent < 0 ? -exponent : exponent).ptr;
}

// Lays out `count` digits d1 d2 … whose value is 0.d1d2… * 10^point.
std::size_t lay_out(char* text, const char* digits, int count, int point) noexcept {
  char* to = text;
  const auto copy = [&to](const char* from, int size) {
    std::memcpy(to, from, static_cast<std::size_t>(size));
    to += size;
  };
  const auto zeros = [&to](int size) {
    std::memset(to, '0', static_cast<std::size_t>(size));
    to += size;
  };
  if (count <= point && point <= 21) {
    copy(digits, count);
    zeros(point - count);
  } else if (0 < point && point <= 21) {
    copy(digits, point);
    *to++ = '.';
    copy(digits + point, count - point);
  } else if (-6 < point && point <= 0) {
    copy("0.", 2);
    zeros(-point);
    copy(digits, count);
  } else {
    *to++ = digits[0];
    if (count > 1) {
      *to++ = '.';
      copy(digits + 1, count - 1);
    }
    to = write_exponent(to, point - 1);
  }
  return static_cast<std::size_t>(to - text);
}

}  // namespace

std::size_t write_integer(char* text, std::int64_t value) noexcept {
  return static_cast<std::size_t>(std::to_chars(text, text + kNumberTextMax, value).ptr - text);
}

std::size_t write_unsigned(char* text, std::uint64_t value) noexcept {
  return static_cast<std::size_t>(std::to_chars(text, text + kNumberTextMax, value).ptr - text);
}

std::size_t write_number(char* text, double value) noexcept {
  constexpr double kExactMax = 9007199254740992.0;
  if (value >= -kExactMax && value <= kExactMax && value == static_cast<double>(static_cast<std::int64_t>(value))) {
    return write_integer(text, static_cast<std::int64_t>(value));
  }
  const double magnitude = std::fabs(value);
  if (magnitude >= 1e-6 && magnitude < kExactMax) {  // here JavaScript writes no exponent
    return static_cast<std::size_t>(std::to_chars(text, text + kNumberTextMax, value, std::chars_format::fixed).ptr -
                                    text);
  }
  const std::size_t sign = value < 0 ? 1 : 0;
  text[0] = '-';
  // "d.ddde±xx": the shortest digits and their exponent.
  char shortest[kNumberTextMax];
  const char* const end =
      std::to_chars(shortest, shortest + sizeof shortest, magnitude, std::chars_format::scientific).ptr;
  const char* mark = static_cast<const char*>(std::memchr(shortest, 'e', static_cast<std::size_t>(end - shortest)));
  char digits[kNumberTextMax];
  int count = 0;
  for (const char* at = shortest; at < mark; ++at) {
    if (is_digit(*at)) digits[count++] = *at;
  }
  int exponent = 0;
  scan_exponent(mark + 1, end, exponent);
  return sign + lay_out(text + sign, digits, count, exponent + 1);
}

const char* skip_any_number(const char* at, const char* end) noexcept {
  Parts parts{};
  return scan(at, end, parts);
}

const char* read_any_number(const char* at, const char* end, Value& value) noexcept {
  Parts parts{};
  const char* const last = scan(at, end, parts);
  if (last && (!parts.whole || !read_whole(parts, value))) value = Value::number(read_double(parts));
  return last;
}

}  // namespace tutti::codec
