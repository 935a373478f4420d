// engineio/v3.hpp: how Engine.IO v3 (Socket.IO 2 clients) writes what v4 writes otherwise. Pure.
//
// Source: engine.io-parser 2. Differences: a polling payload has lengths instead of separators; binary carries the
// packet's type too (byte 4, or "b4" + base64); the client sends the pings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace tutti::engineio::v3 {

// A payload as text: for each packet its length in UTF-16 code units, a colon, the packet.
void append_packet(std::string& out, std::string_view packet);
// A payload in binary form: for each packet 0 (text) or 1 (binary), the digits of its length in bytes as the bytes 0 to
// 9, the byte 255, the packet.
void append_binary_form(std::string& out, bool binary, std::string_view packet);

struct Part {
  bool binary;
  std::string_view packet;
};

// The packets of a payload in either form, in order. Malformed: a length that is none or larger than what follows.
class PayloadReader {
 public:
  enum class Next : std::uint8_t { part, end, malformed };
  PayloadReader(std::string_view payload, bool binary_form) noexcept : rest_(payload), binary_form_(binary_form) {}
  Next next(Part& part) noexcept;

 private:
  Next next_text(Part& part) noexcept;
  Next next_binary(Part& part) noexcept;

  std::string_view rest_;
  bool binary_form_;
  bool started_ = false;
};

// The frames of Outgoing::websocket() as v3 has them; `base64_only`: for browsers without binary WebSockets.
SharedBytes websocket_frames(const SharedBytes& websocket, bool base64_only);
// One binary message as a packet in text: "b4" and base64.
std::string base64_packet(std::string_view bytes);
// One binary message as a packet in binary: the byte 4 and the bytes.
std::string binary_packet(std::string_view bytes);

}  // namespace tutti::engineio::v3
