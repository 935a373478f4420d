#include "codec/base64.hpp"

#include <array>
#include <cstdint>

namespace tutti::codec {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Two characters for each 12 bits.
using Pairs = std::array<std::array<char, 2>, 4096>;
constexpr Pairs make_pairs(std::string_view alphabet) {
  Pairs pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {alphabet[i >> 6], alphabet[i & 63]};
  return pairs;
}
constexpr Pairs kPairs = make_pairs(kStandard);

constexpr std::uint8_t kInvalid = 0xFF;
constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits) digit = kInvalid;
  for (std::size_t i = 0; i < kStandard.size(); ++i) {
    digits[static_cast<unsigned char>(kStandard[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = make_digits();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }
std::uint32_t digit_at(std::string_view text, std::size_t i) { return kDigits[static_cast<unsigned char>(text[i])]; }

// The last one or two bytes of a text, as two or three characters.
std::size_t encode_rest(char* to, std::string_view rest, std::string_view alphabet) {
  const std::uint32_t bits = byte_at(rest, 0) << 16 | (rest.size() > 1 ? byte_at(rest, 1) << 8 : 0);
  to[0] = alphabet[bits >> 18];
  to[1] = alphabet[bits >> 12 & 63];
  if (rest.size() == 1) return 2;
  to[2] = alphabet[bits >> 6 & 63];
  return 3;
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  while (bytes.size() >= 3) {
    const std::uint32_t bits = byte_at(bytes, 0) << 16 | byte_at(bytes, 1) << 8 | byte_at(bytes, 2);
    const auto& high = kPairs[bits >> 12];
    const auto& low = kPairs[bits & 4095];
    to[0] = high[0];
    to[1] = high[1];
    to[2] = low[0];
    to[3] = low[1];
    to += 4;
    bytes.remove_prefix(3);
  }
  if (!bytes.empty()) encode_rest(to, bytes, kStandard);
}

std::optional<std::string> decode_base64(std::string_view text) {
  const bool padded = text.ends_with('=');
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  if (text.size() % 4 == 1 || (padded && text.size() % 4 == 0)) return std::nullopt;
  std::string bytes(text.size() / 4 * 3 + (text.size() % 4 * 6) / 8, '\0');
  char* to = bytes.data();
  std::uint32_t wrong = 0;  // digits or-ed: bit 7 only if one of them was invalid
  while (text.size() >= 4) {
    const std::uint32_t a = digit_at(text, 0), b = digit_at(text, 1), c = digit_at(text, 2), d = digit_at(text, 3);
    wrong |= a | b | c | d;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<char>(bits >> 16);
    to[1] = static_cast<char>(bits >> 8);
    to[2] = static_cast<char>(bits);
    to += 3;
    text.remove_prefix(4);
  }
  if (!text.empty()) {
    const std::uint32_t a = digit_at(text, 0), b = digit_at(text, 1), c = text.size() > 2 ? digit_at(text, 2) : 0;
    wrong |= a | b | c;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6;
    to[0] = static_cast<char>(bits >> 16);
    if (text.size() > 2) to[1] = static_cast<char>(bits >> 8);
  }
  if (wrong & 0x80) return std::nullopt;
  return bytes;
}

std::string base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  for (; bytes.size() >= 3; bytes.remove_prefix(3)) {
    const std::uint32_t bits = byte_at(bytes, 0) << 16 | byte_at(bytes, 1) << 8 | byte_at(bytes, 2);
    text += {kUrl[bits >> 18], kUrl[bits >> 12 & 63], kUrl[bits >> 6 & 63], kUrl[bits & 63]};
  }
  if (!bytes.empty()) {
    char rest[3];
    text.append(rest, encode_rest(rest, bytes, kUrl));
  }
  return text;
}

}  // namespace tutti::codec
