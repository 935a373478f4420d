// redis/stats.hpp: what the connections to Redis do, counted where it happens. Read from any thread.
#pragma once

#include "net/counter.hpp"

namespace tutti::redis {

struct Stats {
  net::Counter connects;     // times a connection became usable; all but the first are reconnections
  net::Counter disconnects;  // usable connections that were lost
  net::Counter connect_failures;
  net::Counter commands;          // handed over
  net::Counter commands_dropped;  // never sent: queue full, too late, closed
  net::Counter commands_failed;   // answered by an error, timed out or lost with the connection
  net::Counter messages;          // that subscriptions brought
};

}  // namespace tutti::redis
