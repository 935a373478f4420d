#include "api/namespace_core.hpp"

#include <atomic>
#include <exception>

#include "api/json_bridge.hpp"
#include "api/support.hpp"
#include "base/log.hpp"
#include "codec/json.hpp"
#include "socketio/hub.hpp"

namespace tutti::detail {
namespace {

using socketio::DisconnectReason;
using socketio::Peer;
using socketio::SocketRef;

socketio::Socket& socket_of(Peer& peer) { return static_cast<socketio::Socket&>(peer); }

// Runs on the socket's worker: at once, or as a task.
template <class F>
void run_on_worker(const SocketRef& socket, F task) {
  if (socket->shard().is_current()) return task();
  socket->shard().post(std::move(task));
}

}  // namespace

void SocketExtension::write_data(codec::ValueWriter& writer) const { api::write(writer, data); }

std::unique_ptr<socketio::Extension> SocketExtension::for_recovery() {
  auto kept = std::make_unique<SocketExtension>();
  kept->data = data;
  return kept;
}

void SocketExtension::clear_handlers() {
  listeners.clear();
  any.clear();
  middlewares.clear();
}

SocketExtension& extension_of(socketio::Socket& socket) {
  if (!socket.extension()) socket.extension() = std::make_unique<SocketExtension>();
  return static_cast<SocketExtension&>(*socket.extension());
}

NamespaceCore::NamespaceCore(socketio::Server& server, std::string name)
    : server_(server), name_(std::move(name)), workers_(server.workers()) {}

std::vector<std::string> NamespaceCore::names() {
  if (!dynamic()) return {name_};
  const std::lock_guard lock(children_mutex_);
  std::erase_if(children_, [this](const std::string& child) { return !server_.find_record(child); });
  return {children_.begin(), children_.end()};
}

// The middlewares of a namespace, one after the other, for one connecting socket.
class NamespaceCore::Admitting final : public Next::Target, public std::enable_shared_from_this<Admitting> {
 public:
  Admitting(std::shared_ptr<NamespaceCore> core, std::uint32_t worker, socketio::Socket& socket,
            socketio::Admission admission)
      : core_(std::move(core)), worker_(worker), socket_(&socket), admission_(std::move(admission)) {}

  void pass() override {
    run_on_worker(socket_, [self = shared_from_this()] { self->step(); });
  }
  void refuse(std::string_view message, const json* data) override {
    admission_.refuse(message, data ? data->dump(-1, ' ', false, json::error_handler_t::replace) : std::string());
  }

 private:
  void step() {
    const auto& middlewares = core_->workers_[worker_].middlewares;
    if (next_ == middlewares.size()) return admission_.accept();
    const auto middleware = middlewares[next_++];
    try {
      (*middleware)(Socket(socket_.get()), Next(shared_from_this()));
    } catch (const std::exception& error) {
      log::error("socketio.middleware_failed", {{"namespace", socket_->nsp()}, {"error", error.what()}});
      admission_.refuse("Internal error");
    }
  }

  std::shared_ptr<NamespaceCore> core_;
  std::uint32_t worker_;
  SocketRef socket_;
  socketio::Admission admission_;
  std::size_t next_ = 0;
};

// The middlewares of a socket, one after the other, for one event.
class NamespaceCore::Passing final : public Next::Target, public std::enable_shared_from_this<Passing> {
 public:
  Passing(std::shared_ptr<NamespaceCore> core, std::uint32_t worker, socketio::Socket& socket, EventSource& source)
      : core_(std::move(core)), worker_(worker), socket_(&socket), source_(source), event_(source_) {}

  void pass() override {
    run_on_worker(socket_, [self = shared_from_this()] { self->step(); });
  }
  void refuse(std::string_view message, const json*) override {
    run_on_worker(socket_, [self = shared_from_this(), text = std::string(message)] {
      self->core_->fail(self->worker_, *self->socket_, text);
    });
  }

 private:
  void step() {
    if (!socket_->connected()) return;
    const auto& middlewares = extension_of(*socket_).middlewares;
    if (next_ >= middlewares.size()) return core_->dispatch(worker_, *socket_, source_);
    const auto middleware = middlewares[next_++];
    try {
      (*middleware)(event_, Next(shared_from_this()));
    } catch (const std::exception& error) {
      core_->fail(worker_, *socket_, error.what());
    }
  }

  std::shared_ptr<NamespaceCore> core_;
  std::uint32_t worker_;
  SocketRef socket_;
  OwnedSource source_;
  Event event_;
  std::size_t next_ = 0;
};

void NamespaceCore::install(std::uint32_t worker, socketio::NativeNamespace& native) {
  native.use([this, worker](Peer& peer, socketio::Admission admission) {
    introduce(socket_of(peer).record());
    if (workers_[worker].middlewares.empty()) return admission.accept();
    std::make_shared<Admitting>(shared_from_this(), worker, socket_of(peer), std::move(admission))->pass();
  });
  native.on_connect([this, worker](Peer& peer) {
    introduce(socket_of(peer).record());  // restored sessions see no middleware
    life_cycle(worker, peer, "connection", {});
  });
  native.on_disconnecting([this, worker](Peer& peer, DisconnectReason reason) {
    life_cycle(worker, peer, "disconnecting", {std::string(to_string(reason))});
  });
  native.on_disconnect([this, worker](Peer& peer, DisconnectReason reason) {
    life_cycle(worker, peer, "disconnect", {std::string(to_string(reason))});
    socketio::Socket& socket = socket_of(peer);
    if (socket.extension()) extension_of(socket).clear_handlers();
  });
  native.on_error([this, worker](Peer& peer, std::string_view message) { fail(worker, socket_of(peer), message); });
  native.on_any_event([this, worker](Peer& peer, socketio::IncomingEvent& event) { receive(worker, peer, event); });
}

// Sockets find by their record what broadcasts for their namespace.
void NamespaceCore::introduce(socketio::NamespaceRecord& record) {
  std::call_once(record.owner_once, [&] {
    if (!dynamic()) {
      record.owner = shared_from_this();
      return;
    }
    record.owner = std::make_shared<NamespaceCore>(server_, record.name);
    const std::lock_guard lock(children_mutex_);
    children_.insert(record.name);
  });
}

bool NamespaceCore::is_life_cycle(std::string_view name) {
  return name == "connection" || name == "disconnecting" || name == "disconnect";
}

void NamespaceCore::add_listener(std::string_view name, Listener listener, bool once) {
  if (name == "connect") name = "connection";
  server_.on_every_hub([this, name = std::string(name), listener = std::move(listener), once](socketio::Hub& hub) {
    Worker& worker = workers_[hub.shard().index()];
    (is_life_cycle(name) ? worker.life_cycle : worker.listeners).add(name, listener, once);
  });
}

void NamespaceCore::off(std::string_view name) {
  server_.on_every_hub([this, name = std::string(name)](socketio::Hub& hub) {
    Worker& worker = workers_[hub.shard().index()];
    (is_life_cycle(name) ? worker.life_cycle : worker.listeners).off(name);
  });
}

void NamespaceCore::add_middleware(NamespaceMiddleware middleware) {
  auto shared = std::make_shared<const NamespaceMiddleware>(std::move(middleware));
  server_.on_every_hub(
      [this, shared](socketio::Hub& hub) { workers_[hub.shard().index()].middlewares.push_back(shared); });
}

void NamespaceCore::receive(std::uint32_t worker, Peer& peer, socketio::IncomingEvent& event) {
  socketio::Socket& socket = socket_of(peer);
  PacketSource source(peer, event);
  if (socket.extension() && !extension_of(socket).middlewares.empty()) {
    return std::make_shared<Passing>(shared_from_this(), worker, socket, source)->pass();
  }
  dispatch(worker, socket, source);
}

void NamespaceCore::dispatch(std::uint32_t worker, socketio::Socket& socket, EventSource& source) {
  auto* const own = static_cast<SocketExtension*>(socket.extension().get());
  api::Listeners& shared = workers_[worker].listeners;
  const std::string_view name = source.name();
  const auto any = shared.find(kAny);
  const auto any_own = own ? own->any.find(kAny) : nullptr;
  // The reserved names of one's own life are not the client's to raise, though MessagePack lets it send them.
  const bool is_own_name = is_life_cycle(name);
  const auto listening = is_own_name ? nullptr : shared.find(name);
  const auto listening_own = own && !is_own_name ? own->listeners.find(name) : nullptr;
  if (!any && !any_own && !listening && !listening_own) {
    return server_.hub(worker).stats().events_unhandled.add();
  }
  const SocketRef keep(&socket);
  run(shared, kAny, any, socket, source);
  if (any_own) run(own->any, kAny, any_own, socket, source);
  run(shared, name, listening, socket, source);
  if (listening_own) run(own->listeners, name, listening_own, socket, source);
}

void NamespaceCore::life_cycle(std::uint32_t worker, Peer& peer, std::string_view name, std::vector<json> arguments) {
  socketio::Socket& socket = socket_of(peer);
  const SocketRef keep(&socket);
  OwnedSource source{std::string(name), std::move(arguments)};
  run(workers_[worker].life_cycle, name, socket, source);
  if (socket.extension() && name != "connection") run(extension_of(socket).listeners, name, socket, source);
}

void NamespaceCore::fail(std::uint32_t worker, socketio::Socket& socket, std::string_view message) {
  const SocketRef keep(&socket);
  OwnedSource source("error", {std::string(message)});
  run(workers_[worker].listeners, "error", socket, source);
  if (socket.extension()) run(extension_of(socket).listeners, "error", socket, source);
}

void NamespaceCore::add_server_side(std::string_view name, ServerSideHandler handler) {
  const std::lock_guard lock(server_side_mutex_);
  server_side_.emplace_back(name, std::make_shared<const ServerSideHandler>(std::move(handler)));
}

// As in Node every listener of that name runs; the first that answers is the server's answer.
void NamespaceCore::raise_server_side(std::string_view name, const std::vector<socketio::Packed>& arguments,
                                      socketio::ServerSideReply reply) {
  std::vector<std::shared_ptr<const ServerSideHandler>> listening;
  {
    const std::lock_guard lock(server_side_mutex_);
    for (const auto& [known, handler] : server_side_) {
      if (known == name) listening.push_back(handler);
    }
  }
  json values = json::array();
  for (const socketio::Packed& argument : arguments) values.push_back(api::unpack(argument));
  std::function<void(json)> answer;
  if (reply) {
    struct Once {
      std::atomic<bool> used{false};
      socketio::ServerSideReply reply;
    };
    auto once = std::make_shared<Once>();
    once->reply = std::move(reply);
    answer = [once](const json& value) {
      if (!once->used.exchange(true)) once->reply(api::pack(value));
    };
  }
  for (const auto& handler : listening) {
    api::call_guarded("server-side event", [&] { (*handler)(values, answer); });
  }
}

void NamespaceCore::clear_handlers() {
  for (Worker& worker : workers_) worker = {};
  server_side_.clear();
  room_handlers_.clear();
}

void NamespaceCore::raise_room(RoomEvent event, std::string_view room, std::string_view id) {
  for (const RoomHandler& handler : room_handlers_) {
    api::call_guarded("room event", [&] { handler(event, room, id); });
  }
}

void NamespaceCore::run(api::Listeners& from, std::string_view name, socketio::Socket& socket, EventSource& source) {
  run(from, name, from.find(name), socket, source);
}

void NamespaceCore::run(api::Listeners& from, std::string_view key, const api::ListenerList& list,
                        socketio::Socket& socket, EventSource& source) {
  if (!list) return;
  const Socket handle(&socket);
  Event event(source);
  for (const auto& entry : *list) {
    if (!from.take_once(key, *entry)) continue;
    auto& stats = server_.hub(socket.shard().index()).stats();
    try {
      entry->run(handle, event);
    } catch (const BadArguments& error) {
      stats.bad_arguments.add();
      log::debug("socketio.bad_arguments", {{"event", source.name()}, {"error", error.what()}});
    } catch (const std::exception& error) {
      stats.handler_errors.add();
      log::error("socketio.handler_failed", {{"event", source.name()}, {"error", error.what()}});
    } catch (...) {
      stats.handler_errors.add();
      log::error("socketio.handler_failed", {{"event", source.name()}});
    }
  }
}

}  // namespace tutti::detail
