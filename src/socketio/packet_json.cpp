// <type>[<attachments>-][<nsp>,][<id>][<json>], as Decoder.decodeString of socket.io-parser reads it.
#include <charconv>

#include "codec/json.hpp"
#include "socketio/ack_id.hpp"
#include "socketio/packet.hpp"

namespace tutti::socketio {
namespace {

bool is_binary(PacketType type) { return type == PacketType::binary_event || type == PacketType::binary_ack; }

// What Number() takes for a digit: the parser of the Node server reads an id character by character with it.
bool is_id_character(char c) { return (c >= '0' && c <= '9') || c == ' ' || (c >= '\t' && c <= '\r'); }

Result<unsigned, PacketError> take_attachments(std::string_view& rest, unsigned attachments_max) {
  unsigned count = 0;
  const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
  const auto length = static_cast<std::size_t>(stop - rest.data());
  if (error == std::errc::result_out_of_range) return PacketError::too_many_attachments;
  if (error != std::errc() || length == rest.size() || rest[length] != '-' || count == 0) {
    return PacketError::illegal_attachments;
  }
  if (count > attachments_max) return PacketError::too_many_attachments;
  rest.remove_prefix(length + 1);
  return count;
}

std::string_view take_nsp(std::string_view& rest) {
  if (rest.empty() || rest.front() != '/') return "/";
  const std::string_view nsp = rest.substr(0, rest.find(','));
  rest.remove_prefix(std::min(nsp.size() + 1, rest.size()));
  return nsp;
}

std::string_view take_id(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && is_id_character(rest[length])) ++length;
  const std::string_view id = rest.substr(0, length);
  rest.remove_prefix(length);
  return id;
}

bool is_json_object(std::string_view text, unsigned depth_max) {
  return text.front() == '{' && codec::validate_json(text, {.depth_max = depth_max}).has_value();
}

}  // namespace

Result<Packet, PacketError> PacketReader::read_json(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return PacketError::unknown_type;
  Packet packet;
  packet.type = static_cast<PacketType>(text.front() - '0');
  std::string_view rest = text.substr(1);
  if (is_binary(packet.type)) {
    const auto count = take_attachments(rest, limits_.attachments_max);
    if (!count.has_value()) return count.error();
    packet.attachments = *count;
  }
  packet.nsp = take_nsp(rest);
  if (const std::string_view id = take_id(rest); !id.empty()) {
    packet.id = parse_ack_id(id);
    if (!packet.id) return PacketError::invalid_payload;
  }
  packet.data = rest;
  if (!rest.empty() && !split_json(packet)) return PacketError::invalid_payload;
  return packet;
}

// Checks data that is there against its type, and finds name and arguments.
bool PacketReader::split_json(const Packet& packet) {
  switch (packet.type) {
    case PacketType::connect:
      return is_json_object(packet.data, limits_.depth_max);
    case PacketType::disconnect:
      return false;
    case PacketType::connect_error:  // never legal from a client: the connection is closed whatever it says
      return true;
    case PacketType::event:
    case PacketType::binary_event:
      return codec::split_json_array(packet.data, arguments_, {.depth_max = limits_.depth_max}).has_value() &&
             take_json_name();
    case PacketType::ack:
    case PacketType::binary_ack:
      return codec::split_json_array(packet.data, arguments_, {.depth_max = limits_.depth_max}).has_value();
  }
  return false;
}

// The name is a string that is not reserved, or a number, which is a name by its digits.
bool PacketReader::take_json_name() {
  if (arguments_.empty()) return false;
  const std::string_view raw = arguments_.front();
  arguments_.erase(arguments_.begin());
  if (raw.front() != '"') {
    name_ = raw;
    return raw.front() == '-' || (raw.front() >= '0' && raw.front() <= '9');
  }
  name_ = raw.substr(1, raw.size() - 2);
  if (name_->find('\\') != std::string_view::npos) {
    codec::Arena arena;
    name_text_ = codec::parse_json(raw, arena)->as_string();
    name_ = name_text_;
  }
  return !is_reserved(*name_);
}

}  // namespace tutti::socketio
