// net/epoll/connector.hpp: opens TCP connections from a Loop: for clients and for Redis.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/function.hpp"
#include "base/result.hpp"
#include "net/epoll/loop.hpp"
#include "net/stream.hpp"

namespace tutti::net::epoll {

struct ConnectOptions {
  std::string host;
  std::uint16_t port = 0;
  Duration timeout = std::chrono::seconds(10);  // for all addresses of the name together
};

// One attempt to connect. Owned by its user; destroyed: the attempt is given up and the callback never called.
// The callback comes once, in a later turn: the stream (its handler must be set in the callback), or what went wrong.
// Names are looked up on a thread of their own; the addresses are tried in the order given.
class Connector {
 public:
  using OnDone = UniqueFunction<void(Result<Stream*, std::string>)>;
  Connector(Loop& loop, ConnectOptions options, OnDone on_done);
  ~Connector();

 private:
  class Attempt;
  std::shared_ptr<Attempt> attempt_;
};

}  // namespace tutti::net::epoll
