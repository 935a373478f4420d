#include "socketio/packet.hpp"

#include <algorithm>
#include <array>

namespace tutti::socketio {

std::string_view to_string(PacketError error) {
  switch (error) {
    case PacketError::unknown_type:
      return "unknown packet type";
    case PacketError::illegal_attachments:
      return "illegal attachments";
    case PacketError::too_many_attachments:
      return "too many attachments";
    case PacketError::invalid_payload:
      return "invalid payload";
    case PacketError::unexpected_text:
      return "got plaintext data when reconstructing a packet";
    case PacketError::unexpected_binary:
      return "got binary data when not reconstructing a packet";
    case PacketError::too_large:
      return "packet is too large";
  }
  return "";
}

bool is_reserved(std::string_view event_name) noexcept {
  constexpr std::array<std::string_view, 6> kReserved{"connect",       "connect_error", "disconnect",
                                                      "disconnecting", "newListener",   "removeListener"};
  return std::find(kReserved.begin(), kReserved.end(), event_name) != kReserved.end();
}

Result<Packet, PacketError> PacketReader::read(Form form, std::string_view message) {
  name_.reset();
  arguments_.clear();
  return form == Form::json ? read_json(message) : read_msgpack(message);
}

}  // namespace tutti::socketio
