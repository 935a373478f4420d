// codec/websocket.hpp: WebSocket frames (RFC 6455, section 5) <-> bytes, server and client side. Pure: no I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tutti::codec {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// Close codes that we send (section 7.4.1).
enum class CloseCode : std::uint16_t {
  none = 0,  // a close frame without a code
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  invalid_payload = 1007,
  policy_violation = 1008,
  too_big = 1009,
};

constexpr std::size_t kFrameHeaderMax = 14;

// Writes the header of an unmasked (server) frame in front of a payload of that size; returns its length (2, 4 or 10).
// rsv1 marks a message compressed with permessage-deflate (RFC 7692).
std::size_t write_frame_header(char* out, Opcode opcode, std::uint64_t payload_size, bool fin = true,
                               bool rsv1 = false);
// Appends a whole unmasked frame.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool rsv1 = false);
// Appends a whole masked (client) frame. `mask` is the four bytes of the key as they lie in memory.
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask,
                         bool rsv1 = false);
// Appends a close frame with code and reason (cut to 123 bytes, between characters); CloseCode::none gives an empty
// one.
void append_close_frame(std::string& out, CloseCode code, std::string_view reason = {});

// x ^= mask, in place, for `offset` bytes already unmasked of this frame. SIMD.
void unmask(char* bytes, std::size_t size, std::uint32_t mask, std::size_t offset = 0) noexcept;

// Sec-WebSocket-Accept for a Sec-WebSocket-Key (section 4.2.2): base64(SHA-1(key + GUID)).
std::string websocket_accept(std::string_view key);

struct WebSocketLimits {
  std::size_t message_bytes_max = 1'000'000;
  unsigned fragments_max = 16'384;
};

struct WebSocketMessage {
  Opcode opcode;             // text, binary, close, ping or pong
  std::string_view payload;  // valid during the call; of a close frame: code and reason, both checked
  bool compressed = false;   // RSV1 of the first frame (only if the reader allows it)
};

// What the peer did wrong and the code to close with.
struct WebSocketFailure {
  CloseCode code;
  const char* reason;
};

// Takes the bytes of one connection in any pieces and gives whole messages and control frames in order.
// Payload of a single-frame message that lies whole in the given bytes is unmasked in place and not copied;
// else the message is assembled in memory that grows with what has come, not with what was announced, and that is freed
// once the message was given out: between messages the reader is 24 bytes and owns nothing.
//
// Errors: reserved bits, reserved opcodes, fragmented or oversize control frames, continuation without start, wrong
// masking, non-minimal lengths, bad close payload: 1002; invalid UTF-8 in text (found as early as the bytes allow; the
// text of compressed messages is for whoever inflates them) or in a close reason: 1007; message larger than
// message_bytes_max (seen in the header, before memory is taken): 1009; more than fragments_max fragments: 1008.
class WebSocketReader {
 public:
  enum class Role : std::uint8_t { server, client };  // a server demands masked frames, a client unmasked ones
  WebSocketReader(Role role, WebSocketLimits limits, bool allow_compressed = false);
  ~WebSocketReader();
  WebSocketReader(WebSocketReader&&) noexcept;
  WebSocketReader& operator=(WebSocketReader&&) noexcept;

  // Calls on_message(const WebSocketMessage&) -> bool (false stops: the connection is closing, the reader may be gone)
  // for each whole message. `bytes` is modified (unmasked). Returns the failure, if any; after a failure nothing more
  // may be fed.
  template <class OnMessage>
  Result<void, WebSocketFailure> feed(char* bytes, std::size_t size, OnMessage&& on_message);

 private:
  struct Frame;
  struct Assembly;
  struct Step {
    std::size_t consumed;
    bool ready;  // the message is whole
  };
  Result<Step, WebSocketFailure> next(char* bytes, std::size_t size, WebSocketMessage& message);
  Result<Step, WebSocketFailure> begin_frame(const Frame& frame, char* payload, std::size_t size,
                                             WebSocketMessage& message);
  Result<Step, WebSocketFailure> continue_control(char* bytes, std::size_t size, WebSocketMessage& message);
  Result<Step, WebSocketFailure> continue_data(char* bytes, std::size_t size, WebSocketMessage& message);
  Result<std::size_t, WebSocketFailure> read_header(const char* bytes, std::size_t size, Frame& frame) const;
  Result<void, WebSocketFailure> check_start(const Frame& frame) const;
  Result<void, WebSocketFailure> check_size(const Frame& frame) const;
  Assembly& assembly();
  void release() noexcept;

  std::unique_ptr<Assembly> assembly_;  // null unless a frame or a message is under way
  std::size_t message_bytes_max_;
  unsigned fragments_max_;
  Role role_;
  bool allow_compressed_;
};

template <class OnMessage>
Result<void, WebSocketFailure> WebSocketReader::feed(char* bytes, std::size_t size, OnMessage&& on_message) {
  WebSocketMessage message{};
  while (size > 0) {
    const auto step = next(bytes, size, message);
    if (!step.has_value()) return step.error();
    bytes += step->consumed;
    size -= step->consumed;
    if (!step->ready) continue;
    if (!on_message(static_cast<const WebSocketMessage&>(message))) return {};
    if (assembly_) release();
  }
  return {};
}

}  // namespace tutti::codec
