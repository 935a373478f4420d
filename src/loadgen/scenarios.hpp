// loadgen/scenarios.hpp: what the clients do. Servers need the handlers of bench mode: join(room, ack), pub(payload) ->
// msg(payload) to everybody in the room joined last, echo(payload, ack) -> ack(payload).
#pragma once

#include <memory>

#include "loadgen/fleet.hpp"

namespace tutti::loadgen {

// connect: opens `connections` and closes them, again and again. idle: holds them, answers heartbeats.
// echo: each connection one round trip after the other. broadcast: all in one room; `in_flight` messages are published,
// and when everybody has all of them, the next. rooms: each room gets `rate` messages a second from one of its members.
std::unique_ptr<Fleet> make_scenario(net::epoll::Loop& loop, const Options& options);

// Runs one scenario on a loop of its own; returns the report line.
std::string run_scenario(const Options& options);

}  // namespace tutti::loadgen
