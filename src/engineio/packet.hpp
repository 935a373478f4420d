// engineio/packet.hpp: Engine.IO v4 packets <-> text.
//
// Source: Engine.IO protocol v4, "Packet encoding". A packet is a type digit followed by its data; a binary message is
// the bytes as they are on a WebSocket and 'b' + base64 in text. Pure: no I/O, no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tutti::engineio {

enum class PacketType : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

struct Packet {
  PacketType type;
  bool base64;            // a message whose data is base64 of binary
  std::string_view data;  // borrows the text given to decode_packet
};

//   empty         no bytes at all
//   unknown_type  the first byte is neither '0'..'6' nor 'b'
enum class PacketError : std::uint8_t { empty, unknown_type };

// Decodes the text of one WebSocket message or one part of a polling payload. Copies nothing.
Result<Packet, PacketError> decode_packet(std::string_view text) noexcept;
std::string encode_packet(PacketType type, std::string_view data = {});

constexpr char kRecordSeparator = '\x1e';

// The parts of a polling payload, in order. An empty payload has one empty part.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view payload) noexcept : rest_(payload) {}
  bool next(std::string_view& part) noexcept;

 private:
  std::string_view rest_;
  bool done_ = false;
};

}  // namespace tutti::engineio
