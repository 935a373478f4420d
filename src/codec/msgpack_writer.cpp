#include <bit>
#include <cmath>
#include <limits>

#include "base/assert.hpp"
#include "codec/msgpack.hpp"
#include "codec/write_tree.hpp"

namespace tutti::codec {
namespace {

// A head byte and a big-endian number behind it.
template <class Number>
void append(std::string& out, unsigned head, Number number) {
  char bytes[1 + sizeof(Number)];
  bytes[0] = static_cast<char>(head);
  const auto bits = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    bytes[1 + i] = static_cast<char>(bits >> (8 * (sizeof(Number) - 1 - i)));
  }
  out.append(bytes, sizeof bytes);
}

void append_byte(std::string& out, unsigned byte) { out += static_cast<char>(byte); }

// The shortest of the 16 and 32 bit forms of a container or of bytes.
void append_size(std::string& out, unsigned head16, std::size_t size) {
  TUTTI_ASSERT(size <= std::numeric_limits<std::uint32_t>::max());
  if (size <= 0xFFFF) {
    append(out, head16, static_cast<std::uint16_t>(size));
  } else {
    append(out, head16 + 1, static_cast<std::uint32_t>(size));
  }
}

// Timestamp extension type -1 in the shortest of its three forms.
void append_timestamp(std::string& out, double milliseconds) {
  const double whole = std::floor(milliseconds / 1000);
  const auto seconds = static_cast<std::int64_t>(whole);
  const auto nanoseconds = static_cast<std::uint32_t>((milliseconds - whole * 1000) * 1e6);
  if (seconds >= 0 && seconds <= 0xFFFFFFFF && nanoseconds == 0) {
    append_byte(out, 0xD6);
    append(out, 0xFF, static_cast<std::uint32_t>(seconds));
  } else if (seconds >= 0 && seconds < std::int64_t{1} << 34) {
    append_byte(out, 0xD7);
    append(out, 0xFF, std::uint64_t{nanoseconds} << 34 | static_cast<std::uint64_t>(seconds));
  } else {
    append(out, 0xC7, std::uint8_t{12});
    append(out, 0xFF, nanoseconds);
    const auto bits = static_cast<std::uint64_t>(seconds);
    append(out, static_cast<unsigned>(bits >> 56), static_cast<std::uint32_t>(bits >> 24));
    append(out, static_cast<unsigned>(bits >> 16 & 0xFF), static_cast<std::uint16_t>(bits));
  }
}

}  // namespace

void MsgpackWriter::undefined() {
  if (dates_ == DateForm::timestamp) return null();
  append(out_, 0xD4, std::uint16_t{0});
}

void MsgpackWriter::null() { append_byte(out_, 0xC0); }

void MsgpackWriter::boolean(bool value) { append_byte(out_, value ? 0xC3 : 0xC2); }

void MsgpackWriter::integer(std::int64_t value) {
  if (value >= 0) return unsigned_integer(static_cast<std::uint64_t>(value));
  if (value >= -32) return append_byte(out_, static_cast<unsigned>(value) & 0xFF);
  if (value >= INT8_MIN) return append(out_, 0xD0, static_cast<std::int8_t>(value));
  if (value >= INT16_MIN) return append(out_, 0xD1, static_cast<std::int16_t>(value));
  if (value >= INT32_MIN) return append(out_, 0xD2, static_cast<std::int32_t>(value));
  append(out_, 0xD3, value);
}

void MsgpackWriter::unsigned_integer(std::uint64_t value) {
  if (value < 0x80) return append_byte(out_, static_cast<unsigned>(value));
  if (value <= UINT8_MAX) return append(out_, 0xCC, static_cast<std::uint8_t>(value));
  if (value <= UINT16_MAX) return append(out_, 0xCD, static_cast<std::uint16_t>(value));
  if (value <= UINT32_MAX) return append(out_, 0xCE, static_cast<std::uint32_t>(value));
  append(out_, 0xCF, value);
}

// A whole number becomes an integer, as JavaScript knows no difference.
void MsgpackWriter::number(double value) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (std::trunc(value) == value && value >= -kTwoTo63 && value < 2 * kTwoTo63) {
    return value < 0 ? integer(static_cast<std::int64_t>(value)) : unsigned_integer(static_cast<std::uint64_t>(value));
  }
  append(out_, 0xCB, std::bit_cast<std::uint64_t>(value));
}

void MsgpackWriter::date(double milliseconds) {
  constexpr double kMillisecondsMax = 8.64e15;  // ECMA-262, TimeClip
  if (!(std::fabs(milliseconds) <= kMillisecondsMax)) return null();
  if (dates_ == DateForm::timestamp) return append_timestamp(out_, std::trunc(milliseconds));
  append_byte(out_, 0xD7);
  append(out_, 0x00, static_cast<std::int64_t>(milliseconds));
}

void MsgpackWriter::string(std::string_view text) {
  if (text.size() < 32) {
    append_byte(out_, 0xA0 | static_cast<unsigned>(text.size()));
  } else if (text.size() <= UINT8_MAX) {
    append(out_, 0xD9, static_cast<std::uint8_t>(text.size()));
  } else {
    append_size(out_, 0xDA, text.size());
  }
  out_.append(text);
}

void MsgpackWriter::binary(std::string_view bytes) {
  if (bytes.size() <= UINT8_MAX) {
    append(out_, 0xC4, static_cast<std::uint8_t>(bytes.size()));
  } else {
    append_size(out_, 0xC5, bytes.size());
  }
  out_.append(bytes);
}

void MsgpackWriter::value(const Value& value) { write_tree(*this, value); }

void MsgpackWriter::begin_array(std::size_t size) {
  size < 16 ? append_byte(out_, 0x90 | static_cast<unsigned>(size)) : append_size(out_, 0xDC, size);
}

void MsgpackWriter::begin_object(std::size_t size) {
  size < 16 ? append_byte(out_, 0x80 | static_cast<unsigned>(size)) : append_size(out_, 0xDE, size);
}

}  // namespace tutti::codec
