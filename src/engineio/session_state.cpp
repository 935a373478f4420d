#include "engineio/session_state.hpp"

#include "codec/base64.hpp"
#include "codec/utf8.hpp"
#include "engineio/frames.hpp"
#include "engineio/handshake.hpp"
#include "engineio/server.hpp"
#include "engineio/v3.hpp"

namespace tutti::engineio {

namespace {

const SharedBytes& control_frame(std::string_view text) {
  static const SharedBytes ping = text_frame("2");
  static const SharedBytes pong = text_frame("3");
  static const SharedBytes noop = text_frame("6");
  return text == "2" ? ping : text == "3" ? pong : noop;
}

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

SessionState::SessionState(Server& server, const SessionId& id, Dialect dialect, std::unique_ptr<Handshake> handshake)
    : dialect_(dialect),
      server_(server),
      handshake_(std::move(handshake)),
      id_(id),
      heartbeat_(server.shard_.scheduler(), server.heartbeat_, *this) {}

SessionState::~SessionState() = default;

Shard& SessionState::shard() noexcept { return server_.shard_; }

std::string SessionState::open_packet(bool on_websocket) const {
  const Options& options = server_.options_;
  const bool upgrades = !on_websocket && options.allow_upgrades && options.allow_websocket;
  std::string json = R"({"sid":")";
  json += sid();
  json += upgrades ? R"(","upgrades":["websocket"])" : R"(","upgrades":[])";
  json += R"(,"pingInterval":)" + std::to_string(milliseconds(options.ping_interval));
  json += R"(,"pingTimeout":)" + std::to_string(milliseconds(options.ping_timeout));
  json += R"(,"maxPayload":)" + std::to_string(options.max_payload) + "}";
  return encode_packet(PacketType::open, json);
}

void SessionState::open_polling(net::HttpExchange exchange, const net::HttpRequest& request, Fields fields) {
  const PayloadForm form = !is_v3()              ? PayloadForm::v4
                           : dialect_.plain_text ? PayloadForm::v3_text
                                                 : PayloadForm::v3_binary;
  polling_ = std::make_unique<PollingTransport>(server_.options_, form, *this);
  const std::string open = open_packet(false);
  const std::string& initial = server_.options_.initial_packet;
  std::vector<QueuedPacket> packets{{nullptr, open}};
  if (!initial.empty()) packets.push_back({Outgoing::text(initial), {}});
  polling_->open(std::move(exchange), request, std::move(fields), std::move(packets));
  introduce();
}

void SessionState::open_websocket(net::UpgradedStream upgraded, std::string head,
                                  const net::WebSocketOptions& options) {
  websocket_ = std::make_unique<net::WebSocketConnection>(*upgraded.stream, *this, options);
  stream_ = upgraded.stream;
  deflate_ = options.deflate;
  head += "\r\n";
  codec::append_frame(head, codec::Opcode::text, open_packet(true));
  if (!server_.options_.initial_packet.empty()) {
    codec::append_frame(head, codec::Opcode::text, encode_packet(PacketType::message, server_.options_.initial_packet));
  }
  stream_->write(SharedBytes::copy(head));
  server_.stats_.sessions_websocket.add();
  introduce();
  websocket_->feed(std::move(upgraded.leftover));
}

void SessionState::introduce() {
  server_.stats_.sessions_open.add();
  server_.stats_.sessions_total.add();
  is_v3() ? heartbeat_.expect_ping() : heartbeat_.start();
  handler_ = server_.acceptor_.on_session(*this);
  if (!handler_) finish(CloseReason::forced_close, {});
}

void SessionState::handle_polling(net::HttpRequest request, net::HttpExchange exchange, Fields fields) {
  polling_->handle(std::move(request), std::move(exchange), std::move(fields));
}

bool SessionState::can_upgrade() const noexcept {
  return status_ == Status::open && polling_ != nullptr && probe_ == nullptr;
}

void SessionState::start_upgrade(net::UpgradedStream upgraded, std::string head, const net::WebSocketOptions& options) {
  upgraded.stream->write(SharedBytes::copy(head + "\r\n"));
  probe_ = std::make_unique<UpgradeProbe>(server_.shard_.scheduler(), *this);
  probe_->start(*upgraded.stream, options, server_.options_.upgrade_timeout, std::move(upgraded.leftover));
}

void SessionState::probe_upgraded(std::unique_ptr<net::WebSocketConnection> socket) {
  websocket_ = std::move(socket);
  websocket_->set_handler(*this);
  stream_ = websocket_->stream();
  deflate_ = websocket_->deflate();
  server_.bury(std::move(probe_));
  for (QueuedPacket& packet : polling_->finish_upgrade()) {
    if (packet.message) {
      write_websocket(packet.message, packet.compress);
    } else {
      stream_->write(control_frame(packet.control));
    }
  }
  polling_.reset();
  server_.stats_.upgrades.add();
  server_.stats_.sessions_websocket.add();
}

void SessionState::probe_failed() {
  server_.stats_.upgrades_failed.add();
  polling_->cancel_upgrade();
  server_.bury(std::move(probe_));
}

bool SessionState::send(const OutgoingPtr& message, SendOptions options) {
  if (stream_) {
    if (options.volatile_ && stream_->blocked()) {
      server_.stats_.volatile_dropped.add();
      return false;
    }
    write_websocket(message, options.compress);
    server_.stats_.messages_sent.add();
    if (stream_->buffered_bytes() > server_.buffered_bytes_max_) {
      server_.stats_.buffer_overflows.add();
      finish(CloseReason::transport_error, "send buffer overflow", Ending::cut);
    }
    return true;
  }
  if (status_ != Status::open) return true;
  if (options.volatile_ && !polling_->holds_get()) {
    server_.stats_.volatile_dropped.add();
    return false;
  }
  polling_->push({message, {}, options.compress});
  server_.stats_.messages_sent.add();
  if (polling_->queued_bytes() > server_.buffered_bytes_max_) {
    server_.stats_.buffer_overflows.add();
    finish(CloseReason::transport_error, "send buffer overflow", Ending::cut);
  } else {
    flush_at_end_of_turn();
  }
  return true;
}

void SessionState::write_websocket(const OutgoingPtr& message, bool compress) {
  if (is_v3()) return stream_->write(v3::websocket_frames(message->websocket(), dialect_.plain_text));
  if (dialect_.plain_text) return stream_->write(text_only_frames(message->websocket()));
  if (deflate_ && compress) return stream_->write(message->websocket_deflated());
  stream_->write(message->websocket());
}

void SessionState::flush_at_end_of_turn() {
  if (in_pending_ || !polling_->holds_get()) return;
  in_pending_ = true;
  server_.end_of_turn_for(*this);
}

void SessionState::end_of_turn() {
  in_pending_ = false;
  if (polling_ && status_ == Status::open) polling_->flush();
}

void SessionState::send_ping() {
  server_.stats_.pings_sent.add();
  send_control("2");
}

void SessionState::send_control(std::string_view text) {
  if (stream_) return stream_->write(control_frame(text));
  polling_->push({nullptr, text});
  flush_at_end_of_turn();
}

std::size_t SessionState::buffered_bytes() const noexcept {
  if (stream_) return stream_->buffered_bytes();
  return polling_ ? polling_->queued_bytes() : 0;
}

bool SessionState::writable() const noexcept {
  if (stream_) return !stream_->blocked();
  return status_ == Status::open && polling_->holds_get();
}

void SessionState::on_message(bool binary, std::string_view payload) {
  binary ? handle_binary(payload) : handle_text(payload);
}

// v3: the first byte is the packet's type; only messages have binary data.
void SessionState::handle_binary(std::string_view bytes) {
  if (is_v3()) {
    if (bytes.empty() || bytes.front() != static_cast<char>(PacketType::message)) {
      return finish(CloseReason::parse_error, {});
    }
    bytes.remove_prefix(1);
  }
  server_.stats_.messages_received.add();
  handler_->on_binary(bytes);
}

void SessionState::handle_text(std::string_view text) {
  const auto packet = decode_packet(text);
  if (!packet.has_value()) return finish(CloseReason::parse_error, {});
  switch (packet->type) {
    case PacketType::message:
      return handle_message(*packet);
    case PacketType::pong:
      return handle_pong();
    case PacketType::ping:
      return handle_ping();
    case PacketType::close:
      return finish(CloseReason::transport_close, {}, Ending::client_closed);
    case PacketType::open:
    case PacketType::upgrade:
    case PacketType::noop:
      return;
  }
}

void SessionState::handle_pong() {
  if (is_v3()) return finish(CloseReason::transport_error, "invalid heartbeat direction");
  heartbeat_.pong();
}

void SessionState::handle_ping() {
  if (!is_v3()) return finish(CloseReason::transport_error, "invalid heartbeat direction");
  heartbeat_.expect_ping();
  send_control("3");
}

void SessionState::handle_message(const Packet& packet) {
  if (!packet.base64) {
    server_.stats_.messages_received.add();
    return handler_->on_text(packet.data);
  }
  std::string_view base64 = packet.data;
  if (is_v3()) {
    if (!base64.starts_with('4')) return finish(CloseReason::parse_error, {});
    base64.remove_prefix(1);
  }
  const auto bytes = codec::decode_base64(base64);
  if (!bytes) return finish(CloseReason::parse_error, {});
  server_.stats_.messages_received.add();
  handler_->on_binary(*bytes);
}

void SessionState::on_payload(std::string_view payload, bool binary) {
  if (status_ != Status::open) return;
  if (!binary && !codec::is_utf8(payload)) return finish(CloseReason::parse_error, {});
  if (is_v3()) return on_payload_v3(payload, binary);
  std::string_view part;
  for (PayloadReader parts(payload); status_ == Status::open && parts.next(part);) handle_text(part);
}

void SessionState::on_payload_v3(std::string_view payload, bool binary) {
  v3::PayloadReader parts(payload, binary);
  while (status_ == Status::open) {
    v3::Part part;
    const auto next = parts.next(part);
    if (next == v3::PayloadReader::Next::end) return;
    const bool readable = next == v3::PayloadReader::Next::part && (part.binary || codec::is_utf8(part.packet));
    if (!readable) return finish(CloseReason::parse_error, {});
    part.binary ? handle_binary(part.packet) : handle_text(part.packet);
  }
}

void SessionState::on_websocket_drain() { handler_->on_drain(); }

void SessionState::on_polling_drain() {
  if (status_ == Status::lingering) return server_.forget(*this);
  handler_->on_drain();
}

void SessionState::on_websocket_close(std::string_view failure) {
  finish(failure.empty() ? CloseReason::transport_close : CloseReason::transport_error, failure);
}

void SessionState::close(CloseReason reason) { finish(reason, {}); }

void SessionState::finish(CloseReason reason, std::string_view description, Ending ending) {
  if (status_ != Status::open) return;
  reason_ = reason;
  description_ = description;
  heartbeat_.stop();
  if (probe_) {
    probe_->close();
    server_.bury(std::move(probe_));
  }
  if (websocket_) {
    ending == Ending::cut ? websocket_->abort() : websocket_->close();
    stream_ = nullptr;
    server_.stats_.sessions_websocket.subtract();
  }
  const bool lingers = polling_ && close_polling(reason, ending);
  status_ = lingers ? Status::lingering : Status::closed;
  server_.closed(*this, lingers);
}

// Whether the session must stay known for one more GET.
bool SessionState::close_polling(CloseReason reason, Ending ending) {
  const bool may_linger = reason == CloseReason::forced_close && ending == Ending::orderly;
  const bool told = polling_->close(ending == Ending::client_closed ? "6" : "1", may_linger);
  if (told || !may_linger) return false;
  linger_timer_ = std::make_unique<CallbackTimer>(server_.shard_.scheduler(), [this] { server_.forget(*this); });
  linger_timer_->arm(server_.options_.close_timeout);
  return true;
}

void SessionState::notify_closed() {
  if (handler_) std::exchange(handler_, nullptr)->on_close(reason_, description_);
}

}  // namespace tutti::engineio
