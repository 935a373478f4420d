// One MessagePack map {type, nsp, data?, id?}, keys in any order, unknown ones ignored.
#include "codec/msgpack.hpp"
#include "socketio/ack_id.hpp"
#include "socketio/packet.hpp"

namespace tutti::socketio {
namespace {

std::size_t big_endian(std::string_view bytes) {
  std::size_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// Takes the head of a container: `fix` is the bits of its short form, `wide` the tag of its 16-bit form (the 32-bit
// form is the next tag). nullopt: it is another thing, or cut off.
std::optional<std::size_t> take_size(std::string_view& bytes, unsigned char fix, unsigned char wide) {
  if (bytes.empty()) return std::nullopt;
  const auto tag = static_cast<unsigned char>(bytes.front());
  const std::size_t width = tag == wide ? 2 : tag == wide + 1 ? 4 : 0;
  if (width == 0 && (tag & 0xF0) != fix) return std::nullopt;
  if (bytes.size() < 1 + width) return std::nullopt;
  const std::size_t size = width == 0 ? tag & 0x0FU : big_endian(bytes.substr(1, width));
  bytes.remove_prefix(1 + width);
  return size;
}
std::optional<std::size_t> take_map(std::string_view& bytes) { return take_size(bytes, 0x80, 0xDE); }
std::optional<std::size_t> take_array(std::string_view& bytes) { return take_size(bytes, 0x90, 0xDC); }

// Takes one value, checked; "" if it is malformed.
std::string_view take_value(std::string_view& bytes, unsigned depth_max) {
  const auto size = codec::skip_msgpack(bytes, {.depth_max = depth_max});
  if (!size.has_value()) return {};
  const std::string_view value = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return value;
}

// A scalar, or a string borrowed from the message.
codec::Value scalar(std::string_view value, codec::Arena& arena) {
  if (value.empty()) return {};
  std::string_view rest = value;
  if (take_map(rest) || take_array(rest)) return codec::Value::null();
  return *codec::parse_msgpack(value, arena);
}

bool is_undefined(std::string_view value) { return value.empty() || value == std::string_view("\xD4\0\0", 3); }

bool is_map(std::string_view value) { return take_map(value).has_value(); }

struct Fields {
  std::string_view type, nsp, data, id;
};

bool read_fields(std::string_view bytes, unsigned depth_max, Fields& fields) {
  const auto size = take_map(bytes);
  if (!size) return false;
  for (std::size_t i = 0; i < *size; ++i) {
    const std::string_view raw_key = take_value(bytes, depth_max);
    const std::string_view value = take_value(bytes, depth_max);
    if (raw_key.empty() || value.empty()) return false;
    codec::Arena arena;
    const codec::Value key = scalar(raw_key, arena);
    if (!key.is_string()) return false;
    const std::string_view name = key.as_string();
    if (name == "type") fields.type = value;
    if (name == "nsp") fields.nsp = value;
    if (name == "data") fields.data = value;
    if (name == "id") fields.id = value;
  }
  return bytes.empty();
}

}  // namespace

Result<Packet, PacketError> PacketReader::read_msgpack(std::string_view bytes) {
  Fields fields;
  if (!read_fields(bytes, limits_.depth_max, fields)) return PacketError::invalid_payload;
  codec::Arena arena;
  const auto type = scalar(fields.type, arena).whole_number();
  if (!type || *type < 0 || *type > static_cast<int>(PacketType::connect_error)) return PacketError::unknown_type;
  const codec::Value nsp = scalar(fields.nsp, arena);
  if (!nsp.is_string()) return PacketError::invalid_payload;

  Packet packet;
  packet.type = static_cast<PacketType>(*type);
  packet.nsp = nsp.as_string();
  if (!is_undefined(fields.data)) packet.data = fields.data;
  if (!is_undefined(fields.id)) {
    packet.id = ack_id_from(scalar(fields.id, arena));
    if (!packet.id) return PacketError::invalid_payload;
  }
  const bool valid = [&] {
    switch (packet.type) {
      case PacketType::connect:
        return packet.data.empty() || is_map(packet.data);
      case PacketType::disconnect:
        return packet.data.empty();
      case PacketType::connect_error:
        return true;
      case PacketType::event:
        if (!split_msgpack(packet.data)) return false;
        take_msgpack_name();
        return true;
      case PacketType::ack:
        return split_msgpack(packet.data);
      default:
        return false;
    }
  }();
  if (!valid) return PacketError::invalid_payload;
  return packet;
}

// `array` was checked already, and lives as long as the message.
bool PacketReader::split_msgpack(std::string_view array) {
  const auto size = take_array(array);
  if (!size) return false;
  for (std::size_t i = 0; i < *size; ++i) arguments_.push_back(take_value(array, limits_.depth_max));
  return true;
}

// This form allows any first argument; one that is neither text nor number names no event.
void PacketReader::take_msgpack_name() {
  if (arguments_.empty()) return;
  codec::Arena arena;
  const codec::Value first = scalar(arguments_.front(), arena);
  arguments_.erase(arguments_.begin());
  if (first.is_string()) {
    name_ = first.as_string();
  } else if (const auto number = first.whole_number()) {
    name_text_ = std::to_string(*number);
    name_ = name_text_;
  }
}

}  // namespace tutti::socketio
