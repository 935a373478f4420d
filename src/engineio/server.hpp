// engineio/server.hpp: the Engine.IO v4 server of one shard: it verifies requests, opens sessions, and brings each
// request to its session, on whichever shard that lives.
//
// Source: Engine.IO protocol v4.1 and what Node engine.io 6.6 does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.hpp"
#include "base/shard.hpp"
#include "engineio/errors.hpp"
#include "engineio/heartbeat.hpp"
#include "engineio/options.hpp"
#include "engineio/session.hpp"
#include "engineio/stats.hpp"
#include "net/http.hpp"

namespace tutti::engineio {

class SessionState;
class SessionTable;
class UpgradeProbe;

// Owner: the composition of one shard; used there only. All servers of one program have the same options.
class Server final {
 public:
  Server(Shard& shard, Options options, SessionAcceptor& acceptor);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Other shards, by their index: a request whose session lives there moves with its connection. Before the first
  // request; without it the server is alone. The pointers are used as addresses only.
  void set_peers(std::vector<net::HttpServer*> http_servers);

  // Whether the request is ours: its target begins with the path. Matches as Node does, by prefix.
  bool owns(const net::HttpRequest& request) const noexcept;
  // Answers a request that owns() accepted, plain or upgrade.
  void handle(net::HttpRequest request, net::HttpExchange exchange);

  // Closes every session at once ("server shutting down"): WebSockets get a close frame, held GETs are answered.
  // Handshakes are refused from now on.
  void close_all();
  std::size_t session_count() const noexcept;

  const Options& options() const noexcept { return options_; }
  const Stats& stats() const noexcept { return stats_; }
  Shard& shard() noexcept { return shard_; }

 private:
  friend class SessionState;
  enum class Transport : std::uint8_t { polling, websocket };
  struct Request;  // a request being verified

  // Verification, in Node's order (protocol/engineio: "Errors").
  void verify(Request request);
  void verify_session(Request request, SessionState& session);
  void verify_handshake(Request request);
  void allowed(Request request, std::optional<Refusal> refusal);
  void open_polling(Request request);
  void open_websocket(Request request);
  void upgrade(Request request, SessionState& session);
  void refuse(Request request, RequestError error, std::string_view message, unsigned status);
  void refuse(Request request, RequestError error);
  SessionState& add_session(const net::HttpRequest& request);
  SessionState* find_session(std::string_view id) const noexcept;
  bool move_to_owner(Request& request);

  // For sessions: work at the end of the turn.
  void end_of_turn_for(SessionState& session);
  void closed(SessionState& session, bool stays_known);
  void forget(SessionState& session);
  void bury(std::unique_ptr<UpgradeProbe> probe);
  void schedule();
  void end_of_turn();

  Shard& shard_;
  Options options_;
  Heartbeat::Settings heartbeat_;
  std::size_t buffered_bytes_max_;
  SessionAcceptor& acceptor_;
  Stats stats_;
  std::vector<net::HttpServer*> peers_;
  std::unique_ptr<SessionTable> sessions_;
  std::vector<SessionState*> pending_;               // have something to send at the end of the turn
  std::vector<SessionState*> closed_;                // their handlers hear of it at the end of the turn
  std::vector<std::unique_ptr<SessionState>> dead_;  // deleted after that
  std::vector<std::unique_ptr<UpgradeProbe>> dead_probes_;
  std::shared_ptr<Server*> self_;  // tells late callbacks whether the server is still there
  bool scheduled_ = false;
  bool closing_ = false;
};

}  // namespace tutti::engineio
