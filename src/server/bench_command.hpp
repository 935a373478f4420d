// server/bench_command.hpp: `tutti bench SCENARIO`: the load generator's flags.
#pragma once

#include <string>

#include "loadgen/options.hpp"

namespace CLI {
class App;
}

namespace tutti::server {

void add_bench(CLI::App& command, loadgen::Options& options);
// Runs it and prints the report line; 1 if anything was lost, doubled, out of order or refused.
int run_bench(const loadgen::Options& options);

}  // namespace tutti::server
