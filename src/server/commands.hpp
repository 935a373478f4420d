// server/commands.hpp: what `tutti serve`, `tutti token` and `tutti config` do. Each returns the exit code:
// 0 good, 1 failed, 2 wrong usage or configuration.
#pragma once

#include "server/command_line.hpp"

namespace tutti::server {

int run_serve(const Settings& settings);
int run_token(const Settings& settings, const TokenArguments& arguments);
int run_config(const Configuration& configuration, ConfigOutput output);

}  // namespace tutti::server
