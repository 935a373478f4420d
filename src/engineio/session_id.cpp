#include "engineio/session_id.hpp"

#include <span>

#include "base/assert.hpp"

namespace tutti::engineio {

namespace {

constexpr std::size_t kBytes = 15;
constexpr std::size_t kRandomBytes = 11;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int digit_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return -1;
}

}  // namespace

SessionId make_session_id(Random& random, SessionPlace place) {
  TUTTI_ASSERT(place.worker < kWorkersMax && place.slot < kSlotsMax);
  unsigned char bytes[kBytes];
  random.fill(std::span(bytes, kRandomBytes));
  bytes[11] = static_cast<unsigned char>(place.worker);
  bytes[12] = static_cast<unsigned char>(place.slot >> 16);
  bytes[13] = static_cast<unsigned char>(place.slot >> 8);
  bytes[14] = static_cast<unsigned char>(place.slot);
  SessionId id;
  for (std::size_t group = 0; group < kBytes / 3; ++group) {
    const unsigned char* from = bytes + group * 3;
    const std::uint32_t bits = from[0] << 16 | from[1] << 8 | from[2];
    for (int i = 0; i < 4; ++i) id[group * 4 + i] = kAlphabet[bits >> (18 - 6 * i) & 63];
  }
  return id;
}

std::optional<SessionPlace> place_of(std::string_view id) noexcept {
  if (id.size() != kSessionIdSize) return std::nullopt;
  std::uint64_t low = 0;  // the last 36 bits that were read
  for (const char c : id) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    low = (low << 6 | static_cast<std::uint64_t>(digit)) & 0xfffffffffu;
  }
  return SessionPlace{static_cast<std::uint32_t>(low >> 24 & 0xff), static_cast<std::uint32_t>(low & 0xffffff)};
}

bool same_id(const SessionId& id, std::string_view text) noexcept {
  if (text.size() != id.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < id.size(); ++i) difference |= static_cast<unsigned char>(id[i] ^ text[i]);
  return difference == 0;
}

}  // namespace tutti::engineio
