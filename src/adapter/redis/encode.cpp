// The messages that go out.
#include "adapter/redis/messages.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"

namespace tutti::adapter {
namespace {

using codec::JsonWriter;
using codec::MsgpackWriter;
using codec::Value;
using codec::ValueWriter;
using socketio::BroadcastFlags;
using socketio::OutgoingEvent;
using socketio::Selection;

void write_names(ValueWriter& writer, const std::vector<std::string>& names) {
  writer.begin_array(names.size());
  for (const std::string& name : names) writer.string(name);
  writer.end_array();
}

void write_packet(ValueWriter& writer, const OutgoingEvent& event) {
  writer.begin_object(3);
  writer.field("type", std::int64_t{2});
  writer.key("data");
  writer.begin_array(event.count + 1);
  writer.string(event.name);
  event.write(writer);
  writer.end_array();
  writer.field("nsp", event.nsp);
  writer.end_object();
}

void write_options(ValueWriter& writer, const Selection& selection, const BroadcastFlags* flags) {
  writer.begin_object(flags ? 3 : 2);
  writer.key("rooms");
  write_names(writer, selection.rooms);
  writer.key("except");
  write_names(writer, selection.except);
  if (flags) {
    writer.key("flags");
    writer.begin_object((flags->volatile_ ? 1U : 0U) + (flags->compress ? 0U : 1U) + (flags->timeout ? 1U : 0U));
    if (flags->volatile_) writer.field("volatile", true);
    if (!flags->compress) writer.field("compress", false);
    if (flags->timeout) {
      using std::chrono::milliseconds;
      writer.field("timeout", std::int64_t{std::chrono::duration_cast<milliseconds>(*flags->timeout).count()});
    }
    writer.end_object();
  }
  writer.end_object();
}

MsgpackWriter notepack(std::string& out) { return MsgpackWriter(out, codec::DateForm::timestamp); }

// As JSON.stringify writes it: bytes as a Node Buffer shows itself.
void write_json(JsonWriter& writer, const Value& value) {
  if (value.is_array()) {
    writer.begin_array(value.elements().size());
    for (const Value& element : value.elements()) write_json(writer, element);
    writer.end_array();
  } else if (value.is_object()) {
    writer.begin_object(value.members().size());
    for (const codec::Member& member : value.members()) {
      if (member.value.is_undefined()) continue;
      writer.key(member.key);
      write_json(writer, member.value);
    }
    writer.end_object();
  } else if (value.is_binary()) {
    const std::string_view bytes = value.as_string();
    writer.begin_object(2);
    writer.field("type", "Buffer");
    writer.key("data");
    writer.begin_array(bytes.size());
    for (const char byte : bytes) writer.integer(static_cast<unsigned char>(byte));
    writer.end_array();
    writer.end_object();
  } else {
    writer.value(value);
  }
}

void write_packed(JsonWriter& writer, std::string_view packed_value) {
  codec::Arena arena;
  const auto value = codec::parse_msgpack(packed_value, arena);
  value.has_value() ? write_json(writer, *value) : writer.null();
}

// {"requestId":…, …}: `write` adds `members` more.
template <class Write>
std::string answer(std::string_view request_id, std::size_t members, Write write) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object(members + 1);
  writer.field("requestId", request_id);
  write(writer);
  writer.end_object();
  return text;
}

// {"uid":…,["requestId":…,]"type":…, …}
template <class Write>
std::string request(RequestType type, std::string_view uid, std::string_view request_id, std::size_t members,
                    Write write) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object(members + 3);
  writer.field("uid", uid);
  if (!request_id.empty()) writer.field("requestId", request_id);
  writer.field("type", static_cast<std::int64_t>(type));
  write(writer);
  writer.end_object();
  return text;
}

}  // namespace

std::string encode_broadcast(std::string_view uid, const OutgoingEvent& event, const Selection& selection,
                             const BroadcastFlags& flags) {
  std::string bytes;
  MsgpackWriter writer = notepack(bytes);
  writer.begin_array(3);
  writer.string(uid);
  write_packet(writer, event);
  write_options(writer, selection, &flags);
  return bytes;
}

std::string encode_broadcast_request(std::string_view uid, std::string_view request_id, const OutgoingEvent& event,
                                     const Selection& selection, const BroadcastFlags& flags) {
  std::string bytes;
  MsgpackWriter writer = notepack(bytes);
  writer.begin_object(5);
  writer.field("uid", uid);
  writer.field("requestId", request_id);
  writer.field("type", static_cast<std::int64_t>(RequestType::broadcast));
  writer.key("packet");
  write_packet(writer, event);
  writer.key("opts");
  write_options(writer, selection, &flags);
  return bytes;
}

std::string encode_all_rooms_request(std::string_view uid, std::string_view request_id) {
  return request(RequestType::all_rooms, uid, request_id, 0, [](JsonWriter&) {});
}

std::string encode_fetch_request(std::string_view uid, std::string_view request_id, const Selection& selection) {
  return request(RequestType::remote_fetch, uid, request_id, 1, [&](JsonWriter& writer) {
    writer.key("opts");
    write_options(writer, selection, nullptr);
  });
}

std::string encode_rooms_request(RequestType type, std::string_view uid, const Selection& selection,
                                 const std::vector<std::string>& rooms) {
  return request(type, uid, {}, 2, [&](JsonWriter& writer) {
    writer.key("opts");
    write_options(writer, selection, nullptr);
    writer.key("rooms");
    write_names(writer, rooms);
  });
}

std::string encode_disconnect_request(std::string_view uid, const Selection& selection, bool close) {
  return request(RequestType::remote_disconnect, uid, {}, 2, [&](JsonWriter& writer) {
    writer.key("opts");
    write_options(writer, selection, nullptr);
    writer.field("close", close);
  });
}

std::string encode_server_side_emit(std::string_view uid, std::string_view request_id, std::string_view name,
                                    const std::vector<socketio::Packed>& arguments) {
  return request(RequestType::server_side_emit, uid, request_id, 1, [&](JsonWriter& writer) {
    writer.key("data");
    writer.begin_array(arguments.size() + 1);
    writer.string(name);
    for (const socketio::Packed& argument : arguments) write_packed(writer, argument);
    writer.end_array();
  });
}

std::string encode_done_answer(std::string_view request_id) {
  return answer(request_id, 0, [](JsonWriter&) {});
}

std::string encode_names_answer(std::string_view request_id, std::string_view key,
                                const std::vector<std::string>& names) {
  return answer(request_id, 1, [&](JsonWriter& writer) {
    writer.key(key);
    write_names(writer, names);
  });
}

std::string encode_fetch_answer(std::string_view request_id, const std::vector<socketio::SocketDescription>& sockets) {
  return answer(request_id, 1, [&](JsonWriter& writer) {
    writer.key("sockets");
    writer.begin_array(sockets.size());
    for (const socketio::SocketDescription& socket : sockets) {
      writer.begin_object(4);
      writer.field("id", socket.id);
      writer.key("handshake");
      write_packed(writer, socket.handshake);
      writer.key("rooms");
      write_names(writer, socket.rooms);
      writer.key("data");
      write_packed(writer, socket.data);
      writer.end_object();
    }
    writer.end_array();
  });
}

std::string encode_server_side_answer(std::string_view request_id, std::string_view packed_value) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object(3);
  writer.field("type", static_cast<std::int64_t>(RequestType::server_side_emit));
  writer.field("requestId", request_id);
  writer.key("data");
  write_packed(writer, packed_value);
  writer.end_object();
  return text;
}

std::string encode_client_count(std::string_view request_id, std::size_t count) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object(3);
  writer.field("type", static_cast<std::int64_t>(RequestType::broadcast_client_count));
  writer.field("requestId", request_id);
  writer.field("clientCount", static_cast<std::int64_t>(count));
  writer.end_object();
  return text;
}

// The value is written anew: a client's private forms of MessagePack are not for other servers.
std::string encode_broadcast_ack(std::string_view request_id, std::string_view packed_value) {
  codec::Arena arena;
  const auto value = codec::parse_msgpack(packed_value, arena);
  std::string bytes;
  MsgpackWriter writer = notepack(bytes);
  writer.begin_object(3);
  writer.field("type", static_cast<std::int64_t>(RequestType::broadcast_ack));
  writer.field("requestId", request_id);
  writer.field("packet", value.has_value() && !value->is_undefined() ? *value : Value::null());
  return bytes;
}

socketio::Packed packed(const Value& value) {
  socketio::Packed bytes;
  MsgpackWriter writer(bytes);
  value.is_undefined() ? writer.null() : writer.value(value);
  return bytes;
}

}  // namespace tutti::adapter
