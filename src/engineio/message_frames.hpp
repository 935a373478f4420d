// engineio/message_frames.hpp: walks through the frames of Outgoing::websocket(): our own, whole, unmasked,
// well-formed.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/websocket.hpp"

namespace tutti::engineio {

class MessageFrames {
 public:
  struct Frame {
    bool binary;
    std::string_view payload;  // of text: with the packet's digit
  };
  explicit MessageFrames(std::string_view bytes) noexcept : rest_(bytes) {}

  bool next(Frame& frame) noexcept {
    if (rest_.empty()) return false;
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(rest_[i]); };
    frame.binary = (byte(0) & 0x0f) == static_cast<unsigned char>(codec::Opcode::binary);
    std::uint64_t size = byte(1) & 0x7f;
    std::size_t header = 2;
    if (size >= 126) {
      const std::size_t width = size == 126 ? 2 : 8;
      size = 0;
      for (std::size_t i = 0; i < width; ++i) size = size << 8 | byte(header + i);
      header += width;
    }
    frame.payload = rest_.substr(header, size);
    rest_.remove_prefix(header + size);
    return true;
  }

 private:
  std::string_view rest_;
};

}  // namespace tutti::engineio
