// net/stats.hpp: what one shard's network does, counted where it happens. Read from any thread.
#pragma once

#include "net/counter.hpp"

namespace tutti::net {

struct Stats {
  Counter connections_open;   // TCP connections now
  Counter connections_total;  // accepted so far
  Counter accept_failures;    // no descriptor or memory left: accepting paused for a moment
  Counter bytes_received;
  Counter bytes_sent;
  Counter sends;          // system calls that wrote
  Counter sends_blocked;  // the peer reads slower than we write
  Counter http_requests;
  Counter http_rejected;  // malformed or over a limit
  Counter http_timeouts;  // head or body took too long
  Counter hand_overs;     // connections that moved to another shard
};

}  // namespace tutti::net
