// server/socketio_server.hpp: workers, listeners, HTTP, Engine.IO and Socket.IO put together: the whole transport of
// one program. Both `tutti serve` and the public API (include/tutti) stand on it.
//
// Use: construct; register handlers on io().hub(i) for every worker; listen(); stop(). Constructing and destroying is
// for one thread, none of the workers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/redis/options.hpp"
#include "base/result.hpp"
#include "base/shard.hpp"
#include "engineio/server.hpp"
#include "net/epoll/listener.hpp"
#include "net/http.hpp"
#include "net/http_server.hpp"
#include "socketio/server.hpp"

namespace tutti::server {

struct SocketIoServerOptions {
  std::uint32_t workers = 0;  // 0: one a core
  net::epoll::ListenOptions listen;
  net::HttpLimits http;
  engineio::Options engineio;  // its path is "/socket.io/" here, unless another one is set
  socketio::Options socketio;
  std::optional<adapter::RedisAdapterOptions> redis;  // a cluster; nothing: this server is alone
  bool serve_client = true;                           // the client's bundles below the path: socket.io.js and its kin
  SocketIoServerOptions() { engineio.path = "/socket.io/"; }
};

struct Listening {
  std::string address;  // "127.0.0.1:3000"
  std::uint16_t port;
};
struct ListenError {
  std::string message;
};

class SocketIoServer {
 public:
  // A request that is not Engine.IO's, on the worker that received it.
  using OnRequest = std::function<void(std::uint32_t worker, net::HttpRequest, net::HttpExchange)>;

  explicit SocketIoServer(SocketIoServerOptions options);
  ~SocketIoServer();  // stops at once
  SocketIoServer(const SocketIoServer&) = delete;
  SocketIoServer& operator=(const SocketIoServer&) = delete;

  std::uint32_t workers() const noexcept;
  Shard& shard(std::uint32_t worker) noexcept;
  socketio::Server& io() noexcept;
  engineio::Server& engineio(std::uint32_t worker) noexcept;
  net::HttpServer& http(std::uint32_t worker) noexcept;
  const net::Stats& net_stats(std::uint32_t worker) noexcept;

  // Before listen(). Without it such requests are answered 404.
  void on_request(OnRequest handler);

  // Opens the port and starts the workers.
  Result<Listening, ListenError> listen(net::epoll::ListenOptions where);
  Result<Listening, ListenError> listen();  // where the options say

  // New connections are refused from now on; those that are there go on. While it runs; thread-safe.
  void stop_accepting();
  // Stops accepting; all sockets leave ("server shutting down"), sessions are closed, requests under way are finished
  // as far as they are within the deadline; the workers end. Blocks; not on a worker. Again: nothing.
  void stop(Duration deadline);

 private:
  class Worker;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tutti::server
