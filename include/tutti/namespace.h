// tutti/namespace.h: a namespace: handlers for all its clients, and broadcasts to them. A handle; copy it freely.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tutti/broadcast.h"
#include "tutti/socket.h"

namespace tutti {

enum class RoomEvent { created, deleted, joined, left };

class Namespace {
 public:
  explicit Namespace(std::shared_ptr<detail::NamespaceCore> core) : core_(std::move(core)) {}
  std::string_view name() const noexcept;

  // Handlers for every client of the namespace; each runs on the client's own worker, so several may run at once.
  // They cost nothing for a client (as Socket::on does), and apply to clients that are there already.
  // Names of the server's own: "connection" (Socket), "disconnecting" and "disconnect" (Socket, std::string reason),
  // "error" (Socket, std::string message): the client sent what cannot be read; it is being disconnected.
  template <class F>
  Namespace& on(std::string_view name, F&& handler) {
    add_listener(name, listener(std::forward<F>(handler)), false);
    return *this;
  }
  template <class F>
  Namespace& once(std::string_view name, F&& handler) {  // once a worker
    add_listener(name, listener(std::forward<F>(handler)), true);
    return *this;
  }
  void off(std::string_view name);
  void on_any(Listener handler);
  void off_any();

  // Asked in order before a client is let in: next(), or next.refuse("message", data).
  Namespace& use(std::function<void(Socket, Next)> middleware);

  // Of rooms (not those of the clients' own ids); the client's id with joined and left. Register before listen().
  void on_room(std::function<void(RoomEvent, std::string_view room, std::string_view id)> handler);

  template <class... Args>
  void emit(std::string_view name, Args&&... args) const {
    broadcast().emit(name, std::forward<Args>(args)...);
  }
  Broadcast to(std::string_view room) const { return broadcast().to(room); }
  Broadcast in(std::string_view room) const { return broadcast().to(room); }
  Broadcast except(std::string_view room) const { return broadcast().except(room); }
  Broadcast local() const { return broadcast().local(); }
  Broadcast volatile_() const { return broadcast().volatile_(); }
  Broadcast compress(bool on) const { return broadcast().compress(on); }
  Broadcast timeout(std::chrono::milliseconds limit) const { return broadcast().timeout(limit); }
  void fetch_sockets(std::function<void(std::vector<RemoteSocket>, std::string error)> callback) const {
    broadcast().fetch_sockets(std::move(callback));
  }
  void sockets_join(std::vector<std::string> rooms) const { broadcast().sockets_join(std::move(rooms)); }
  void sockets_leave(std::vector<std::string> rooms) const { broadcast().sockets_leave(std::move(rooms)); }
  void disconnect_sockets(bool close = false) const { broadcast().disconnect_sockets(close); }
  void all_rooms(std::function<void(std::vector<std::string>, std::string error)> callback) const;

  // To the other servers of the cluster, whose on_server_side handlers of that name run. With a callback each of them
  // is asked for an acknowledgement.
  template <class... Args>
  void server_side_emit(std::string_view name, Args&&... args) const {
    detail::split_callback(
        [&](std::span<const EmitArgument> arguments, detail::AnswerCallback callback) {
          send_server_side(name, arguments, std::move(callback));
        },
        std::forward<Args>(args)...);
  }
  // Runs on one of the workers. `reply` is empty where no answer is asked for.
  void on_server_side(std::string_view name,
                      std::function<void(const json& arguments, std::function<void(json)> reply)> handler);

 protected:
  Broadcast broadcast() const { return Broadcast(core_); }
  void add_listener(std::string_view name, Listener handler, bool once);
  void send_server_side(std::string_view name, std::span<const EmitArgument> arguments,
                        detail::AnswerCallback callback) const;

  std::shared_ptr<detail::NamespaceCore> core_;
};

}  // namespace tutti
