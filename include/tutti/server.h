// tutti/server.h: a Socket.IO server.
//
//   tutti::Server io;
//   io.on("connection", [](tutti::Socket socket) { socket.join("lobby"); });
//   io.on("message", [&](tutti::json text) { io.to("lobby").emit("message", text); });
//   io.run(3000);
//
// The server itself stands for the namespace "/". Register handlers, then listen(). Exceptions that leave a handler are
// logged and counted; they end nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <string_view>

#include "tutti/namespace.h"
#include "tutti/options.h"

namespace tutti {

class Server : public Namespace {
 public:
  explicit Server(Options options = {});
  ~Server();  // stops at once
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Namespace of(std::string_view name);
  // All namespaces that match; each exists from its first client on. Handlers registered on the result run for all of
  // them, broadcasts go to all of them.
  Namespace of(std::regex pattern);
  Namespace of(std::function<bool(std::string_view name, const json& auth)> predicate);

  // Opens the port (0: any that is free) and starts the workers; returns the port. Throws std::runtime_error if the
  // port cannot be opened.
  std::uint16_t listen(std::uint16_t port, std::string host = "127.0.0.1");
  // listen() and wait until SIGINT or SIGTERM, or stop() from another thread; then stop.
  void run(std::uint16_t port, std::string host = "127.0.0.1");
  // Disconnects everybody ("server shutting down"), waits for what is under way, ends the workers. Not in a handler.
  void stop(std::chrono::milliseconds deadline = std::chrono::seconds(10));

  // Runs it on the calling worker (in a handler), from elsewhere on one of them; at once or after a while. Thread-safe.
  void post(std::function<void()> task);
  void post_after(std::chrono::milliseconds delay, std::function<void()> task);
  std::uint32_t workers() const noexcept;
  struct Counts {
    std::uint64_t sockets, connections, events_received, packets_sent, volatile_dropped, slow_consumers, handler_errors;
  };
  Counts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  explicit Server(std::shared_ptr<State> state);
};

}  // namespace tutti
