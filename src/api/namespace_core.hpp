// api/namespace_core.hpp: what a public Namespace stands for: its handlers on every worker, on top of the native API.
//
// Owner: the Server's state; handles share it. Each worker's part is used on that worker only.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/event_source.hpp"
#include "api/listeners.hpp"
#include "socketio/server.hpp"
#include "tutti/namespace.h"

namespace tutti::detail {

using SocketMiddleware = std::function<void(Event&, Next)>;
using NamespaceMiddleware = std::function<void(Socket, Next)>;

// What the public API keeps with a socket.
class SocketExtension final : public socketio::Extension {
 public:
  void write_data(codec::ValueWriter& writer) const override;
  std::unique_ptr<socketio::Extension> for_recovery() override;
  // Handlers hold sockets, sockets hold handlers: cut when the socket has gone.
  void clear_handlers();

  json data = json::object();
  api::Listeners listeners;
  api::Listeners any;  // under the name ""
  std::vector<std::shared_ptr<const SocketMiddleware>> middlewares;
};
SocketExtension& extension_of(socketio::Socket& socket);

class NamespaceCore final : public std::enable_shared_from_this<NamespaceCore> {
 public:
  // `name` is "" for a dynamic one.
  NamespaceCore(socketio::Server& server, std::string name);

  const std::string& name() const noexcept { return name_; }
  socketio::Server& server() noexcept { return server_; }
  bool dynamic() const noexcept { return name_.empty(); }
  // Names of the namespaces that it stands for now.
  std::vector<std::string> names();

  // Takes the events of a worker's namespace.
  void install(std::uint32_t worker, socketio::NativeNamespace& native);

  void add_listener(std::string_view name, Listener listener, bool once);
  void off(std::string_view name);
  void add_middleware(NamespaceMiddleware middleware);
  void dispatch(std::uint32_t worker, socketio::Socket& socket, EventSource& source);

  void raise_server_side(std::string_view name, const std::vector<socketio::Packed>& arguments,
                         socketio::ServerSideReply reply);
  using ServerSideHandler = std::function<void(const json& arguments, std::function<void(json)> reply)>;
  void add_server_side(std::string_view name, ServerSideHandler handler);
  using RoomHandler = std::function<void(RoomEvent, std::string_view room, std::string_view id)>;
  void add_room_handler(RoomHandler handler) { room_handlers_.push_back(std::move(handler)); }
  void raise_room(RoomEvent event, std::string_view room, std::string_view id);

  // Handlers hold namespaces, namespaces hold handlers: cut when the workers have stopped.
  void clear_handlers();

  static constexpr std::string_view kAny = "\1any";  // no event has it: it is not valid where names come from a client

 private:
  struct Worker {
    api::Listeners listeners;
    api::Listeners life_cycle;  // "connection" and the like: no client can raise them
    std::vector<std::shared_ptr<const NamespaceMiddleware>> middlewares;
  };
  class Admitting;
  class Passing;

  void receive(std::uint32_t worker, socketio::Peer& peer, socketio::IncomingEvent& event);
  void life_cycle(std::uint32_t worker, socketio::Peer& peer, std::string_view name, std::vector<json> arguments);
  void run(api::Listeners& from, std::string_view name, socketio::Socket& socket, EventSource& source);
  void run(api::Listeners& from, std::string_view key, const api::ListenerList& list, socketio::Socket& socket,
           EventSource& source);
  void introduce(socketio::NamespaceRecord& record);
  void fail(std::uint32_t worker, socketio::Socket& socket, std::string_view message);
  static bool is_life_cycle(std::string_view name);

  socketio::Server& server_;
  const std::string name_;
  std::vector<Worker> workers_;
  std::mutex server_side_mutex_;
  std::vector<std::pair<std::string, std::shared_ptr<const ServerSideHandler>>> server_side_;  // guarded by it
  std::vector<RoomHandler> room_handlers_;  // does not change once the server listens
  std::mutex children_mutex_;
  std::set<std::string, std::less<>> children_;  // of a dynamic one; guarded by children_mutex_
};

}  // namespace tutti::detail
