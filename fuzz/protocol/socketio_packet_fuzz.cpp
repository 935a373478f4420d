// Socket.IO packets in both forms: an event or acknowledgement that is accepted has arguments that decode, and written
// again by our own encoder it reads back with the same name, id, namespace and arguments.
#include "socketio/packet.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "codec/utf8.hpp"
#include "fuzz.hpp"
#include "socketio/encode.hpp"

namespace codec = tutti::codec;
namespace socketio = tutti::socketio;
using codec::Form;

namespace {

bool decodes(Form form, std::string_view argument) {
  codec::Arena arena;
  return form == Form::json ? codec::parse_json(argument, arena).has_value()
                            : codec::parse_msgpack(argument, arena).has_value();
}

// The packet inside the one unmasked frame that `outgoing` is.
std::string payload_of(const tutti::engineio::OutgoingPtr& outgoing) {
  const std::string_view frame = outgoing->websocket().view();
  const auto length = static_cast<unsigned char>(frame[1]);
  const std::size_t header = length < 126 ? 2 : length == 126 ? 4 : 10;
  const bool text = (frame[0] & 0x0f) == 1;
  return std::string(frame.substr(header + (text ? 1 : 0)));  // text has Engine.IO's '4' in front
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tutti::fuzz::Input input(data, size);
  const Form form = input.choice % 2 == 0 ? Form::json : Form::msgpack;
  // Engine.IO hands on only text that is UTF-8.
  if (form == Form::json && !codec::is_utf8(input.bytes)) return 0;
  socketio::PacketReader reader({});
  const std::string message(input.bytes);
  const auto packet = reader.read(form, message);
  if (!packet.has_value()) {
    FUZZ_CHECK(!to_string(packet.error()).empty());
    return 0;
  }
  const bool event = packet->type == socketio::PacketType::event;
  const bool ack = packet->type == socketio::PacketType::ack;
  if (!event && !ack) return 0;
  for (const std::string_view argument : reader.arguments()) FUZZ_CHECK(decodes(form, argument));
  if ((event && !reader.name()) || (ack && !packet->id)) return 0;

  const auto write = [&](codec::ValueWriter& writer) {
    for (const std::string_view argument : reader.arguments()) writer.raw(argument);
  };
  const std::size_t count = reader.arguments().size();
  socketio::Forms forms;
  forms.add(form);
  const auto outgoing = event ? encode_event(forms, packet->nsp, *reader.name(), count, write, packet->id).in(form)
                              : socketio::encode_ack(form, packet->nsp, *packet->id, count, write);
  const std::string again = payload_of(outgoing);
  socketio::PacketReader second({});
  const auto copy = second.read(form, again);
  FUZZ_CHECK(copy.has_value());
  FUZZ_CHECK(copy->type == packet->type && copy->id == packet->id && copy->nsp == packet->nsp);
  FUZZ_CHECK(second.name() == reader.name());
  FUZZ_CHECK(second.arguments() == reader.arguments());
  return 0;
}
