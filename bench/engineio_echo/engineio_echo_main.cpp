// bench/engineio_echo: an Engine.IO server that sends every message back: what the transport alone costs, and the peer
// for the engine.io test suites.
//
//   engineio_echo [--port N] [--workers N] [--ping-interval MS] [--ping-timeout MS] [--deflate]
//   A text message "broadcast <text>" goes to every session of the worker instead ("burst <text>": 16 times).
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "engineio/server.hpp"
#include "net/epoll/listener.hpp"
#include "net/epoll/worker_pool.hpp"
#include "net/http_server.hpp"

using namespace tutti;

namespace {

class EchoWorker;

class EchoSession final : public engineio::SessionHandler {
 public:
  EchoSession(engineio::Session& session, EchoWorker& worker) : session_(session), worker_(worker) {}
  void on_text(std::string_view data) override;
  void on_binary(std::string_view data) override { session_.send(engineio::Outgoing::binary(data)); }
  void on_drain() override {}
  void on_close(engineio::CloseReason, std::string_view) override;

  engineio::Session& session_;
  EchoWorker& worker_;
  std::size_t position_ = 0;  // among the worker's sessions
};

class EchoWorker final : public engineio::SessionAcceptor, public net::HttpHandler {
 public:
  EchoWorker(net::epoll::Loop& loop, const engineio::Options& options)
      : engine_(loop, options, *this), http_(loop, *this, loop.stats()), loop_(loop) {}

  void listen(net::epoll::ListenSocket socket) {
    listener_ = std::make_unique<net::epoll::Listener>(loop_, std::move(socket),
                                                       [this](net::Stream& stream) { http_.accept(stream); });
  }
  engineio::SessionHandler* on_session(engineio::Session& session) override {
    auto* echo = new EchoSession(session, *this);
    echo->position_ = sessions_.size();
    sessions_.push_back(echo);
    return echo;
  }
  void on_request(net::HttpRequest request, net::HttpExchange exchange) override {
    if (engine_.owns(request)) return engine_.handle(std::move(request), std::move(exchange));
    exchange.respond(net::text_response(404, "text/plain", "Not Found\n"));
  }
  void remove(EchoSession& session) {
    sessions_.back()->position_ = session.position_;
    sessions_[session.position_] = sessions_.back();
    sessions_.pop_back();
  }
  void broadcast(std::string_view text, int times) {
    for (int i = 0; i < times; ++i) {
      const auto message = engineio::Outgoing::text(text);
      for (EchoSession* session : sessions_) session->session_.send(message);
    }
  }

 private:
  std::vector<EchoSession*> sessions_;  // outlives the engine, which ends them

 public:
  engineio::Server engine_;
  net::HttpServer http_;

 private:
  net::epoll::Loop& loop_;
  std::unique_ptr<net::epoll::Listener> listener_;
};

void EchoSession::on_text(std::string_view data) {
  if (data.starts_with("broadcast ")) return worker_.broadcast(data.substr(10), 1);
  if (data.starts_with("burst ")) return worker_.broadcast(data.substr(6), 16);
  session_.send(engineio::Outgoing::text(data));
}

void EchoSession::on_close(engineio::CloseReason, std::string_view) {
  worker_.remove(*this);
  delete this;
}

}  // namespace

int main(int argc, char** argv) {
  engineio::Options options;
  options.cors.origins = {"*"};
  net::epoll::ListenOptions listen;
  std::uint32_t workers = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--deflate") {
      options.per_message_deflate = true;
      continue;
    }
    const int value = i + 1 < argc ? std::atoi(argv[++i]) : 0;
    if (name == "--port") listen.port = static_cast<std::uint16_t>(value);
    if (name == "--workers") workers = static_cast<std::uint32_t>(value);
    if (name == "--ping-interval") options.ping_interval = std::chrono::milliseconds(value);
    if (name == "--ping-timeout") options.ping_timeout = std::chrono::milliseconds(value);
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  net::epoll::WorkerPool pool(workers);
  std::vector<std::unique_ptr<EchoWorker>> all;
  std::vector<net::HttpServer*> peers;
  for (std::uint32_t i = 0; i < workers; ++i) {
    all.push_back(std::make_unique<EchoWorker>(pool.loop(i), options));
    peers.push_back(&all.back()->http_);
    auto socket = net::epoll::ListenSocket::open(listen);
    if (!socket.has_value()) {
      std::fprintf(stderr, "%s\n", socket.error().c_str());
      return 1;
    }
    listen.port = socket->port();
    all.back()->listen(std::move(*socket));
  }
  for (const auto& worker : all) worker->engine_.set_peers(peers);
  pool.start();
  std::printf("listening on http://127.0.0.1:%u\n", listen.port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  pool.stop();
  return 0;
}
