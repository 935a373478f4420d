// tests/socketio/world.hpp: a Socket.IO server whose workers, sessions and clock are turned by the test, all on one
// thread. Clients speak in messages of Engine.IO; what they get is kept as text.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/manual_scheduler.hpp"
#include "base/random.hpp"
#include "base/shard.hpp"
#include "engineio/session.hpp"
#include "socketio/hub.hpp"
#include "socketio/server.hpp"

namespace tutti::socketio::test {

class WorldShard final : public Shard {
 public:
  WorldShard(std::uint32_t index, const Shard* const& current, ManualScheduler& clock)
      : index_(index), current_(current), clock_(clock), random_(index + 1) {}
  void post(Task task) override { posted.push_back(std::move(task)); }
  void defer(Task task) override { posted.push_back(std::move(task)); }
  bool is_current() const noexcept override { return current_ == this; }
  Scheduler& scheduler() noexcept override { return clock_; }
  Random& random() noexcept override { return random_; }
  std::uint32_t index() const noexcept override { return index_; }

  std::vector<Task> posted;

 private:
  std::uint32_t index_;
  const Shard* const& current_;
  ManualScheduler& clock_;
  SeededRandom random_;
};

class World;

// One Engine.IO session and the client at its other end.
class Client final : public engineio::Session {
 public:
  Client(World& world, std::uint32_t worker) : world_(world), worker_(worker) {}

  // The client speaks; everything that follows from it happens before this returns.
  void text(std::string_view data);
  void binary(std::string_view data);
  void drop(engineio::CloseReason reason = engineio::CloseReason::transport_close);
  // What it got since the last call; "b:" and the bytes in hexadecimal for binary.
  std::vector<std::string> take();
  // CONNECT to the namespace, which must succeed; sid and pid are kept.
  void connect(std::string_view nsp = "/", std::string_view payload = {});
  bool closed() const { return closed_ || closing_; }
  void finish_closing();
  void drain();

  // engineio::Session
  Shard& shard() noexcept override;
  std::string_view sid() const noexcept override { return "engine-session-id-00"; }
  const engineio::Handshake& handshake() const noexcept override;
  engineio::TransportName transport() const noexcept override { return engineio::TransportName::websocket; }
  bool send(const engineio::OutgoingPtr& message, engineio::SendOptions options) override;
  std::size_t buffered_bytes() const noexcept override { return buffered; }
  bool writable() const noexcept override { return buffered == 0; }
  unsigned protocol() const noexcept override { return protocol_version; }
  void close(engineio::CloseReason reason) override;

  engineio::SessionHandler* handler = nullptr;
  std::string sid_in_namespace, pid;
  unsigned protocol_version = 4;
  std::size_t buffered = 0;
  bool keeps_buffering = false;  // does not read: what is sent stays buffered
  std::vector<engineio::OutgoingPtr> sent;
  std::vector<bool> sent_compressed;
  std::vector<std::pair<std::string, std::string>> headers{{"host", "localhost"}};

 private:
  friend class World;
  World& world_;
  std::uint32_t worker_;
  std::size_t taken_ = 0;
  bool closing_ = false;
  bool closed_ = false;
  engineio::CloseReason close_reason_{};
  std::unique_ptr<engineio::Handshake> handshake_;
};

class World {
 public:
  explicit World(Options options = {}, std::uint32_t workers = 1);
  ~World();

  // Every worker runs what was posted to it, until nothing is left.
  void turn();
  void advance(Duration delay);
  // Runs it as a worker would.
  template <class F>
  void on(std::uint32_t worker, F task) {
    const Shard* const before = std::exchange(current_, shards_[worker].get());
    task();
    current_ = before;
  }
  Client& client(std::uint32_t worker = 0, unsigned protocol = 4);
  Namespace& nsp(std::string_view name = "/", std::uint32_t worker = 0) { return server->hub(worker).of(name); }
  Stats& stats(std::uint32_t worker = 0) { return server->hub(worker).stats(); }
  Socket* socket(std::string_view id, std::uint32_t worker = 0, std::string_view name = "/") {
    return nsp(name, worker).find(id);
  }

  ManualScheduler clock;
  std::unique_ptr<Server> server;

 private:
  friend class Client;
  const Shard* current_ = nullptr;
  std::vector<std::unique_ptr<WorldShard>> shards_;
  std::vector<std::unique_ptr<Client>> clients_;
};

// The messages of an Outgoing as a WebSocket client gets them; text without the Engine.IO digit.
std::vector<std::string> messages_of(const engineio::Outgoing& outgoing);
std::string hex(std::string_view bytes);
std::string unhex(std::string_view digits);

// Writes one value for emit().
inline WriteArguments text_argument(std::string text) {
  return [text = std::move(text)](codec::ValueWriter& writer) { writer.string(text); };
}
inline WriteArguments number_argument(std::int64_t number) {
  return [number](codec::ValueWriter& writer) { writer.integer(number); };
}

}  // namespace tutti::socketio::test
