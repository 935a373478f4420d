// socketio/hub.hpp: all of Socket.IO on one worker: its connections and namespaces.
//
// Owner: socketio::Server. Used on its worker only; before the server starts, by the thread that builds it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/shard.hpp"
#include "engineio/session.hpp"
#include "socketio/namespace.hpp"
#include "socketio/options.hpp"
#include "socketio/packet.hpp"
#include "socketio/stats.hpp"

namespace tutti::socketio {

class Connection;
class Server;

// Whether a namespace that is not declared may come into being; auth is the CONNECT payload. Called on any worker.
using NamespacePredicate = std::function<bool(std::string_view name, const codec::Value& auth)>;

class Hub final : public engineio::SessionAcceptor {
 public:
  Hub(Server& server, Shard& shard);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  engineio::SessionHandler* on_session(engineio::Session& session) override;

  Server& server() noexcept { return server_; }
  Shard& shard() noexcept { return shard_; }
  const Options& options() const noexcept;
  Stats& stats() noexcept { return stats_; }
  PacketReader& reader() noexcept { return reader_; }

  // A declared namespace: made if it is new.
  Namespace& of(std::string_view name);
  // All namespaces whose name the predicate accepts: what is registered there runs for each of them.
  NativeNamespace& of_dynamic(NamespacePredicate predicate);
  // A namespace that exists on this worker.
  Namespace* find(std::string_view name) noexcept;
  // The same, or a child of a dynamic one, made now. nullptr: there is no such namespace.
  Namespace* open(std::string_view name, Form form, std::string_view auth);
  // Removes a child that nobody uses any more, later in this turn.
  void clean_up(Namespace& nsp);

  // A new socket of that namespace, or the one that the client had before (connection state recovery).
  void connect(Connection& connection, Namespace& nsp, const SharedBytes& auth);
  void forget(Connection& connection);
  // Everybody leaves ("server shutting down"), without a packet, and the sessions are closed.
  void shut_down();

  std::uint64_t add(Socket& socket);
  void remove(Socket& socket);
  Socket* find(std::uint64_t handle) noexcept;

 private:
  struct Dynamic;
  struct Place {
    Socket* socket = nullptr;
    std::uint32_t generation = 1;  // so that no handle is 0
  };
  Namespace& create(std::string_view name, std::shared_ptr<NamespaceRecord> record, std::shared_ptr<Handlers> handlers,
                    bool child);

  Server& server_;
  Shard& shard_;
  Stats stats_;
  PacketReader reader_;
  StringMap<std::unique_ptr<Namespace>> namespaces_;
  std::vector<std::unique_ptr<Dynamic>> dynamic_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_places_;
  boost::unordered_flat_set<Connection*> connections_;
};

}  // namespace tutti::socketio
