// net/epoll/listener.hpp: accepts TCP connections on a Loop.
#pragma once

#include <cstdint>
#include <string>

#include "base/function.hpp"
#include "base/result.hpp"
#include "base/scheduler.hpp"
#include "net/epoll/loop.hpp"
#include "net/stream.hpp"

namespace tutti::net::epoll {

struct ListenOptions {
  std::string host = "127.0.0.1";  // an address, a name, or "" for every address
  std::uint16_t port = 0;          // 0: one that is free
  int backlog = 4096;
  // Whether other sockets may be opened on the same port. Without it a port that another program listens on is an
  // error, with it the system would hand that program a part of the connections.
  bool shared = true;
};

struct ListenerLimits {
  // Open connections of the loop; 0: none. Above it nobody is accepted: clients wait in the backlog. Keep it below the
  // process's limit of descriptors, so that logs and databases can still be opened.
  std::size_t connections_max = 0;
};

// A socket that is bound and listens. Sockets of several workers may be opened on one port (SO_REUSEPORT): the system
// spreads the connections over them.
class ListenSocket {
 public:
  static Result<ListenSocket, std::string> open(const ListenOptions& options);
  ListenSocket(ListenSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ListenSocket& operator=(ListenSocket&&) = delete;
  ~ListenSocket();

  int descriptor() const noexcept { return descriptor_; }
  std::uint16_t port() const;
  std::string address() const;  // "127.0.0.1:3000", "[::1]:3000"

 private:
  explicit ListenSocket(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_;
};

// Owner: the composition of one shard. When the process is out of descriptors or memory it pauses for 100 ms; clients
// wait in the backlog meanwhile.
class Listener final : private Watch, private Timer {
 public:
  // on_stream must set the stream's handler or close it before it returns.
  using OnStream = UniqueFunction<void(Stream&)>;
  Listener(Loop& loop, ListenSocket socket, OnStream on_stream, ListenerLimits limits = {});
  ~Listener() override;

  // Takes what waits in the backlog, then closes the port.
  void close();
  std::uint16_t port() const { return socket_.port(); }

 private:
  static constexpr int kAcceptsATurn = 256;
  static constexpr std::chrono::milliseconds kPause{100};

  void on_ready(std::uint32_t events) override;
  void on_timer() override;
  int accept_some(int limit);
  bool full() const noexcept;

  Loop& loop_;
  ListenerLimits limits_;
  ListenSocket socket_;
  OnStream on_stream_;
  bool closed_ = false;
};

}  // namespace tutti::net::epoll
