#include "socketio/ack_id.hpp"

#include <bit>
#include <charconv>
#include <cmath>

namespace tutti::socketio {
namespace {

constexpr AckId kPlainMax = AckId{1} << 53;
constexpr std::size_t kTextMax = 400;  // 10^308 has 309 digits

AckId from_double(double number) {
  if (number >= 0 && number <= static_cast<double>(kPlainMax)) return static_cast<AckId>(number);
  return std::bit_cast<AckId>(number);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::optional<AckId> parse_ack_id(std::string_view text) {
  text = trim(text);
  if (text.empty()) return 0;
  if (text.size() > kTextMax) return std::nullopt;
  AckId plain = 0;
  const char* const end = text.data() + text.size();
  if (const auto [stop, error] = std::from_chars(text.data(), end, plain);
      error == std::errc() && stop == end && plain <= kPlainMax) {
    return plain;
  }
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || stop != end) return std::nullopt;
  return from_double(number);
}

std::optional<AckId> ack_id_from(const codec::Value& value) {
  switch (value.kind()) {
    case codec::Kind::integer:
    case codec::Kind::unsigned_integer:
    case codec::Kind::number: {
      const double number = value.as_number();
      if (!std::isfinite(number) || std::trunc(number) != number) return std::nullopt;
      return from_double(number);
    }
    default:
      return std::nullopt;
  }
}

void append_ack_id(std::string& out, AckId id) {
  char text[512];
  const auto end =
      id <= kPlainMax
          ? std::to_chars(text, text + sizeof text, id).ptr
          : std::to_chars(text, text + sizeof text, std::bit_cast<double>(id), std::chars_format::fixed).ptr;
  out.append(text, end);
}

void write_ack_id(codec::ValueWriter& writer, AckId id) {
  if (id <= kPlainMax) return writer.unsigned_integer(id);
  writer.number(std::bit_cast<double>(id));
}

}  // namespace tutti::socketio
