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

// Owner: whoever opened it, on the stream's shard; destroyed while open it cuts the connection. Movable, so that it can
// live inside its owner: an idle one takes no memory beside its own.
// Limits: codec::WebSocketLimits; at most 60 automatic pongs unsent, then the connection is cut.
class WebSocketConnection final : private StreamHandler {
 public:
  WebSocketConnection() noexcept : reader_(codec::WebSocketReader::Role::server, {}) {}
  WebSocketConnection(Stream& stream, WebSocketHandler& handler, const WebSocketOptions& options);
  WebSocketConnection(WebSocketConnection&& other) noexcept;
  WebSocketConnection& operator=(WebSocketConnection&& other) noexcept;
  ~WebSocketConnection();

  bool open() const noexcept { return stream_ != nullptr; }
  void set_handler(WebSocketHandler& handler) noexcept { handler_ = &handler; }
  bool deflate() const noexcept { return deflate_; }

  // Whole frames, already encoded.
  void send_frames(SharedBytes frames) { stream_->write(std::move(frames)); }
  std::size_t buffered_bytes() const noexcept { return stream_ ? stream_->buffered_bytes() : 0; }
  bool blocked() const noexcept { return stream_ && stream_->blocked(); }

  // Bytes that came behind the handshake. The handler may be called from inside.
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
  bool pong(std::string_view payload);
  void fail(codec::CloseCode code, std::string_view reason);

  Stream* stream_ = nullptr;
  WebSocketHandler* handler_ = nullptr;
  codec::WebSocketReader reader_;
  std::uint32_t message_bytes_max_ = 0;
  std::uint8_t pongs_pending_ = 0;
  bool deflate_ = false;
};

// The handshake of section 4.2: what the request lacks, or the fields of the answer.
struct WebSocketHandshake {
  unsigned status = 101;          // else 400 or 426
  std::string_view error;         // text for the body of the refusal
  std::string head;               // "HTTP/1.1 101 …" up to, not including, the empty line
  bool deflate = false;
};
struct HttpRequest;
WebSocketHandshake accept_websocket(const HttpRequest& request, bool allow_deflate);

}  // namespace tutti::net
