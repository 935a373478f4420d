// documents/service.hpp: documents and rooms of one server: spread over its workers by hash, reached by the events of
// the default namespace and by the HTTP API.
//
// Use: construct before the workers run; install() on every worker's default namespace; shut_down(); destroy when the
// workers have ended. A request goes from the worker of its connection to the worker that owns the document, the
// answers come back, both in one post a loop turn.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/shard.hpp"
#include "codec/value.hpp"
#include "documents/access.hpp"
#include "documents/api.hpp"
#include "documents/limits.hpp"
#include "documents/log.hpp"
#include "documents/stats.hpp"
#include "socketio/adapter.hpp"
#include "socketio/native.hpp"

namespace tutti::documents {

class Worker;

struct ServiceOptions {
  Limits limits;
  std::string server_id;                // `serverId` of hello
  std::string server = "tutti/0.1.0";   // `server` of hello: name/version
  const AccessRules* access = nullptr;  // nullptr: everybody may do everything; must outlive the service
  OperationHook* hook = nullptr;        // may be nullptr; must outlive the service
};

class Service {
 public:
  // Makes the log of one worker: each has its own, over one store.
  using MakeLog = std::function<std::unique_ptr<Log>(Shard&)>;

  // The shards must outlive the service and be numbered 0, 1, ...
  Service(ServiceOptions options, std::vector<Shard*> shards, const MakeLog& make_log);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Registers hello, document:* and room:* on the default namespace of that worker. Before the server listens. Messages
  // to rooms go through the adapter.
  void install(std::uint32_t worker, socketio::NativeNamespace& nsp, socketio::Adapter& adapter);

  // The HTTP API; on that worker's thread.
  Api& api(std::uint32_t worker) noexcept;

  // Another server has committed `version` of the document (pub/sub). Thread-safe.
  void news(std::string document, std::string epoch, std::uint64_t version);
  // The access rules have changed: members whose access is gone get document:closed. Thread-safe.
  void recheck_access();

  // Refuses what is new, commits what has arrived; then calls `done` on worker 0, at the latest after the deadline.
  // Thread-safe.
  void shut_down(Duration deadline, Task done);

  // Of one worker; any thread may read it.
  const Stats& stats(std::uint32_t worker) const noexcept;
  const Limits& limits() const noexcept { return options_.limits; }

 private:
  const ServiceOptions options_;
  OpenAccess open_access_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace tutti::documents
