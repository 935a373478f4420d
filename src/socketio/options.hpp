// socketio/options.hpp: the options of a Socket.IO server; names and defaults as in the Node server where it has them.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "base/scheduler.hpp"

namespace tutti::socketio {

// Connection state recovery: a client that comes back in time gets its id, rooms and data again, and what it missed.
struct RecoveryOptions {
  Duration max_disconnection_duration = std::chrono::milliseconds(120'000);
  bool skip_middlewares = true;                  // for a session that is restored
  std::size_t log_bytes_max = 64 * 1024 * 1024;  // a namespace: packets kept for sessions that may come back
  std::size_t sessions_max = 100'000;            // a namespace: disconnected sessions kept; the oldest goes first
};

struct Options {
  Duration connect_timeout = std::chrono::milliseconds(45'000);  // a session without a namespace is closed after it
  bool cleanup_empty_child_namespaces = false;
  std::optional<RecoveryOptions> recovery = {};

  // Limits of what a client may send.
  unsigned attachments_max = 10;                    // binary parts of one packet; above: parse error
  std::size_t packet_bytes_max = 10 * 1024 * 1024;  // a packet and its attachments together
  unsigned depth_max = 128;                         // nesting of arrays and objects
  unsigned namespaces_max = 64;                     // joined by one connection; above: "too many namespaces"

  // Limits of what waits for a client.
  std::size_t buffered_bytes_max = 4 * 1024 * 1024;  // volatile is dropped above it, else the connection is closed
  std::size_t acks_max = 10'000;                     // acknowledgements one socket owes; above: answered with an error
};

}  // namespace tutti::socketio
