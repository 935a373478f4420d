// socketio/connection.hpp: one Engine.IO session: its packets in, and the sockets it has in namespaces.
//
// Owner: itself, from the Hub's on_session to on_close. Used on its worker only.
// Its wire form is that of its first packet: text is JSON, binary is MessagePack.
// A client of Engine.IO v3 (Socket.IO 2) is connected to "/" at once, names parameters behind the namespace, and knows
// its sockets by the session's id.
// Errors: whatever is not a legal packet at this moment closes the session ("forced close" for its sockets).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engineio/session.hpp"
#include "socketio/assembly.hpp"
#include "socketio/packet.hpp"
#include "socketio/ref.hpp"
#include "socketio/socket.hpp"

namespace tutti::socketio {

class Hub;

class Connection final : public engineio::SessionHandler {
 public:
  Connection(Hub& hub, engineio::Session& session);

  // SessionHandler
  void on_text(std::string_view data) override;
  void on_binary(std::string_view data) override;
  void on_drain() override;
  void on_close(engineio::CloseReason reason, std::string_view description) override;

  Hub& hub() noexcept { return hub_; }
  engineio::Session& session() noexcept { return session_; }
  Form form() const noexcept { return form_; }
  bool closing() const noexcept { return closing_; }
  bool legacy() const noexcept { return legacy_; }
  // Right after construction.
  void start();

  // Closes the session; its sockets leave in a later turn, when on_close comes, for that reason.
  void close(DisconnectReason reason);
  // Leaves every namespace, then closes ("io server disconnect" at the client).
  void disconnect_all();
  // Leaves every namespace at once, without a packet, and closes the session.
  void abandon(DisconnectReason reason);
  // A socket that middlewares have let in: from now on there is no time limit.
  void admitted();
  // Adds a new socket to this connection, or takes one out that has left its namespace.
  void add(Socket& socket);
  void remove(Socket& socket);
  // The server ended that namespace: what the client sent before it knew is not an error.
  void expect_late_packets(const Socket& socket);
  Socket* find(std::string_view nsp) noexcept;

 private:
  ~Connection();
  void receive(std::string_view message, const std::vector<std::string>& attachments);
  void handle(const Packet& packet, const std::vector<std::string>& attachments);
  void handle_connect(std::string_view nsp, const SharedBytes& auth);
  void handle_event(Socket& socket, const Packet& packet, const std::vector<std::string>& attachments);
  void handle_ack(Socket& socket, const Packet& packet, const std::vector<std::string>& attachments);
  bool left_before(std::string_view nsp) const;
  void refuse(std::string_view nsp, std::string_view message);
  void fail(PacketError error);
  std::size_t socket_count() const noexcept;
  std::vector<SocketRef> sockets() const;

  class ConnectTimer;
  Hub& hub_;
  engineio::Session& session_;
  Socket* first_ = nullptr;
  std::unique_ptr<Assembly> assembly_;
  std::unique_ptr<ConnectTimer> connect_timer_;  // until the first namespace is joined
  std::vector<std::shared_ptr<NamespaceRecord>> left_;
  Form form_ = Form::json;
  bool form_known_ = false;
  bool legacy_;
  bool closing_ = false;
  std::optional<DisconnectReason> close_reason_;  // ours, where it says more than the session's
};

}  // namespace tutti::socketio
