// engineio/outgoing.hpp: Engine.IO messages on their way out, encoded once and shared by all recipients on all workers.
//
// One Outgoing is one or more messages that stay together (a Socket.IO packet and its attachments): for a WebSocket
// all their frames in one buffer, ready for send(); for polling the packets joined by 0x1e. A form is built when it is
// first asked for; any thread may ask.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.hpp"

namespace tutti::engineio {

// Payloads below this are not worth compressing: the deflated form has them as they are.
constexpr std::size_t kDeflateThreshold = 1024;

// Text without the packet's digit; it is well-formed UTF-8.
struct OutgoingPart {
  bool binary;
  std::string_view data;
};

class Outgoing {
 public:
  // Copies the data: builds the WebSocket form at once (nearly everybody's).
  static std::shared_ptr<const Outgoing> make(std::span<const OutgoingPart> parts);
  static std::shared_ptr<const Outgoing> text(std::string_view data);
  static std::shared_ptr<const Outgoing> binary(std::string_view data);
  virtual ~Outgoing() = default;

  virtual const SharedBytes& websocket() const = 0;           // whole unmasked frames, one a message
  virtual const SharedBytes& websocket_deflated() const = 0;  // the same with permessage-deflate, no context kept
  virtual const SharedBytes& polling() const = 0;             // packets joined by 0x1e
  virtual std::size_t size() const noexcept = 0;              // bytes of the WebSocket form: what buffers count
};

// The frames of Outgoing::websocket() with each binary message as text, 'b' and base64: for browsers without binary
// WebSockets (b64=1).
SharedBytes text_only_frames(const SharedBytes& websocket);

using OutgoingPtr = std::shared_ptr<const Outgoing>;

}  // namespace tutti::engineio
