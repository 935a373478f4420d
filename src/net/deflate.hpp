// net/deflate.hpp: zlib for HTTP bodies and for permessage-deflate (RFC 7692). Pure; one state a thread is reused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::net {

enum class DeflateFormat : std::uint8_t {
  gzip,     // Content-Encoding: gzip
  zlib,     // Content-Encoding: deflate
  message,  // one WebSocket message without context: raw, the final 00 00 ff ff left out
};

std::string deflate(std::string_view bytes, DeflateFormat format);

enum class InflateError : std::uint8_t { none, malformed, too_large };
struct Inflated {
  std::string bytes;
  InflateError error = InflateError::none;
};
// One WebSocket message. Stops at `bytes_max`: a small message that grows without end takes no memory.
Inflated inflate_message(std::string_view bytes, std::size_t bytes_max);

}  // namespace tutti::net
