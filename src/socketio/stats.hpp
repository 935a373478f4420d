// socketio/stats.hpp: what one worker's Socket.IO layer does, counted where it happens. Read from any thread.
#pragma once

#include <array>

#include "metrics/metric.hpp"

namespace tutti::socketio {

constexpr std::size_t kDisconnectReasons = 10;

struct Stats {
  metrics::Gauge sockets;  // connected to a namespace
  metrics::Counter connects;
  metrics::Counter connects_refused;  // by a middleware, or an unknown namespace
  metrics::Counter connects_recovered;
  metrics::Counter connect_timeouts;
  metrics::Counter parse_errors;  // connections closed for what they sent
  metrics::Counter events_received;
  metrics::Counter events_unhandled;  // no handler of that name
  metrics::Counter acks_received;
  metrics::Counter packets_sent;  // one a recipient
  metrics::Counter broadcasts;    // one a worker
  metrics::Counter volatile_dropped;
  metrics::Counter slow_consumers;                               // connections closed above buffered_bytes_max
  metrics::Counter handler_errors;                               // exceptions that left a handler
  metrics::Counter bad_arguments;                                // events whose arguments did not fit their handler
  std::array<metrics::Counter, kDisconnectReasons> disconnects;  // by DisconnectReason
};

}  // namespace tutti::socketio
