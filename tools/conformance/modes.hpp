// The servers that the official suites, the captures and the benchmarks expect, one function a mode: each runs until
// SIGINT or SIGTERM.
#pragma once

#include <nlohmann/json.hpp>

#include "flags.hpp"

namespace conformance {

int run_engineio(const Flags& flags);
int run_socketio(const Flags& flags);
int run_client(const Flags& flags);
int run_ws_echo(const Flags& flags);
int run_cluster(const Flags& flags);
int run_bench(const Flags& flags);
int run_scenario(const Flags& flags);
int run_edge_cases(const Flags& flags);
int run_recovery(const Flags& flags);

// Prints one line, the address, when connections are accepted.
void print_ready(const std::string& host, std::uint16_t port);
// Prints one line of JSON; from any thread.
void report(const nlohmann::json& record);
// Blocks until the process is told to end. Call block_signals() before other threads exist.
void block_signals();
void wait_for_signal();

}  // namespace conformance
