// The messages that come in: written by any version of any server, or by nobody's.
#include "adapter/redis/messages.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"

namespace tutti::adapter {
namespace {

using codec::Kind;
using codec::Value;
using socketio::BroadcastFlags;
using socketio::Selection;

BroadcastFlags flags_of(const Value& flags) {
  BroadcastFlags known;
  const Value is_volatile = flags["volatile"];
  const Value compress = flags["compress"];
  known.volatile_ = is_volatile.kind() == Kind::boolean && is_volatile.as_boolean();
  known.compress = compress.kind() != Kind::boolean || compress.as_boolean();
  return known;
}

}  // namespace

std::optional<Value> decode_message(std::string_view payload, codec::Arena& arena) {
  if (payload.starts_with('{')) {
    const auto value = codec::parse_json(payload, arena, {.check_utf8 = true});
    return value.has_value() ? std::optional(*value) : std::nullopt;
  }
  const auto value = codec::parse_msgpack(payload, arena);
  return value.has_value() ? std::optional(*value) : std::nullopt;
}

std::optional<std::string> text_of(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  const Kind kind = value.kind();
  if (kind != Kind::integer && kind != Kind::unsigned_integer && kind != Kind::number) return std::nullopt;
  std::string text;
  codec::JsonWriter(text).value(value);
  return text;
}

std::optional<std::vector<std::string>> names_of(const Value& value) {
  std::vector<std::string> names;
  if (value.is_undefined() || value.is_null()) return names;
  if (!value.is_array()) return std::nullopt;
  for (const Value& element : value.elements()) {
    auto name = text_of(element);
    if (!name) return std::nullopt;
    names.push_back(std::move(*name));
  }
  return names;
}

std::optional<Selection> selection_of(const Value& options) {
  if (!options.is_object()) return std::nullopt;
  auto rooms = names_of(options["rooms"]);
  auto except = names_of(options["except"]);
  if (!rooms || !except) return std::nullopt;
  return Selection{std::move(*rooms), std::move(*except)};
}

std::optional<ReceivedBroadcast> read_broadcast(const Value& packet, const Value& options) {
  auto selection = selection_of(options);
  const Value data = packet["data"];
  if (!selection || !data.is_array() || data.elements().empty()) return std::nullopt;
  auto name = text_of(data.elements().front());
  if (!name) return std::nullopt;
  const Value nsp = packet["nsp"];
  return ReceivedBroadcast{nsp.is_string() ? nsp.as_string() : "/", std::move(*name), data.elements().subspan(1),
                           std::move(*selection), flags_of(options["flags"])};
}

std::optional<std::string_view> broadcast_uid(std::string_view payload) {
  const auto byte = [&payload](std::size_t at) { return static_cast<unsigned char>(payload[at]); };
  if (payload.size() < 2 || byte(0) != 0x93) return std::nullopt;
  std::size_t from = 2;
  std::size_t size = 0;
  if ((byte(1) & 0xE0) == 0xA0) {
    size = byte(1) & 0x1FU;
  } else if (byte(1) == 0xD9 && payload.size() > 2) {
    size = byte(2);
    from = 3;
  } else {
    return std::nullopt;
  }
  if (payload.size() - from < size) return std::nullopt;
  return payload.substr(from, size);
}

}  // namespace tutti::adapter
