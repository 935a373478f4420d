#include "server/app.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/log.hpp"
#include "base/random.hpp"
#include "documents/service.hpp"
#include "server/access_rules.hpp"
#include "server/auth_setup.hpp"
#include "server/documents_api.hpp"
#include "server/gatekeeper.hpp"
#include "server/health.hpp"
#include "server/metrics_setup.hpp"
#include "server/operator_pages.hpp"
#include "server/socketio_server.hpp"
#include "server/static_files.hpp"
#include "server/store.hpp"
#include "server/version.hpp"
#include "server/wiring.hpp"

namespace tutti::server {
namespace {

// One thread waits until another says so.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void wait(Duration limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

std::string make_server_id(const Settings& settings) {
  if (!settings.server_id.empty()) return settings.server_id;
  SystemRandom random;
  return random_id(random);
}

}  // namespace

// Destroyed from the last to the first: what comes later uses what comes before.
struct App::Parts {
  Parts(const Settings& given, GatekeeperOptions gate)
      : settings(given),
        server_id(make_server_id(given)),
        gatekeeper(std::move(gate)),
        access(gatekeeper.visitors()),
        transport(transport_options(given)),
        gate_stats(transport.workers()),
        pages(health, given.metrics ? &registry : nullptr),
        files(embedded_files()) {}

  void install();
  void add_metrics();
  void answer(std::uint32_t worker, net::HttpRequest request, net::HttpExchange exchange);
  std::vector<Shard*> shards();

  const Settings settings;
  const std::string server_id;
  std::string address;
  Health health;
  Gatekeeper gatekeeper;
  VisitorAccess access;
  std::unique_ptr<Store> store;
  SocketIoServer transport;
  std::unique_ptr<documents::Service> documents;
  std::optional<DocumentsApi> api;
  std::vector<GateStats> gate_stats;  // one a worker
  metrics::Registry registry;
  OperatorPages pages;
  StaticFiles files;
};

std::vector<Shard*> App::Parts::shards() {
  std::vector<Shard*> all;
  for (std::uint32_t worker = 0; worker < transport.workers(); ++worker) all.push_back(&transport.shard(worker));
  return all;
}

void App::Parts::install() {
  documents::ServiceOptions options;
  options.limits = document_limits(settings);
  options.server_id = server_id;
  options.server = std::string("tutti/") + kVersion;
  options.access = &access;
  documents = std::make_unique<documents::Service>(std::move(options), shards(),
                                                   [this](Shard& shard) { return store->make_log(shard); });
  for (std::uint32_t worker = 0; worker < transport.workers(); ++worker) {
    auto& nsp = transport.io().hub(worker).of("/");
    gatekeeper.install(nsp, gate_stats[worker]);
    documents->install(worker, nsp, transport.io().adapter());
  }
  api.emplace(*documents, gatekeeper, transport.engineio(0).options().cors,
              DocumentsApi::Limits{settings.max_payload, 2 * settings.max_document_size});
  transport.on_request([this](std::uint32_t worker, net::HttpRequest request, net::HttpExchange exchange) {
    answer(worker, std::move(request), std::move(exchange));
  });
}

void App::Parts::add_metrics() {
  add_build_info(registry, server_id);
  metrics::add_process_metrics(registry);
  add_transport_metrics(registry, transport);
  for (const GateStats& stats : gate_stats) add_gate_metrics(registry, stats);
  for (std::uint32_t worker = 0; worker < transport.workers(); ++worker) {
    add_document_metrics(registry, documents->stats(worker));
  }
  store->add_metrics(registry);
}

void App::Parts::answer(std::uint32_t worker, net::HttpRequest request, net::HttpExchange exchange) {
  if (request.upgrade) return exchange.respond(net::text_response(400, "text/plain", "no such upgrade\n"));
  if (auto page = pages.answer(request)) return exchange.respond(std::move(*page));
  if (DocumentsApi::owns(request)) {
    return api->handle(worker, transport.shard(worker).scheduler(), std::move(request), std::move(exchange));
  }
  if (settings.web) {
    if (auto file = files.answer(request)) return exchange.respond(std::move(*file));
  }
  exchange.respond(net::text_response(404, "text/plain; charset=utf-8", "not found\n"));
}

Result<std::unique_ptr<App>, StartError> App::start(const Settings& settings) {
  GatekeeperOptions gate;
  gate.anonymous_access = settings.anonymous_access();
  gate.connections_per_user = settings.max_connections_per_user;
  if (settings.authenticates()) {
    auto tokens = jwt_options(settings);
    if (!tokens) return StartError{tokens.error().message};
    gate.tokens = std::move(*tokens);
  }
  auto parts = std::make_unique<Parts>(settings, std::move(gate));
  auto store = Store::open(settings);
  if (!store) return StartError{store.error().message};
  parts->store = std::move(*store);
  parts->health.add_check([store = parts->store.get()] { return store->problem(); });
  parts->install();
  parts->add_metrics();
  const auto address = parts->transport.listen();
  if (!address) return StartError{address.error().message};
  parts->address = address->address;
  parts->health.set_started();
  log::info("server.ready", {{"address", parts->address},
                             {"server_id", parts->server_id},
                             {"workers", parts->transport.workers()},
                             {"data", settings.data},
                             {"version", kVersion}});
  return std::unique_ptr<App>(new App(std::move(parts)));
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() {
  parts_->transport.stop(Duration::zero());
  parts_->documents.reset();
  parts_->store.reset();  // before the workers' loops: its threads still post to them
}

const std::string& App::address() const noexcept { return parts_->address; }

void App::announce_stop() { parts_->health.set_stopping(); }

void App::stop() {
  log::info("server.stopping", {{"timeout_ms", parts_->settings.shutdown_timeout.count()}});
  announce_stop();
  parts_->transport.stop_accepting();
  const auto committed = std::make_shared<Signal>();  // shared: it may be set after we have waited long enough
  parts_->documents->shut_down(parts_->settings.shutdown_timeout, [committed] { committed->set(); });
  committed->wait(parts_->settings.shutdown_timeout + std::chrono::seconds(1));
  parts_->transport.stop(parts_->settings.shutdown_timeout);
  log::info("server.stopped");
}

}  // namespace tutti::server
