// engineio/stats.hpp: what one shard's sessions do, counted where it happens. Read from any thread.
#pragma once

#include <array>
#include <cstddef>

#include "engineio/session.hpp"
#include "net/counter.hpp"

namespace tutti::engineio {

struct Stats {
  net::Counter sessions_open;
  net::Counter sessions_websocket;  // of the open ones
  net::Counter sessions_total;
  net::Counter upgrades;         // polling -> WebSocket, finished
  net::Counter upgrades_failed;  // probing sockets that were closed
  net::Counter messages_received;
  net::Counter messages_sent;  // one a recipient
  net::Counter pings_sent;
  net::Counter volatile_dropped;
  net::Counter buffer_overflows;                   // sessions closed at buffered_bytes_max
  std::array<net::Counter, kCloseReasons> closed;  // by CloseReason
  std::array<net::Counter, 6> refused;             // handshakes and requests, by error code
};

}  // namespace tutti::engineio
