// engineio and ws-echo: below Socket.IO, on the layers themselves.
#include <algorithm>

#include "api/convert_options.hpp"
#include "engineio/server.hpp"
#include "modes.hpp"
#include "net/epoll/listener.hpp"
#include "net/epoll/worker_pool.hpp"
#include "net/http_server.hpp"
#include "net/websocket_connection.hpp"
#include "net/websocket_handshake.hpp"

namespace conformance {
namespace {

namespace engineio = tutti::engineio;
namespace net = tutti::net;

// Sends every message back.
class EchoSession final : public engineio::SessionHandler {
 public:
  explicit EchoSession(engineio::Session& session) : session_(session) {}
  void on_text(std::string_view data) override { session_.send(engineio::Outgoing::text(data)); }
  void on_binary(std::string_view data) override { session_.send(engineio::Outgoing::binary(data)); }
  void on_drain() override {}
  void on_close(engineio::CloseReason reason, std::string_view) override {
    report({{"closed", to_string(reason)}});
    delete this;
  }

 private:
  engineio::Session& session_;
};

class EchoAcceptor final : public engineio::SessionAcceptor {
 public:
  engineio::SessionHandler* on_session(engineio::Session& session) override { return new EchoSession(session); }
};

// Frames of one message on one connection.
class EchoSocket final : public net::WebSocketHandler {
 public:
  EchoSocket(net::Stream& stream, const net::WebSocketOptions& options) : connection_(stream, *this, options) {}
  void start(std::string bytes) { connection_.feed(std::move(bytes)); }
  void on_message(bool binary, std::string_view payload) override {
    std::string frame;
    tutti::codec::append_frame(frame, binary ? tutti::codec::Opcode::binary : tutti::codec::Opcode::text, payload);
    if (connection_.open()) connection_.stream()->write(tutti::SharedBytes::copy(frame));
  }
  void on_websocket_drain() override {}
  void on_websocket_close(std::string_view) override { delete this; }

 private:
  net::WebSocketConnection connection_;
};

// One worker's HTTP with a function for the requests.
class Worker final : public net::HttpHandler {
 public:
  using OnRequest = std::function<void(net::HttpRequest, net::HttpExchange)>;
  Worker(net::epoll::Loop& loop, net::epoll::ListenSocket socket)
      : http_(loop, *this, loop.stats()),
        listener_(loop, std::move(socket), [this](net::Stream& stream) { http_.accept(stream); }) {}
  void on_request(net::HttpRequest request, net::HttpExchange exchange) override {
    handle(std::move(request), std::move(exchange));
  }
  net::HttpServer& http() { return http_; }
  OnRequest handle;

 private:
  net::HttpServer http_;
  net::epoll::Listener listener_;
};

// Workers on one port, until the process is told to end.
class Server {
 public:
  explicit Server(const Flags& flags) : flags_(flags), pool_(flags.workers) {
    net::epoll::ListenOptions where{.host = flags.host, .port = flags.port};
    for (std::uint32_t i = 0; i < pool_.size(); ++i) {
      auto socket = net::epoll::ListenSocket::open(where);
      if (!socket.has_value()) throw std::runtime_error(socket.error());
      where.port = socket->port();
      workers_.push_back(std::make_unique<Worker>(pool_.loop(i), std::move(*socket)));
    }
    port_ = where.port;
  }
  net::epoll::Loop& loop(std::uint32_t worker) { return pool_.loop(worker); }
  Worker& worker(std::uint32_t index) { return *workers_[index]; }
  std::uint32_t size() const { return pool_.size(); }
  void run() {
    pool_.start();
    print_ready(flags_.host, port_);
    wait_for_signal();
    pool_.stop();
  }

 private:
  const Flags& flags_;
  net::epoll::WorkerPool pool_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::uint16_t port_ = 0;
};

void not_found(net::HttpExchange& exchange) {
  net::HttpResponse response;
  response.status = 404;
  exchange.respond(std::move(response));
}

}  // namespace

int run_engineio(const Flags& flags) {
  tutti::Options options;
  options.path = "/engine.io/";
  options.ping_interval = std::chrono::milliseconds(300);
  options.ping_timeout = std::chrono::milliseconds(200);
  options.cors.origins = {"*"};
  options.allow_request = [](const tutti::HandshakeRequest& request, const tutti::AllowDecision& decide) {
    decide(request.header("x-deny").empty() ? std::nullopt : std::optional<std::string>("go away"));
  };
  apply(flags, options);
  Server server(flags);
  EchoAcceptor acceptor;
  std::vector<std::unique_ptr<engineio::Server>> engines;
  std::vector<net::HttpServer*> peers;
  for (std::uint32_t i = 0; i < server.size(); ++i) {
    engines.push_back(
        std::make_unique<engineio::Server>(server.loop(i), tutti::api::convert_options(options).engineio, acceptor));
    peers.push_back(&server.worker(i).http());
  }
  for (std::uint32_t i = 0; i < server.size(); ++i) {
    engineio::Server& engine = *engines[i];
    engine.set_peers(peers);
    server.worker(i).handle = [&engine](net::HttpRequest request, net::HttpExchange exchange) {
      if (!engine.owns(request)) return not_found(exchange);
      engine.handle(std::move(request), std::move(exchange));
    };
  }
  server.run();
  for (const auto& engine : engines) engine->close_all();
  return 0;
}

int run_ws_echo(const Flags& flags) {
  Server server(flags);
  for (std::uint32_t i = 0; i < server.size(); ++i) {
    server.worker(i).handle = [&flags](net::HttpRequest request, net::HttpExchange exchange) {
      const auto handshake = net::accept_websocket(request, flags.per_message_deflate);
      if (handshake.status != 101) {
        return exchange.respond(net::text_response(handshake.status, "text/plain", handshake.error));
      }
      auto stream = exchange.take_stream();
      if (!stream) return;
      stream->stream->write(tutti::SharedBytes::copy(handshake.head + "\r\n"));
      net::WebSocketOptions options;
      options.limits.message_bytes_max = 64 * 1024 * 1024;  // the suites send up to 16 MiB
      options.deflate = handshake.deflate;
      auto* const socket = new EchoSocket(*stream->stream, options);  // deletes itself when it is closed
      socket->start(std::move(stream->leftover));
    };
  }
  server.run();
  return 0;
}

}  // namespace conformance
