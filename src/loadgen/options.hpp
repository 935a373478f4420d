// loadgen/options.hpp: what one run of the load generator does.
#pragma once

#include <cstdint>
#include <string>

#include "loadgen/client.hpp"

namespace tutti::loadgen {

enum class Scenario : std::uint8_t { connect, idle, echo, broadcast, rooms };

struct Options {
  Scenario scenario = Scenario::echo;
  Target target;
  std::size_t connections = 100;
  double seconds = 5;              // measured, after a warm-up of a tenth of it
  std::size_t payload_bytes = 64;  // of the string that is echoed or broadcast, at least 33
  std::size_t in_flight = 1;       // broadcasts published before the first has reached everybody
  std::size_t rooms = 100;         // scenario rooms: connections are spread over so many
  double rate = 1;                 // scenario rooms: messages a second each room
  std::size_t concurrency = 128;   // connections being opened at once
  std::size_t sources = 1;         // local addresses 127.0.0.1 … to connect from
  int server_pid = 0;              // 0: the server's CPU and memory are not measured
};

}  // namespace tutti::loadgen
