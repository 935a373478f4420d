// engineio/frames.hpp: the short WebSocket frames that every session sends, encoded once.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "codec/websocket.hpp"

namespace tutti::engineio {

inline SharedBytes text_frame(std::string_view text) {
  std::string frame;
  codec::append_frame(frame, codec::Opcode::text, text);
  return SharedBytes::copy(frame);
}

}  // namespace tutti::engineio
