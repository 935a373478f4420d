#include "socketio/namespace.hpp"

#include <algorithm>

#include "socketio/connection.hpp"
#include "socketio/hub.hpp"
#include "socketio/incoming.hpp"
#include "socketio/packet_out.hpp"
#include "socketio/recovery.hpp"
#include "socketio/server.hpp"

namespace tutti::socketio {

NamespaceRecord::NamespaceRecord(std::string nsp_name) : name(std::move(nsp_name)) {}
NamespaceRecord::~NamespaceRecord() = default;

Admission::~Admission() {
  if (target_) refuse("Unauthorized");
}
void Admission::accept() {
  if (target_) std::exchange(target_, nullptr)->accept();
}
void Admission::refuse(std::string_view message, std::string_view data_json) {
  if (target_) std::exchange(target_, nullptr)->refuse(message, data_json);
}

// One step of a socket through the middlewares.
class Namespace::Ticket final : public Admission::Target {
 public:
  explicit Ticket(SocketRef socket) : shard_(socket->shard()), socket_(std::move(socket)) {}

  void accept() override {
    run([](const SocketRef& socket) { socket->name_space().proceed(*socket); });
  }
  void refuse(std::string_view message, std::string_view data_json) override {
    run([message = std::string(message), data = std::string(data_json)](const SocketRef& socket) {
      socket->name_space().refuse(*socket, message, data);
    });
  }

 private:
  template <class Step>
  void run(Step step) {
    auto task = [socket = std::move(socket_), step = std::move(step)] {
      if (socket->state() == Socket::State::connecting) step(socket);
    };
    if (shard_.is_current()) return task();
    shard_.post(std::move(task));
  }
  Shard& shard_;
  SocketRef socket_;
};

class Namespace::PurgeTimer final : public Timer {
 public:
  PurgeTimer(Namespace& nsp, Scheduler& scheduler) : Timer(scheduler), nsp_(nsp) { arm(Recovery::kPurgeInterval); }
  ~PurgeTimer() override = default;

 private:
  void on_timer() override {
    nsp_.purge();
    arm(Recovery::kPurgeInterval);
  }
  Namespace& nsp_;
};

Namespace::Namespace(Hub& hub, std::shared_ptr<NamespaceRecord> record, std::shared_ptr<Handlers> handlers, bool child)
    : hub_(hub), record_(std::move(record)), handlers_(std::move(handlers)), child_(child) {
  if (!record_->recovery) return;
  log_cursor_ = record_->recovery->attach(hub_.shard().index());
  purge_timer_ = std::make_unique<PurgeTimer>(*this, hub_.shard().scheduler());
}

Namespace::~Namespace() {
  if (record_->recovery) record_->recovery->detach(hub_.shard().index());
}

void Namespace::on_event(std::string name, EventHandler handler) {
  handlers_->events.insert_or_assign(std::move(name), std::move(handler));
}

Peer* Namespace::find(std::uint64_t id) noexcept {
  Socket* const socket = hub_.find(id);
  return socket && socket->nsp_ == this && socket->connected() ? socket : nullptr;
}

Socket* Namespace::find(std::string_view id) noexcept {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : *at;
}

void Namespace::admit(Socket& socket) {
  ++connecting_;
  const bool may_be_known = record_->recovery && !socket.connection().legacy();
  if (!may_be_known || !record_->recovery->restore(socket)) proceed(socket);
}

void Namespace::proceed(Socket& socket) {
  if (socket.next_middleware_ == handlers_->middlewares.size()) return connect(socket);
  Middleware& middleware = handlers_->middlewares[socket.next_middleware_++];
  middleware(socket, Admission(std::make_unique<Ticket>(SocketRef(&socket))));
}

void Namespace::refuse(Socket& socket, std::string_view message, std::string_view data_json) {
  hub_.stats().connects_refused.add();
  socket.send(socket.connection().legacy() ? encode_legacy_error(name(), message, data_json)
                                           : encode_connect_error(socket.form(), name(), message, data_json));
  remove(socket, DisconnectReason::server_namespace_disconnect);
}

void Namespace::connect(Socket& socket) {
  const SocketRef keep(&socket);
  --connecting_;
  const bool legacy = socket.connection().legacy();
  if (record_->recovery && !legacy && !resume(socket)) {
    record_->recovery->begin(socket, hub_.shard().random(), log_cursor_);
  }
  enter(socket);
  socket.connection().admitted();
  const std::string_view pid = socket.recovery_ ? socket.recovery_->pid : std::string_view();
  socket.send(encode_connect(socket.form(), name(), legacy ? std::string_view() : socket.id(), pid));
  for (std::size_t i = 0; i < handlers_->connect.size() && socket.connected(); ++i) handlers_->connect[i](socket);
}

// A restored socket gets what it has missed. False: it is a new one, or has become one.
bool Namespace::resume(Socket& socket) {
  if (!socket.recovery_) return false;
  catch_up();
  const auto missed = record_->recovery->missed(socket, log_cursor_);
  socket.recovered_ = missed.has_value();
  if (!missed) return false;
  hub_.stats().connects_recovered.add();
  for (const auto& packet : *missed) socket.send(packet);
  for (const std::string& room : std::exchange(socket.recovery_->rooms, {})) join(socket, room);
  return true;
}

void Namespace::enter(Socket& socket) {
  socket.state_ = Socket::State::connected;
  socket.place_ = static_cast<std::uint32_t>(everybody_.size());
  everybody_.push_back(&socket);
  by_id_.insert(&socket);
  record_->sockets(socket.form()).fetch_add(1, std::memory_order_acq_rel);
  if (socket.recovery_) record_->recovery->connected(socket);
  hub_.stats().connects.add();
  hub_.stats().sockets.add();
}

void Namespace::exit(Socket& socket) {
  Socket* const last = everybody_.back();
  everybody_[socket.place_] = last;
  last->place_ = socket.place_;
  everybody_.pop_back();
  by_id_.erase(&socket);
  record_->sockets(socket.form()).fetch_sub(1, std::memory_order_acq_rel);
  hub_.stats().sockets.add(-1);
}

void Namespace::remove(Socket& socket, DisconnectReason reason) {
  const SocketRef keep(&socket);
  const bool was_connected = socket.connected();
  if (was_connected) {
    socket.state_ = Socket::State::leaving;
    for (auto& hook : handlers_->disconnecting) hook(socket, reason);
    hub_.stats().disconnects[static_cast<std::size_t>(reason)].add();
  } else if (socket.state_ == Socket::State::connecting) {
    --connecting_;
  } else {
    return;
  }
  std::vector<std::string> rooms;
  for (const Joined& joined : socket.rooms_) rooms.push_back(joined.room->name);
  leave_all(socket);
  if (was_connected) exit(socket);
  socket.state_ = Socket::State::gone;
  if (socket.acks_) socket.acks_->fail_all(AckError::disconnected);
  if (was_connected) {
    for (auto& hook : handlers_->disconnect) hook(socket, reason);
  }
  if (socket.recovery_) {
    if (is_recoverable(reason)) {
      record_->recovery->store(socket, std::move(rooms), hub_.shard().scheduler().now());
    } else {
      record_->recovery->forget(socket);
    }
  }
  for (auto& slot : socket.slots_) slot.reset();
  socket.acks_.reset();
  hub_.remove(socket);
  Connection& connection = socket.connection();
  socket.session_ = nullptr;
  socket.nsp_ = nullptr;
  socket.connection_ = nullptr;
  connection.remove(socket);
  hub_.clean_up(*this);
}

void Namespace::dispatch(Socket& socket, Incoming& event) {
  const SocketRef keep(&socket);
  hub_.stats().events_received.add();
  if (event.has_name()) {
    const auto at = handlers_->events.find(event.name());
    if (at != handlers_->events.end()) return at->second(socket, event);
  }
  if (handlers_->any_event) return handlers_->any_event(socket, event);
  hub_.stats().events_unhandled.add();
}

void Namespace::drained(Socket& socket) {
  for (auto& hook : handlers_->drain) hook(socket);
}

void Namespace::failed(Socket& socket, std::string_view message) {
  for (auto& hook : handlers_->error) hook(socket, message);
}

void Namespace::catch_up() {
  for (const auto& entry : record_->recovery->take_news(hub_.shard().index(), log_cursor_)) {
    deliver(entry->selection, entry->packet, entry->options);
  }
}

engineio::OutgoingPtr Namespace::record_direct(Socket& socket, std::string_view event_name, std::size_t count,
                                               WriteArguments& write) {
  return record_->recovery->record(socket, event_name, count, write, log_cursor_, hub_.shard().scheduler().now());
}

void Namespace::purge() {
  const TimePoint now = hub_.shard().scheduler().now();
  record_->recovery->purge(now);
  for (Socket* const socket : everybody_) {
    if (socket->recovery_) record_->recovery->purge(*socket->recovery_, now);
  }
}

}  // namespace tutti::socketio
