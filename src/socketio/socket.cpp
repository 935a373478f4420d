#include "socketio/socket.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "socketio/connection.hpp"
#include "socketio/hub.hpp"
#include "socketio/namespace.hpp"
#include "socketio/packet_out.hpp"
#include "socketio/recovery.hpp"

namespace tutti::socketio {

void acquire(Socket* socket) noexcept { socket->references_.fetch_add(1, std::memory_order_relaxed); }
void release(Socket* socket) noexcept {
  if (socket->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete socket;
}

Socket::Socket(Connection& connection, Namespace& nsp, std::string_view id, SharedBytes auth)
    : form_(connection.form()),
      in_own_room_(true),
      recovered_(false),
      session_(&connection.session()),
      connection_(&connection),
      nsp_(&nsp),
      shard_(nsp.hub().shard()),
      record_(nsp.shared_record()),
      auth_(std::move(auth)) {
  set_id(id);
  handle_ = nsp.hub().add(*this);
}

Socket::~Socket() = default;

void Socket::set_id(std::string_view id) {
  if (id.size() == kIdSize) {
    id.copy(id_.data(), kIdSize);
  } else {
    long_id_ = std::make_unique<const std::string>(id);
  }
}

const engineio::Handshake& Socket::handshake() const noexcept { return session_->handshake(); }

codec::Value Socket::auth(codec::Arena& arena) const {
  if (form_ == Form::json) {
    const auto value = codec::parse_json(auth_.view(), arena);
    if (value.has_value()) return *value;
  } else {
    const auto value = codec::parse_msgpack(auth_.view(), arena);
    if (value.has_value()) return *value;
  }
  return codec::Value::object({});
}

void Socket::send(const engineio::OutgoingPtr& packet, engineio::SendOptions options) {
  if (state_ == State::gone || !packet || connection_->closing()) return;
  Stats& stats = nsp_->hub().stats();
  if (session_->buffered_bytes() > nsp_->hub().options().buffered_bytes_max) {
    if (options.volatile_) return stats.volatile_dropped.add();
    stats.slow_consumers.add();
    return connection_->close(DisconnectReason::slow_consumer);
  }
  if (session_->send(packet, options)) {
    stats.packets_sent.add();
  } else {
    stats.volatile_dropped.add();
  }
}

std::size_t Socket::buffered_bytes() const noexcept { return session_ ? session_->buffered_bytes() : 0; }

void Socket::join(std::string_view room) {
  if (nsp_) nsp_->join(*this, room);
}

void Socket::leave(std::string_view room) {
  if (nsp_) nsp_->leave(*this, room);
}

void Socket::disconnect(bool close) {
  if (state_ != State::connected) return;
  const SocketRef keep(this);
  if (close) return connection_->disconnect_all();
  session_->send(encode_disconnect(form_, nsp()));
  connection_->expect_late_packets(*this);
  nsp_->remove(*this, DisconnectReason::server_namespace_disconnect);
}

std::vector<std::string> Socket::rooms() const {
  std::vector<std::string> names;
  if (in_own_room_ && state_ != State::gone) names.emplace_back(id());
  for (const Joined& joined : rooms_) names.push_back(joined.room->name);
  return names;
}

bool Socket::in_room(std::string_view room) const {
  if (room == id()) return in_own_room_ && state_ != State::gone;
  for (const Joined& joined : rooms_) {
    if (joined.room->name == room) return true;
  }
  return false;
}

void Socket::emit(std::string_view name, std::size_t count, WriteArguments write, EmitFlags flags) {
  if (state_ == State::gone) return;
  const engineio::SendOptions options{.volatile_ = flags.volatile_, .compress = flags.compress};
  if (recovery_ && !flags.volatile_) return send(nsp_->record_direct(*this, name, count, write), options);
  Forms forms;
  forms.add(form_);
  send(encode_event(forms, nsp(), name, count, std::move(write)).in(form_), options);
}

void Socket::emit_with_ack(std::string_view name, std::size_t count, WriteArguments write, AckCallback callback,
                           std::optional<Duration> timeout, EmitFlags flags) {
  if (state_ == State::gone) return callback(AckError::disconnected, {});
  Forms forms;
  forms.add(form_);
  const std::uint64_t id = record_->next_ack_id.fetch_add(1, std::memory_order_relaxed);
  const auto packet = encode_event(forms, nsp(), name, count, std::move(write), id);
  acks().add(id, std::move(callback), timeout);
  send(packet.in(form_), {.volatile_ = flags.volatile_, .compress = flags.compress});
}

AckTable& Socket::acks() {
  if (!acks_) {
    acks_ = std::make_unique<AckTable>(shard().scheduler(), nsp_->hub().options().acks_max);
  }
  return *acks_;
}

}  // namespace tutti::socketio
