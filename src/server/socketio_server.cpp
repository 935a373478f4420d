#include "server/socketio_server.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "adapter/memory/memory_adapter.hpp"
#include "adapter/redis/redis_adapter.hpp"
#include "net/epoll/worker_pool.hpp"
#include "server/client_bundles.hpp"

namespace tutti::server {

// What one worker serves.
class SocketIoServer::Worker final : public net::HttpHandler {
 public:
  Worker(net::epoll::Loop& loop, const SocketIoServerOptions& options, socketio::Hub& hub, const OnRequest& on_request)
      : loop_(loop),
        on_request_(on_request),
        bundles_(options.serve_client),
        engineio_(loop, options.engineio, hub),
        http_(loop, *this, loop.stats(), options.http) {}

  void listen(net::epoll::ListenSocket socket) {
    listener_ = std::make_unique<net::epoll::Listener>(loop_, std::move(socket),
                                                       [this](net::Stream& stream) { http_.accept(stream); });
  }
  void stop_accepting() {
    if (listener_) listener_->close();
  }
  void close() {
    stop_accepting();
    engineio_.close_all();
    http_.drain();
  }
  bool idle() const { return http_.connections() == 0 && engineio_.session_count() == 0; }

  engineio::Server& engineio() noexcept { return engineio_; }
  net::HttpServer& http() noexcept { return http_; }

 private:
  void on_request(net::HttpRequest request, net::HttpExchange exchange) override {
    if (bundles_) {
      if (auto bundle = client_bundle(request, engineio_.options().path)) return exchange.respond(std::move(*bundle));
    }
    if (engineio_.owns(request)) return engineio_.handle(std::move(request), std::move(exchange));
    if (on_request_) return on_request_(loop_.index(), std::move(request), std::move(exchange));
    net::HttpResponse not_found;
    not_found.status = 404;
    exchange.respond(std::move(not_found));
  }

  net::epoll::Loop& loop_;
  const OnRequest& on_request_;
  const bool bundles_;
  engineio::Server engineio_;
  net::HttpServer http_;
  std::unique_ptr<net::epoll::Listener> listener_;
};

struct SocketIoServer::State {
  explicit State(SocketIoServerOptions server_options)
      : options(std::move(server_options)), pool(count(options.workers)), io(shards(), options.socketio) {
    io.set_adapter(make_adapter());
    for (std::uint32_t i = 0; i < pool.size(); ++i) {
      workers.push_back(std::make_unique<Worker>(pool.loop(i), options, io.hub(i), on_request));
    }
    std::vector<net::HttpServer*> https;
    for (const auto& worker : workers) https.push_back(&worker->http());
    for (const auto& worker : workers) worker->engineio().set_peers(https);
  }

  std::unique_ptr<socketio::Adapter> make_adapter() {
    if (!options.redis) return std::make_unique<adapter::MemoryAdapter>(io);
    return std::make_unique<adapter::RedisAdapter>(io, redis::dial_from(pool.loop(0)), *options.redis);
  }
  static std::uint32_t count(std::uint32_t wanted) {
    return wanted > 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
  }
  std::vector<Shard*> shards() {
    std::vector<Shard*> all;
    for (std::uint32_t i = 0; i < pool.size(); ++i) all.push_back(&pool.loop(i));
    return all;
  }

  SocketIoServerOptions options;
  OnRequest on_request;
  net::epoll::WorkerPool pool;
  socketio::Server io;
  std::vector<std::unique_ptr<Worker>> workers;
  bool running = false;
};

SocketIoServer::SocketIoServer(SocketIoServerOptions options) : state_(std::make_unique<State>(std::move(options))) {}

SocketIoServer::~SocketIoServer() { stop(Duration::zero()); }

std::uint32_t SocketIoServer::workers() const noexcept { return state_->pool.size(); }
Shard& SocketIoServer::shard(std::uint32_t worker) noexcept { return state_->pool.loop(worker); }
socketio::Server& SocketIoServer::io() noexcept { return state_->io; }
engineio::Server& SocketIoServer::engineio(std::uint32_t worker) noexcept {
  return state_->workers[worker]->engineio();
}
net::HttpServer& SocketIoServer::http(std::uint32_t worker) noexcept { return state_->workers[worker]->http(); }
const net::Stats& SocketIoServer::net_stats(std::uint32_t worker) noexcept { return state_->pool.loop(worker).stats(); }
void SocketIoServer::on_request(OnRequest handler) { state_->on_request = std::move(handler); }

Result<Listening, ListenError> SocketIoServer::listen() { return listen(state_->options.listen); }

Result<Listening, ListenError> SocketIoServer::listen(net::epoll::ListenOptions options) {
  TUTTI_ASSERT(!state_->running);
  std::vector<net::epoll::ListenSocket> sockets;
  if (options.port != 0) {  // is the port free? Shared sockets would not notice another server on it
    options.shared = false;
    const auto probe = net::epoll::ListenSocket::open(options);
    if (!probe.has_value()) return ListenError{probe.error()};
    options.shared = true;
  }
  for (std::uint32_t i = 0; i < workers(); ++i) {
    auto socket = net::epoll::ListenSocket::open(options);
    if (!socket.has_value()) return ListenError{socket.error()};
    options.port = socket->port();
    sockets.push_back(std::move(*socket));
  }
  Listening listening{sockets.front().address(), options.port};
  for (std::uint32_t i = 0; i < workers(); ++i) state_->workers[i]->listen(std::move(sockets[i]));
  state_->io.start();
  state_->running = true;
  state_->pool.start();
  return listening;
}

namespace {

// Blocks a thread until so many workers have said that they are done.
class Latch {
 public:
  explicit Latch(std::uint32_t count) : left_(count) {}
  void done() {
    const std::lock_guard lock(mutex_);
    if (--left_ == 0) changed_.notify_all();
  }
  void wait(Duration limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t left_;
};

}  // namespace

void SocketIoServer::stop_accepting() {
  for (std::uint32_t i = 0; i < workers(); ++i) {
    shard(i).post([worker = state_->workers[i].get()] { worker->stop_accepting(); });
  }
}

void SocketIoServer::stop(Duration deadline) {
  if (!state_->running) return;
  state_->running = false;
  // Looks again and again on its worker whether that has become idle.
  struct Watch {
    Watch(Shard& shard, Worker& worker_to_watch, std::shared_ptr<Latch> latch_to_tell)
        : worker(worker_to_watch), latch(std::move(latch_to_tell)), timer(shard.scheduler(), [this] { look(); }) {}
    void look() {
      constexpr std::chrono::milliseconds kInterval{5};
      if (!worker.idle()) return timer.arm(kInterval);
      if (latch) std::exchange(latch, nullptr)->done();
    }
    Worker& worker;
    std::shared_ptr<Latch> latch;
    CallbackTimer timer;
  };
  const auto latch = std::make_shared<Latch>(workers());
  std::vector<std::unique_ptr<Watch>> watches;
  for (std::uint32_t i = 0; i < workers(); ++i) {
    watches.push_back(std::make_unique<Watch>(shard(i), *state_->workers[i], latch));
    shard(i).post([this, i, watch = watches.back().get()] {
      state_->io.hub(i).shut_down();
      state_->workers[i]->close();
      watch->look();
    });
  }
  latch->wait(deadline);
  // What the last disconnects had to say to other servers has been handed over by now.
  const auto parted = std::make_shared<Latch>(1);
  state_->io.adapter().close([parted] { parted->done(); });
  parted->wait(std::min<Duration>(deadline, std::chrono::seconds(1)));
  state_->pool.stop();
}

}  // namespace tutti::server
