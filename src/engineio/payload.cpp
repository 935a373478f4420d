#include "engineio/payload.hpp"

#include <algorithm>

#include "engineio/message_frames.hpp"
#include "engineio/packet.hpp"
#include "engineio/v3.hpp"

namespace tutti::engineio {

namespace {

std::string join_v4(std::span<const QueuedPacket> packets) {
  std::string out;
  for (const QueuedPacket& packet : packets) {
    if (!out.empty()) out += kRecordSeparator;
    out += packet.message ? packet.message->polling().view() : packet.control;
  }
  return out;
}

bool has_binary(const QueuedPacket& packet) {
  if (!packet.message) return false;
  MessageFrames::Frame frame;
  for (MessageFrames frames(packet.message->websocket().view()); frames.next(frame);) {
    if (frame.binary) return true;
  }
  return false;
}

// Calls write(binary, data) for each packet; the data of text has its digit.
template <class Write>
void for_each_packet(std::span<const QueuedPacket> packets, Write&& write) {
  for (const QueuedPacket& packet : packets) {
    if (!packet.message) {
      write(false, packet.control);
      continue;
    }
    MessageFrames::Frame frame;
    for (MessageFrames frames(packet.message->websocket().view()); frames.next(frame);) {
      write(frame.binary, frame.payload);
    }
  }
}

}  // namespace

Payload encode_payload(std::span<const QueuedPacket> packets, PayloadForm form) {
  Payload payload;
  payload.compress = std::any_of(packets.begin(), packets.end(), [](const auto& packet) { return packet.compress; });
  payload.binary = form == PayloadForm::v3_binary && std::any_of(packets.begin(), packets.end(), has_binary);
  if (form == PayloadForm::v4) {
    payload.bytes = join_v4(packets);
  } else if (payload.binary) {
    for_each_packet(packets, [&](bool binary, std::string_view data) {
      v3::append_binary_form(payload.bytes, binary, binary ? v3::binary_packet(data) : std::string(data));
    });
  } else {
    for_each_packet(packets, [&](bool binary, std::string_view data) {
      v3::append_packet(payload.bytes, binary ? v3::base64_packet(data) : std::string(data));
    });
  }
  return payload;
}

}  // namespace tutti::engineio
