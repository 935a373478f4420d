// tests/net/epoll_support.hpp: real loops and sockets on the loopback, run by the test: no sleeping.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "net/epoll/connector.hpp"
#include "net/epoll/listener.hpp"
#include "net/epoll/loop.hpp"

namespace tutti::test {

// Runs turns until the condition holds; fails after five seconds.
inline void run_until(net::epoll::Loop& loop, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!done()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing happened";
    loop.turn(std::chrono::milliseconds(50));
  }
}

// Keeps what it hears.
class RecordingHandler final : public net::StreamHandler {
 public:
  void on_data(char* bytes, std::size_t size) override {
    received.append(bytes, size);
    ++reads;
    if (on_bytes) on_bytes();
  }
  void on_drain() override { ++drains; }
  void on_close(bool clean) override {
    closed = true;
    closed_clean = clean;
    stream = nullptr;
  }

  net::Stream* stream = nullptr;
  std::string received;
  int reads = 0;
  int drains = 0;
  bool closed = false;
  bool closed_clean = false;
  std::function<void()> on_bytes;
};

// A connection over the loopback, both ends on one loop.
class Pair {
 public:
  explicit Pair(net::epoll::Loop& loop) : loop_(loop) {
    auto socket = net::epoll::ListenSocket::open({});
    EXPECT_TRUE(socket.has_value());
    net::epoll::Listener listener(loop, std::move(*socket), [this](net::Stream& stream) { take(server, stream); });
    net::epoll::Connector connector(loop, {"127.0.0.1", listener.port(), std::chrono::seconds(5)}, [this](auto result) {
      ASSERT_TRUE(result.has_value()) << result.error();
      take(client, **result);
    });
    run_until(loop, [&] { return server.stream && client.stream; });
  }
  ~Pair() {
    if (server.stream) server.stream->abort();
    if (client.stream) client.stream->abort();
    loop_.turn(std::chrono::seconds(0));
  }

  RecordingHandler server;
  RecordingHandler client;

 private:
  static void take(RecordingHandler& handler, net::Stream& stream) {
    handler.stream = &stream;
    stream.set_handler(&handler);
  }
  net::epoll::Loop& loop_;
};

}  // namespace tutti::test
