#include "socketio/recovery_offset.hpp"

namespace tutti::socketio {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kDigitsMax = 10;  // 60 bits

void append_number(std::string& out, std::uint64_t number) {
  char text[kDigitsMax + 1];
  char* at = text + sizeof text;
  do {
    *--at = kDigits[number & 63];
    number >>= 6;
  } while (number != 0 && at > text);
  out.append(at, text + sizeof text);
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  std::size_t length = 0;
  while (length < text.size() && text[length] != '.') {
    const std::size_t digit = kDigits.find(text[length]);
    if (digit == std::string_view::npos || length == kDigitsMax) return std::nullopt;
    number = number << 6 | digit;
    ++length;
  }
  text.remove_prefix(length);
  if (length == 0) return std::nullopt;
  return number;
}

}  // namespace

void append_offset(std::string& out, const RecoveryOffset& offset) {
  out.push_back('~');
  out.append(offset.epoch);
  append_number(out, offset.sequence);
  if (offset.direct == 0) return;
  out.push_back('.');
  append_number(out, offset.direct);
}

std::optional<RecoveryOffset> parse_offset(std::string_view text) {
  if (text.size() < 1 + RecoveryOffset::kEpochSize || text.front() != '~') return std::nullopt;
  RecoveryOffset offset;
  offset.epoch = text.substr(1, RecoveryOffset::kEpochSize);
  text.remove_prefix(1 + RecoveryOffset::kEpochSize);
  const auto sequence = take_number(text);
  if (!sequence) return std::nullopt;
  offset.sequence = *sequence;
  if (text.empty()) return offset;
  text.remove_prefix(1);  // the dot
  const auto direct = take_number(text);
  if (!direct || *direct == 0 || !text.empty()) return std::nullopt;
  offset.direct = *direct;
  return offset;
}

}  // namespace tutti::socketio
