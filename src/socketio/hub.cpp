#include "socketio/hub.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "socketio/connection.hpp"
#include "socketio/recovery.hpp"
#include "socketio/server.hpp"

namespace tutti::socketio {

// A registration of of_dynamic(). The template namespace never has a socket; it only collects handlers.
struct Hub::Dynamic {
  NamespacePredicate predicate;
  std::shared_ptr<Handlers> handlers;
  Namespace parent;
};

Hub::Hub(Server& server, Shard& shard)
    : server_(server),
      shard_(shard),
      reader_({.attachments_max = server.options().attachments_max, .depth_max = server.options().depth_max}) {}

// The sessions are gone without a word where the transport was destroyed before them.
Hub::~Hub() {
  while (!connections_.empty()) (*connections_.begin())->on_close(engineio::CloseReason::server_shutting_down, {});
}

const Options& Hub::options() const noexcept { return server_.options(); }

engineio::SessionHandler* Hub::on_session(engineio::Session& session) {
  auto* const connection = new Connection(*this, session);  // deletes itself in on_close
  connections_.insert(connection);
  connection->start();
  return connection;
}

void Hub::forget(Connection& connection) { connections_.erase(&connection); }

Namespace& Hub::create(std::string_view name, std::shared_ptr<NamespaceRecord> record,
                       std::shared_ptr<Handlers> handlers, bool child) {
  auto made = std::make_unique<Namespace>(*this, std::move(record), std::move(handlers), child);
  return *namespaces_.emplace(name, std::move(made)).first->second;
}

Namespace& Hub::of(std::string_view name) {
  if (Namespace* const existing = find(name)) return *existing;
  return create(name, server_.record(name), std::make_shared<Handlers>(), false);
}

NativeNamespace& Hub::of_dynamic(NamespacePredicate predicate) {
  auto handlers = std::make_shared<Handlers>();
  dynamic_.push_back(std::unique_ptr<Dynamic>(
      new Dynamic{std::move(predicate), handlers, {*this, std::make_shared<NamespaceRecord>("*"), handlers}}));
  return dynamic_.back()->parent;
}

Namespace* Hub::find(std::string_view name) noexcept {
  const auto at = namespaces_.find(name);
  return at == namespaces_.end() ? nullptr : at->second.get();
}

Namespace* Hub::open(std::string_view name, Form form, std::string_view auth) {
  if (Namespace* const existing = find(name)) return existing;
  codec::Arena arena;
  codec::Value value;
  if (!dynamic_.empty() && !auth.empty()) {
    if (form == Form::json) {
      if (const auto parsed = codec::parse_json(auth, arena); parsed.has_value()) value = *parsed;
    } else if (const auto parsed = codec::parse_msgpack(auth, arena); parsed.has_value()) {
      value = *parsed;
    }
  }
  for (const auto& dynamic : dynamic_) {
    if (dynamic->predicate(name, value)) return &create(name, server_.record(name), dynamic->handlers, true);
  }
  return nullptr;
}

void Hub::clean_up(Namespace& nsp) {
  if (!options().cleanup_empty_child_namespaces || !nsp.is_child() || !nsp.empty()) return;
  shard_.defer([this, name = nsp.name()] {
    const auto at = namespaces_.find(name);
    if (at != namespaces_.end() && at->second->empty()) namespaces_.erase(at);
  });
}

void Hub::connect(Connection& connection, Namespace& nsp, const SharedBytes& auth) {
  std::string id;
  if (!connection.legacy()) {
    id = random_id(shard_.random());
  } else {
    id = nsp.name() == "/" ? connection.session().sid() : nsp.name() + '#' + std::string(connection.session().sid());
  }
  auto* const socket = new Socket(connection, nsp, id, auth);
  connection.add(*socket);
  nsp.admit(*socket);
}

void Hub::shut_down() {
  const std::vector<Connection*> connections(connections_.begin(), connections_.end());
  for (Connection* const connection : connections) connection->abandon(DisconnectReason::server_shutting_down);
}

std::uint64_t Hub::add(Socket& socket) {
  if (free_places_.empty()) {
    free_places_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::uint32_t index = free_places_.back();
  free_places_.pop_back();
  places_[index].socket = &socket;
  return static_cast<std::uint64_t>(places_[index].generation) << 32 | index;
}

void Hub::remove(Socket& socket) {
  const auto index = static_cast<std::uint32_t>(socket.handle().id);
  places_[index].socket = nullptr;
  ++places_[index].generation;
  free_places_.push_back(index);
}

Socket* Hub::find(std::uint64_t handle) noexcept {
  const auto index = static_cast<std::uint32_t>(handle);
  if (index >= places_.size() || places_[index].generation != handle >> 32) return nullptr;
  return places_[index].socket;
}

}  // namespace tutti::socketio
