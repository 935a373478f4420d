// engineio/server.hpp: the Engine.IO v4 server of one shard: it verifies requests, opens sessions, and brings each
// request to its session, on whichever shard that lives.
//
// Source: Engine.IO protocol v4.1 and what Node engine.io 6.6 does.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.hpp"
#include "base/shard.hpp"
#include "engineio/options.hpp"
#include "engineio/session.hpp"
#include "engineio/stats.hpp"
#include "net/http.hpp"

namespace tutti::engineio {

class SessionState;
class SessionTable;

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
  struct Verified;

  void verify(net::HttpRequest request, net::HttpExchange exchange);

  Shard& shard_;
  Options options_;
  SessionAcceptor& acceptor_;
  Stats stats_;
  std::vector<net::HttpServer*> peers_;
  std::unique_ptr<SessionTable> sessions_;
  bool closing_ = false;
};

}  // namespace tutti::engineio
