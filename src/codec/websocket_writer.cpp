#include <openssl/sha.h>

#include <cstring>

#include "codec/base64.hpp"
#include "codec/cpu.hpp"
#include "codec/utf8_sequence.hpp"
#include "codec/websocket.hpp"

namespace tutti::codec {
namespace {

constexpr std::size_t kControlPayloadMax = 125;

void store_big_endian(char* to, std::uint64_t number, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<char>(number >> (8 * (size - 1 - i)));
}

// The longest beginning of at most `size_max` bytes that does not cut a character.
std::string_view cut(std::string_view text, std::size_t size_max) noexcept {
  if (text.size() <= size_max) return text;
  while (size_max > 0 && is_continuation(static_cast<unsigned char>(text[size_max]))) --size_max;
  return text.substr(0, size_max);
}

#if TUTTI_X86
// The part of `size` that is a multiple of 32; returns it.
TUTTI_TARGET("avx2") std::size_t unmask_avx2(char* bytes, std::size_t size, std::uint32_t mask) noexcept {
  const __m256i pattern = _mm256_set1_epi32(static_cast<int>(mask));
  std::size_t at = 0;
  for (; size - at >= 32; at += 32) {
    auto* const block = reinterpret_cast<__m256i*>(bytes + at);
    _mm256_storeu_si256(block, _mm256_xor_si256(_mm256_loadu_si256(block), pattern));
  }
  return at;
}
#endif

}  // namespace

std::size_t write_frame_header(char* out, Opcode opcode, std::uint64_t payload_size, bool fin, bool rsv1) {
  out[0] = static_cast<char>((fin ? 0x80u : 0u) | (rsv1 ? 0x40u : 0u) | static_cast<unsigned>(opcode));
  if (payload_size <= kControlPayloadMax) {
    out[1] = static_cast<char>(payload_size);
    return 2;
  }
  if (payload_size <= 0xFFFF) {
    out[1] = 126;
    store_big_endian(out + 2, payload_size, 2);
    return 4;
  }
  out[1] = 127;
  store_big_endian(out + 2, payload_size, 8);
  return 10;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool rsv1) {
  char header[kFrameHeaderMax];
  out.append(header, write_frame_header(header, opcode, payload.size(), true, rsv1));
  out.append(payload);
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask, bool rsv1) {
  char header[kFrameHeaderMax];
  const std::size_t size = write_frame_header(header, opcode, payload.size(), true, rsv1);
  header[1] = static_cast<char>(header[1] | 0x80);
  std::memcpy(header + size, &mask, sizeof mask);
  out.append(header, size + sizeof mask);
  const std::size_t start = out.size();
  out.append(payload);
  unmask(out.data() + start, payload.size(), mask);
}

void append_close_frame(std::string& out, CloseCode code, std::string_view reason) {
  if (code == CloseCode::none) return append_frame(out, Opcode::close, {});
  char payload[kControlPayloadMax];
  store_big_endian(payload, static_cast<std::uint64_t>(code), 2);
  reason = cut(reason, kControlPayloadMax - 2);
  reason.copy(payload + 2, reason.size());
  append_frame(out, Opcode::close, {payload, 2 + reason.size()});
}

void unmask(char* bytes, std::size_t size, std::uint32_t mask, std::size_t offset) noexcept {
  unsigned char key[8];
  for (std::size_t i = 0; i < 8; ++i) key[i] = reinterpret_cast<const unsigned char*>(&mask)[(offset + i) % 4];
  std::size_t at = 0;
#if TUTTI_X86
  if (size >= 64 && kHasAvx2) {
    std::uint32_t turned;
    std::memcpy(&turned, key, sizeof turned);
    at = unmask_avx2(bytes, size, turned);
  }
#endif
  std::uint64_t wide;
  std::memcpy(&wide, key, sizeof wide);
  for (; size - at >= 8; at += 8) {
    std::uint64_t block;
    std::memcpy(&block, bytes + at, sizeof block);
    block ^= wide;
    std::memcpy(bytes + at, &block, sizeof block);
  }
  for (std::size_t i = 0; at < size; ++at, ++i) bytes[at] = static_cast<char>(bytes[at] ^ key[i]);
}

std::string websocket_accept(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  std::string accept;
  append_base64(accept, {reinterpret_cast<const char*>(digest), sizeof digest});
  return accept;
}

}  // namespace tutti::codec
