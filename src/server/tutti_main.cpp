// The program `tutti`.
#include <exception>
#include <iostream>

#include "server/bench_command.hpp"
#include "server/commands.hpp"

namespace {

int run(int argc, const char* const* argv) {
  using namespace tutti::server;
  const ParsedCommandLine parsed = parse_command_line(argc, argv);
  if (!parsed.command_line) return parsed.exit_code;
  const CommandLine& command_line = *parsed.command_line;
  if (command_line.command == Command::bench) return run_bench(command_line.bench);
  const auto configuration = load_configuration(command_line.sources);
  if (!configuration) {
    std::cerr << "tutti: " << configuration.error().message << "\n";
    return 2;
  }
  switch (command_line.command) {
    case Command::serve:
      return run_serve(configuration->settings);
    case Command::token:
      return run_token(configuration->settings, command_line.token);
    case Command::config:
      return run_config(*configuration, command_line.config_output);
    case Command::bench:
      break;
  }
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "tutti: " << error.what() << "\n";
    return 1;
  }
}
