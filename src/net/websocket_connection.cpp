#include "net/websocket_connection.hpp"

#include "codec/utf8.hpp"
#include "net/deflate.hpp"

namespace tutti::net {

using codec::CloseCode;
using codec::Opcode;

WebSocketConnection::WebSocketConnection(Stream& stream, WebSocketHandler& handler, const WebSocketOptions& options)
    : stream_(&stream),
      handler_(&handler),
      reader_(codec::WebSocketReader::Role::server, options.limits, options.deflate),
      message_bytes_max_(static_cast<std::uint32_t>(options.limits.message_bytes_max)),
      deflate_(options.deflate) {
  stream.set_handler(this);
}

WebSocketConnection::~WebSocketConnection() { abort(); }

void WebSocketConnection::feed(std::string bytes) {
  if (!bytes.empty() && stream_) on_data(bytes.data(), bytes.size());
}

void WebSocketConnection::close(CloseCode code, std::string_view reason) {
  if (!stream_) return;
  std::string frame;
  codec::append_close_frame(frame, code, reason);
  stream_->write(SharedBytes::copy(frame));
  std::exchange(stream_, nullptr)->close();
}

void WebSocketConnection::abort() {
  if (stream_) std::exchange(stream_, nullptr)->abort();
}

void WebSocketConnection::on_data(char* bytes, std::size_t size) {
  const auto result =
      reader_.feed(bytes, size, [this](const codec::WebSocketMessage& message) { return handle(message); });
  if (!result.has_value() && stream_) fail(result.error().code, result.error().reason);
}

void WebSocketConnection::on_drain() {
  pongs_pending_ = 0;
  handler_->on_websocket_drain();
}

void WebSocketConnection::on_close(bool) {
  stream_ = nullptr;
  handler_->on_websocket_close({});
}

// False: no more messages are wanted.
bool WebSocketConnection::handle(const codec::WebSocketMessage& message) {
  switch (message.opcode) {
    case Opcode::text:
      return deliver(false, message.payload, message.compressed);
    case Opcode::binary:
      return deliver(true, message.payload, message.compressed);
    case Opcode::ping:
      return pong(message.payload);
    case Opcode::close: {
      const bool has_code = message.payload.size() >= 2;
      const auto high = has_code ? static_cast<unsigned char>(message.payload[0]) : 0;
      const auto low = has_code ? static_cast<unsigned char>(message.payload[1]) : 0;
      close(static_cast<CloseCode>(high << 8 | low));
      handler_->on_websocket_close({});
      return false;
    }
    case Opcode::pong:
    case Opcode::continuation:
      return true;
  }
  return true;
}

bool WebSocketConnection::deliver(bool binary, std::string_view payload, bool compressed) {
  if (!compressed) {
    handler_->on_message(binary, payload);
    return stream_ != nullptr;
  }
  const Inflated inflated = inflate_message(payload, message_bytes_max_);
  if (inflated.error == InflateError::too_large) return fail(CloseCode::too_big, "Max payload size exceeded");
  if (inflated.error == InflateError::malformed) return fail(CloseCode::invalid_payload, "invalid compressed data");
  if (!binary && !codec::is_utf8(inflated.bytes)) return fail(CloseCode::invalid_payload, "invalid UTF-8");
  handler_->on_message(binary, inflated.bytes);
  return stream_ != nullptr;
}

bool WebSocketConnection::pong(std::string_view payload) {
  if (stream_->blocked() && ++pongs_pending_ > kPongsPendingMax) {
    abort();
    handler_->on_websocket_close("too many pings");
    return false;
  }
  std::string frame;
  codec::append_frame(frame, Opcode::pong, payload);
  stream_->write(SharedBytes::copy(frame));
  return true;
}

bool WebSocketConnection::fail(CloseCode code, std::string_view reason) {
  close(code);
  handler_->on_websocket_close(reason);
  return false;
}

}  // namespace tutti::net
