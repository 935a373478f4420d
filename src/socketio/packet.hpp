// socketio/packet.hpp: Socket.IO v5 packets out of the bytes of an Engine.IO message, in both wire forms.
//
// Source: Socket.IO protocol v5, "Packet encoding"; what socket.io-parser 4.2.7 and socket.io-msgpack-parser 3.0.2
// accept. A packet is checked as a whole, but nothing is built: arguments stay slices of the message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "socketio/native.hpp"

namespace tutti::socketio {

enum class PacketType : std::uint8_t { connect, disconnect, event, ack, connect_error, binary_event, binary_ack };

enum class PacketError : std::uint8_t {
  unknown_type,
  illegal_attachments,   // no count, zero, or a placeholder that has no attachment
  too_many_attachments,  // above attachments_max
  invalid_payload,       // not the JSON or MessagePack that the type demands
  unexpected_text,       // text while attachments are due, or on a MessagePack connection
  unexpected_binary,     // binary without a header
  too_large,             // above packet_bytes_max with its attachments
};
std::string_view to_string(PacketError error);  // as the Node server words it

struct Packet {
  PacketType type = PacketType::connect;
  unsigned attachments = 0;  // binary types only
  std::optional<AckId> id;
  std::string_view nsp = "/";
  std::string_view data;  // in the packet's form; "" if there is none
};

struct PacketLimits {
  unsigned attachments_max = 10;
  unsigned depth_max = 128;
};

// Reads packets one after the other; what it hands out is valid until the next read and while the message lives.
class PacketReader {
 public:
  explicit PacketReader(PacketLimits limits) : limits_(limits) {}

  Result<Packet, PacketError> read(Form form, std::string_view message);

  // Of an event: its name. nullopt: an event without arguments at all, or (MessagePack) without a name.
  const std::optional<std::string_view>& name() const noexcept { return name_; }
  // Of an event: what follows the name. Of an acknowledgement: all. Slices in the packet's form.
  const std::vector<std::string_view>& arguments() const noexcept { return arguments_; }

 private:
  Result<Packet, PacketError> read_json(std::string_view text);
  Result<Packet, PacketError> read_msgpack(std::string_view bytes);
  bool split_json(const Packet& packet);
  bool take_json_name();
  bool split_msgpack(std::string_view array);
  void take_msgpack_name();

  PacketLimits limits_;
  std::optional<std::string_view> name_;
  std::vector<std::string_view> arguments_;
  std::string name_text_;  // of a name that had escapes
};

// Names that no event may have in the JSON form, either way.
bool is_reserved(std::string_view event_name) noexcept;

}  // namespace tutti::socketio
