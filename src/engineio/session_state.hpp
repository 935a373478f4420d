// engineio/session_state.hpp: one session: its state, its transport, its heartbeat.
#pragma once

#include <memory>
#include <string_view>

#include "engineio/cors.hpp"
#include "engineio/heartbeat.hpp"
#include "engineio/packet.hpp"
#include "engineio/polling.hpp"
#include "engineio/session.hpp"
#include "engineio/session_id.hpp"
#include "engineio/upgrade.hpp"
#include "net/websocket_connection.hpp"

namespace tutti::engineio {

class Server;

// Owner: Server. Nothing of it is destroyed while one of its calls is on the stack: a session that ends, and a probe,
// are put aside and deleted at the end of the turn, after on_close().
// Memory while idle on a WebSocket: this object, the WebSocketConnection, the handshake's block.
class SessionState final : public Session,
                           public net::WebSocketHandler,
                           public Heartbeat::Owner,
                           public PollingTransport::Owner,
                           public UpgradeProbe::Owner {
 public:
  // `plain_text`: the client takes no binary as it is (b64 in its query).
  struct Dialect {
    std::uint8_t protocol = 4;  // or 3
    bool plain_text = false;
  };
  SessionState(Server& server, const SessionId& id, Dialect dialect, std::unique_ptr<Handshake> handshake);
  ~SessionState();

  // Opens the session on a transport and makes it known to the layer above.
  void open_polling(net::HttpExchange exchange, const net::HttpRequest& request, Fields fields);
  void open_websocket(net::UpgradedStream upgraded, std::string head, const net::WebSocketOptions& options);
  // Requests that carry this session's id.
  void handle_polling(net::HttpRequest request, net::HttpExchange exchange, Fields fields);
  bool can_upgrade() const noexcept;
  void start_upgrade(net::UpgradedStream upgraded, std::string head, const net::WebSocketOptions& options);
  // The end of the turn: sends what polling has gathered.
  void end_of_turn();
  // Tells the layer above that it is over. The last call before the destructor.
  void notify_closed();
  bool same_id_as(std::string_view text) const noexcept { return same_id(id_, text); }

  // Session
  Shard& shard() noexcept override;
  std::string_view sid() const noexcept override { return {id_.data(), id_.size()}; }
  const Handshake& handshake() const noexcept override { return *handshake_; }
  TransportName transport() const noexcept override {
    return polling_ ? TransportName::polling : TransportName::websocket;
  }
  unsigned protocol() const noexcept override { return dialect_.protocol; }
  bool send(const OutgoingPtr& message, SendOptions options) override;
  std::size_t buffered_bytes() const noexcept override;
  bool writable() const noexcept override;
  void close(CloseReason reason) override;

 private:
  friend class Server;
  enum class Status : std::uint8_t { open, lingering, closed };

  // net::WebSocketHandler
  void on_message(bool binary, std::string_view payload) override;
  void on_websocket_drain() override;
  void on_websocket_close(std::string_view failure) override;
  // Heartbeat::Owner
  void send_ping() override;
  void ping_timed_out() override { finish(CloseReason::ping_timeout, {}); }
  // PollingTransport::Owner
  void on_payload(std::string_view payload, bool binary) override;
  void on_polling_error(std::string_view description) override { finish(CloseReason::transport_error, description); }
  void on_polling_drain() override;
  // UpgradeProbe::Owner
  void probe_answered() override { polling_->begin_upgrade(); }
  void probe_upgraded(std::unique_ptr<net::WebSocketConnection> socket) override;
  void probe_failed() override;

  void introduce();
  bool is_v3() const noexcept { return dialect_.protocol == 3; }
  void on_payload_v3(std::string_view payload, bool binary);
  void handle_text(std::string_view text);
  void handle_binary(std::string_view bytes);
  void handle_ping();
  void handle_pong();
  void handle_message(const Packet& packet);
  void send_control(std::string_view text);
  void write_websocket(const OutgoingPtr& message, bool compress);
  void flush_at_end_of_turn();
  // How the transport ends: with what is queued, or cut; to a client that closed by itself a polling answer is a noop.
  enum class Ending : std::uint8_t { orderly, cut, client_closed };
  void finish(CloseReason reason, std::string_view description, Ending ending = Ending::orderly);
  bool close_polling(CloseReason reason, Ending ending);
  std::string open_packet(bool on_websocket) const;

  // What send() touches comes first: one cache line.
  net::Stream* stream_ = nullptr;  // of the WebSocket; null on polling and when closed
  Status status_ = Status::open;
  CloseReason reason_ = CloseReason::forced_close;
  bool deflate_ = false;
  Dialect dialect_;
  bool in_pending_ = false;
  Server& server_;
  SessionHandler* handler_ = nullptr;
  std::unique_ptr<net::WebSocketConnection> websocket_;
  std::unique_ptr<PollingTransport> polling_;
  std::unique_ptr<UpgradeProbe> probe_;
  std::unique_ptr<Handshake> handshake_;
  std::unique_ptr<CallbackTimer> linger_timer_;  // while a closed polling session waits for a last GET
  std::string_view description_;                 // static text
  SessionId id_;
  std::uint32_t slot_ = 0;  // in the server's table
  Heartbeat heartbeat_;
};

}  // namespace tutti::engineio
