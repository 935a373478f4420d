// The public Server.
#include "tutti/server.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <list>
#include <map>
#include <mutex>
#include <stdexcept>

#include "api/convert_options.hpp"
#include "api/json_bridge.hpp"
#include "api/namespace_core.hpp"
#include "api/support.hpp"
#include "server/socketio_server.hpp"

namespace tutti {

struct Server::State final : socketio::RoomObserver {
  explicit State(Options options)
      : transport(api::convert_options(with_any_thread_decisions(std::move(options)))),
        delayed(transport.workers()),
        stop_requested(eventfd(0, 0)) {
    root = of("/");
    transport.io().observe_rooms(*this);
    transport.io().set_server_side_listener([this](std::string_view nsp, std::string_view name,
                                                   const std::vector<socketio::Packed>& arguments,
                                                   socketio::ServerSideReply reply) {
      if (const auto core = find(nsp)) core->raise_server_side(name, arguments, std::move(reply));
    });
  }
  ~State() {
    stop();
    ::close(stop_requested);
  }
  void stop() {
    transport.stop(Duration::zero());
    for (const auto& [name, core] : namespaces) core->clear_handlers();
    for (const auto& core : dynamic) core->clear_handlers();
  }

  std::shared_ptr<detail::NamespaceCore> find(std::string_view name) {
    const std::lock_guard lock(mutex);
    const auto at = namespaces.find(name);
    return at == namespaces.end() ? nullptr : at->second;
  }

  std::shared_ptr<detail::NamespaceCore> of(std::string_view name) {
    std::shared_ptr<detail::NamespaceCore> core;
    {
      const std::lock_guard lock(mutex);
      auto& known = namespaces[std::string(name)];
      if (known) return known;
      core = known = std::make_shared<detail::NamespaceCore>(transport.io(), std::string(name));
    }
    transport.io().on_every_hub(
        [core](socketio::Hub& hub) { core->install(hub.shard().index(), hub.of(core->name())); });
    return core;
  }

  std::shared_ptr<detail::NamespaceCore> of_dynamic(std::function<bool(std::string_view, const json&)> predicate) {
    auto core = std::make_shared<detail::NamespaceCore>(transport.io(), std::string());
    const socketio::NamespacePredicate accepts = [predicate = std::move(predicate)](std::string_view name,
                                                                                    const codec::Value& auth) {
      bool accepted = false;
      api::call_guarded("namespace predicate",
                        [&] { accepted = predicate(name, auth.is_undefined() ? json::object() : api::to_json(auth)); });
      return accepted;
    };
    transport.io().on_every_hub(
        [core, accepts](socketio::Hub& hub) { core->install(hub.shard().index(), hub.of_dynamic(accepts)); });
    const std::lock_guard lock(mutex);
    dynamic.push_back(core);
    return core;
  }

  // Decisions come from any thread; the layer below wants them on the worker that asks.
  Options with_any_thread_decisions(Options options) {
    if (!options.allow_request) return options;
    options.allow_request = [this, allow = std::move(options.allow_request)](const HandshakeRequest& request,
                                                                             const AllowDecision& decide) {
      Shard& shard = worker_shard();
      allow(request, [&shard, decide](std::optional<std::string> refusal) {
        if (shard.is_current()) return decide(std::move(refusal));
        shard.post([decide, refusal = std::move(refusal)] { decide(refusal); });
      });
    };
    return options;
  }
  // The calling worker's, or that of worker 0.
  Shard& worker_shard() { return transport.shard(transport.io().current_worker().value_or(0)); }

  void run_after(Shard& shard, std::chrono::milliseconds delay, Task task) {
    auto& pending = delayed[shard.index()];
    pending.push_back(nullptr);
    const auto at = std::prev(pending.end());
    *at = std::make_unique<CallbackTimer>(shard.scheduler(), [&pending, at, task = std::move(task)]() mutable {
      Task due = std::move(task);
      pending.erase(at);  // this timer and this function with it
      due();
    });
    (*at)->arm(delay);
  }

  // RoomObserver
  void on_room_created(std::string_view nsp, std::string_view room) override { tell(nsp, RoomEvent::created, room); }
  void on_room_deleted(std::string_view nsp, std::string_view room) override { tell(nsp, RoomEvent::deleted, room); }
  void on_room_joined(std::string_view nsp, std::string_view room, std::string_view id) override {
    tell(nsp, RoomEvent::joined, room, id);
  }
  void on_room_left(std::string_view nsp, std::string_view room, std::string_view id) override {
    tell(nsp, RoomEvent::left, room, id);
  }
  void tell(std::string_view nsp, RoomEvent event, std::string_view room, std::string_view id = {}) {
    if (const auto core = find(nsp)) core->raise_room(event, room, id);
  }

  server::SocketIoServer transport;
  std::vector<std::list<std::unique_ptr<CallbackTimer>>> delayed;  // by worker
  std::shared_ptr<detail::NamespaceCore> root;
  int stop_requested;
  std::mutex mutex;  // guards the two lists
  std::map<std::string, std::shared_ptr<detail::NamespaceCore>, std::less<>> namespaces;
  std::vector<std::shared_ptr<detail::NamespaceCore>> dynamic;
};

Server::Server(Options options) : Server(std::make_shared<State>(std::move(options))) {}
Server::Server(std::shared_ptr<State> state) : Namespace(state->root), state_(std::move(state)) {}
Server::~Server() { state_->stop(); }

Namespace Server::of(std::string_view name) {
  return Namespace(state_->of(name.starts_with('/') ? std::string(name) : "/" + std::string(name)));
}

Namespace Server::of(std::regex pattern) {
  return of([pattern = std::move(pattern)](std::string_view name, const json&) {
    return std::regex_search(name.begin(), name.end(), pattern);
  });
}

Namespace Server::of(std::function<bool(std::string_view, const json&)> predicate) {
  return Namespace(state_->of_dynamic(std::move(predicate)));
}

std::uint16_t Server::listen(std::uint16_t port, std::string host) {
  const auto listening = state_->transport.listen({.host = std::move(host), .port = port});
  if (!listening.has_value()) throw std::runtime_error(listening.error().message);
  return listening->port;
}

void Server::run(std::uint16_t port, std::string host) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);  // before the workers start: they inherit it
  const int signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
  listen(port, std::move(host));
  pollfd watched[] = {{signal_fd, POLLIN, 0}, {state_->stop_requested, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0) {
  }
  signalfd_siginfo taken;  // a signal that is left pending would end the process when the mask is put back
  if ((watched[0].revents & POLLIN) != 0 && read(signal_fd, &taken, sizeof taken) < 0) taken = {};
  ::close(signal_fd);
  stop();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Server::stop(std::chrono::milliseconds deadline) {
  const std::uint64_t one = 1;
  if (write(state_->stop_requested, &one, sizeof one) < 0) return;
  state_->transport.stop(deadline);
}

void Server::post(std::function<void()> task) {
  state_->worker_shard().post([task = std::move(task)] { api::call_guarded("posted task", task); });
}

void Server::post_after(std::chrono::milliseconds delay, std::function<void()> task) {
  Shard& shard = state_->worker_shard();
  auto guarded = [task = std::move(task)] { api::call_guarded("posted task", task); };
  if (shard.is_current()) return state_->run_after(shard, delay, std::move(guarded));
  shard.post([this, &shard, delay, guarded = std::move(guarded)]() mutable {
    state_->run_after(shard, delay, std::move(guarded));
  });
}

std::uint32_t Server::workers() const noexcept { return state_->transport.workers(); }

Server::Counts Server::counts() const {
  Counts total{};
  for (std::uint32_t worker = 0; worker < workers(); ++worker) {
    const socketio::Stats& stats = state_->transport.io().hub(worker).stats();
    total.sockets += static_cast<std::uint64_t>(stats.sockets.value());
    total.connections += state_->transport.engineio(worker).stats().sessions_open.get();
    total.events_received += stats.events_received.value();
    total.packets_sent += stats.packets_sent.value();
    total.volatile_dropped += stats.volatile_dropped.value();
    total.slow_consumers += stats.slow_consumers.value();
    total.handler_errors += stats.handler_errors.value();
  }
  return total;
}

}  // namespace tutti
