#include "codec/utf8.hpp"

#include <cstring>

#include "base/assert.hpp"
#include "codec/utf8_kernels.hpp"
#include "codec/utf8_sequence.hpp"

namespace tutti::codec {
namespace {

// Bytes at the end of `text` that may be the beginning of a character: 0 to 3.
std::size_t unfinished_size(std::string_view text) noexcept {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (is_continuation(byte)) continue;
    return sequence_length(byte) > back ? back : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) noexcept {
  if (bytes.size() < kKernelBytesMin) return is_utf8_scalar(bytes.data(), bytes.size());
  return is_utf8_kernel(bytes.data(), bytes.size());
}

bool Utf8Validator::feed(std::string_view piece) noexcept {
  char first[4];
  std::memcpy(first, bytes_, sizeof first);
  while (pending_ > 0) {
    if (piece.empty()) return true;
    first[pending_++] = piece.front();
    piece.remove_prefix(1);
    const Utf8Prefix prefix = utf8_prefix(first, pending_);
    if (!prefix.whole && !prefix.could_grow) return false;
    std::memcpy(bytes_, first, sizeof first);
    if (prefix.whole) pending_ = 0;
  }
  const std::string_view rest = piece.substr(piece.size() - unfinished_size(piece));
  piece.remove_suffix(rest.size());
  if (!is_utf8(piece)) return false;
  if (rest.empty()) return true;
  std::memcpy(bytes_, rest.data(), rest.size());
  pending_ = static_cast<unsigned>(rest.size());
  return utf8_prefix(rest.data(), rest.size()).could_grow;
}

bool Utf8Validator::finished() const noexcept { return pending_ == 0; }

bool has_lone_surrogate(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    at = static_cast<const char*>(std::memchr(at, 0xED, static_cast<std::size_t>(end - at)));
    if (!at) return false;
    if (is_surrogate(at, static_cast<std::size_t>(end - at))) return true;
    ++at;
  }
  return false;
}

std::size_t utf16_length(std::string_view text) noexcept { return utf16_length_kernel(text.data(), text.size()); }

bool is_id(std::string_view text, std::size_t size_max) noexcept {
  if (text.empty() || text.size() > size_max || !is_utf8(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return false;
    // U+0080 to U+009F
    if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;
  }
  return true;
}

}  // namespace tutti::codec
