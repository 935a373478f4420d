// engineio/payload.hpp: what waits to be sent on a polling transport, and the body it becomes. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engineio/outgoing.hpp"

namespace tutti::engineio {

// One packet that waits to be sent: a message, or another packet by its text ("2", "6"), which outlives it.
struct QueuedPacket {
  OutgoingPtr message;  // null for the others
  std::string_view control;
  bool compress = true;

  std::size_t size() const noexcept { return message ? message->size() : control.size(); }
};

enum class PayloadForm : std::uint8_t {
  v4,
  v3_text,    // a client that takes no binary answers (b64 in its query)
  v3_binary,  // others: in binary form if there is binary to carry
};

struct Payload {
  std::string bytes;
  bool binary = false;    // application/octet-stream
  bool compress = false;  // at least one packet may be compressed
};

Payload encode_payload(std::span<const QueuedPacket> packets, PayloadForm form);

}  // namespace tutti::engineio
