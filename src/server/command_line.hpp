// server/command_line.hpp: `tutti COMMAND --flags` -> what to do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "auth/permissions.hpp"
#include "loadgen/options.hpp"
#include "server/configuration.hpp"

namespace tutti::server {

enum class Command : std::uint8_t { serve, token, config, bench };

struct TokenArguments {
  std::string user;
  std::int64_t lifetime_s = 3600;
  std::vector<auth::DocumentRule> documents;
};

enum class ConfigOutput : std::uint8_t { effective, check, defaults, markdown };

struct CommandLine {
  Command command = Command::serve;
  Sources sources;
  TokenArguments token;
  ConfigOutput config_output = ConfigOutput::effective;
  loadgen::Options bench;
};

// Either a command, or the program's exit code: help and version were printed (0), or an error was (2).
struct ParsedCommandLine {
  std::optional<CommandLine> command_line;
  int exit_code = 0;
};
ParsedCommandLine parse_command_line(int argc, const char* const* argv);

// "90s", "15m", "1h", "30d", "0" (never) -> seconds.
std::optional<std::int64_t> parse_lifetime(std::string_view text);
// "team-*=write" -> a rule; the last '=' separates.
std::optional<auth::DocumentRule> parse_rule(std::string_view text);

}  // namespace tutti::server
