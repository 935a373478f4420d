#include "socketio/encode.hpp"

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "socketio/ack_id.hpp"
#include "socketio/packet_out.hpp"

namespace tutti::socketio {
namespace {

using engineio::Outgoing;
using engineio::OutgoingPart;
using engineio::OutgoingPtr;

// A buffer that keeps its memory from packet to packet, emptied; large ones are given back.
std::string& scratch() {
  constexpr std::size_t kKept = 256 * 1024;
  thread_local std::string buffer;
  buffer.clear();
  if (buffer.capacity() > kKept) std::string().swap(buffer);
  return buffer;
}

void append_json_head(std::string& out, char type, std::string_view nsp, const std::optional<std::uint64_t>& id) {
  out.push_back(type);
  if (nsp != "/") out.append(nsp).push_back(',');
  if (id) append_ack_id(out, *id);
}

// `out` is a whole packet of the plain type; with attachments it becomes `<type><count>-…` and carries them.
OutgoingPtr finish_json(std::string& out, char binary_type, const std::vector<std::string_view>& attachments) {
  if (attachments.empty()) return Outgoing::text(out);
  std::string head(1, binary_type);
  head.append(std::to_string(attachments.size())).push_back('-');
  out.replace(0, 1, head);
  std::vector<OutgoingPart> parts{{false, out}};
  for (const std::string_view bytes : attachments) parts.push_back({true, bytes});
  return Outgoing::make(parts);
}

OutgoingPtr json_event(std::string_view nsp, std::string_view name, std::size_t count, WriteArguments& write,
                       const std::optional<std::uint64_t>& id) {
  std::string& out = scratch();
  std::vector<std::string_view> attachments;
  append_json_head(out, '2', nsp, id);
  codec::JsonWriter writer(out, &attachments);
  writer.begin_array(1 + count);
  writer.string(name);
  if (count > 0) write(writer);
  writer.end_array();
  return finish_json(out, '5', attachments);
}

OutgoingPtr msgpack_event(std::string_view nsp, std::string_view name, std::size_t count, WriteArguments& write,
                          const std::optional<std::uint64_t>& id) {
  std::string& out = scratch();
  codec::MsgpackWriter writer(out);
  writer.begin_object(id ? 4 : 3);
  writer.field("type", std::int64_t{2});
  writer.key("data");
  writer.begin_array(1 + count);
  writer.string(name);
  if (count > 0) write(writer);
  writer.end_array();
  if (id) writer.key("id"), write_ack_id(writer, *id);
  writer.field("nsp", nsp);
  return Outgoing::binary(out);
}

OutgoingPtr json_ack(std::string_view nsp, std::uint64_t id, std::size_t count, WriteArguments& write) {
  std::string& out = scratch();
  std::vector<std::string_view> attachments;
  append_json_head(out, '3', nsp, id);
  codec::JsonWriter writer(out, &attachments);
  writer.begin_array(count);
  if (count > 0) write(writer);
  writer.end_array();
  return finish_json(out, '6', attachments);
}

OutgoingPtr msgpack_ack(std::string_view nsp, std::uint64_t id, std::size_t count, WriteArguments& write) {
  std::string& out = scratch();
  codec::MsgpackWriter writer(out);
  writer.begin_object(4);
  writer.key("id"), write_ack_id(writer, id);
  writer.field("type", std::int64_t{3});
  writer.key("data");
  writer.begin_array(count);
  if (count > 0) write(writer);
  writer.end_array();
  writer.field("nsp", nsp);
  return Outgoing::binary(out);
}

// A packet whose data is an object that `write` writes; without `write` it has no data.
OutgoingPtr encode_plain(Form form, char type, std::string_view nsp, WriteArguments write) {
  std::string& out = scratch();
  if (form == Form::json) {
    append_json_head(out, type, nsp, std::nullopt);
    codec::JsonWriter writer(out);
    if (write) write(writer);
    return Outgoing::text(out);
  }
  codec::MsgpackWriter writer(out);
  writer.begin_object(write ? 3 : 2);
  writer.field("type", std::int64_t{type - '0'});
  if (write) writer.key("data"), write(writer);
  writer.field("nsp", nsp);
  return Outgoing::binary(out);
}

}  // namespace

EncodedPacket encode_event(Forms forms, std::string_view nsp, std::string_view name, std::size_t count,
                           WriteArguments write, std::optional<std::uint64_t> id) {
  EncodedPacket packet;
  if (forms.json) packet.json = json_event(nsp, name, count, write, id);
  if (forms.msgpack) packet.msgpack = msgpack_event(nsp, name, count, write, id);
  return packet;
}

OutgoingPtr encode_ack(Form form, std::string_view nsp, std::uint64_t id, std::size_t count, WriteArguments write) {
  return form == Form::json ? json_ack(nsp, id, count, write) : msgpack_ack(nsp, id, count, write);
}

OutgoingPtr encode_connect(Form form, std::string_view nsp, std::string_view sid, std::string_view pid) {
  if (sid.empty()) return encode_plain(form, '0', nsp, nullptr);
  return encode_plain(form, '0', nsp, [&](codec::ValueWriter& writer) {
    writer.begin_object(pid.empty() ? 1 : 2);
    writer.field("sid", sid);
    if (!pid.empty()) writer.field("pid", pid);
    writer.end_object();
  });
}

OutgoingPtr encode_connect_error(Form form, std::string_view nsp, std::string_view message,
                                 std::string_view data_json) {
  codec::Arena arena;
  const auto parsed = codec::parse_json(data_json, arena);
  const codec::Value data = parsed.has_value() ? *parsed : codec::Value();
  return encode_plain(form, '4', nsp, [&](codec::ValueWriter& writer) {
    writer.begin_object(data.is_undefined() ? 1 : 2);
    writer.field("message", message);
    if (!data.is_undefined()) writer.field("data", data);
    writer.end_object();
  });
}

OutgoingPtr encode_legacy_error(std::string_view nsp, std::string_view message, std::string_view data_json) {
  return encode_plain(Form::json, '4', nsp, [&](codec::ValueWriter& writer) {
    if (data_json.empty()) return writer.string(message);
    writer.raw(data_json);
  });
}

OutgoingPtr encode_disconnect(Form form, std::string_view nsp) { return encode_plain(form, '1', nsp, nullptr); }

}  // namespace tutti::socketio
