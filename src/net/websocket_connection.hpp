// net/websocket_connection.hpp: the server's side of one WebSocket (RFC 6455) on a stream: messages in, frames out,
// control frames answered, the closing handshake.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "codec/websocket.hpp"
#include "net/stream.hpp"

namespace tutti::net {

class WebSocketHandler {
 public:
  // The payload is valid during the call only. Text is well-formed UTF-8. The handler may close the connection.
  virtual void on_message(bool binary, std::string_view payload) = 0;
  virtual void on_websocket_drain() = 0;
  // Last call, exactly once unless the owner closed first. `failure` is empty when the peer closed (with or without a
  // close frame), else what it did wrong; the close frame that says so was sent.
  virtual void on_websocket_close(std::string_view failure) = 0;

 protected:
  ~WebSocketHandler() = default;
};

struct WebSocketOptions {
  codec::WebSocketLimits limits;
  bool deflate = false;  // permessage-deflate was agreed on, no context kept on either side
};

// Owner: whoever opened it, on the stream's shard; destroyed while open it cuts the connection. The owner may destroy
// it from inside on_websocket_close(), not from the other calls: it closes it there and destroys it in a later turn. An
// idle one takes no memory beside its own. Limits: codec::WebSocketLimits; at most 60 automatic pongs unsent, then the
// connection is cut.
class WebSocketConnection final : private StreamHandler {
 public:
  WebSocketConnection(Stream& stream, WebSocketHandler& handler, const WebSocketOptions& options);
  ~WebSocketConnection();
  WebSocketConnection(const WebSocketConnection&) = delete;
  WebSocketConnection& operator=(const WebSocketConnection&) = delete;

  bool open() const noexcept { return stream_ != nullptr; }
  // Also from inside on_message(): the next message goes to the new one.
  void set_handler(WebSocketHandler& handler) noexcept { handler_ = &handler; }
  bool deflate() const noexcept { return deflate_; }

  // To write whole frames, already encoded. Null when closed.
  Stream* stream() const noexcept { return stream_; }

  // Bytes that came behind the handshake. The handler is called from inside.
  void feed(std::string bytes);
  // Sends what is queued and a close frame, then closes. The handler hears nothing more.
  void close(codec::CloseCode code = codec::CloseCode::none, std::string_view reason = {});
  // Cuts the connection. The handler hears nothing more.
  void abort();

 private:
  void on_data(char* bytes, std::size_t size) override;
  void on_drain() override;
  void on_close(bool clean) override;
  bool handle(const codec::WebSocketMessage& message);
  bool deliver(bool binary, std::string_view payload, bool compressed);
  bool pong(std::string_view payload);
  bool fail(codec::CloseCode code, std::string_view reason);

  static constexpr std::uint8_t kPongsPendingMax = 60;

  Stream* stream_;
  WebSocketHandler* handler_;
  codec::WebSocketReader reader_;
  std::uint32_t message_bytes_max_;
  std::uint8_t pongs_pending_ = 0;
  bool deflate_;
};

}  // namespace tutti::net
