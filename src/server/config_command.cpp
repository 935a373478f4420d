#include <iostream>

#include "server/commands.hpp"

namespace tutti::server {
namespace {

void print_effective(const Configuration& configuration) {
  for (const Option& option : option_table()) {
    const auto origin = configuration.origin.find(option.name);
    const std::string shown = option.show(configuration.settings);
    std::cout << option.file_key() << " = \"" << (option.secret && !shown.empty() ? "(hidden)" : shown) << "\""
              << "    # " << (origin == configuration.origin.end() ? "default" : origin->second) << "\n";
  }
}

}  // namespace

int run_config(const Configuration& configuration, ConfigOutput output) {
  switch (output) {
    case ConfigOutput::effective:
      print_effective(configuration);
      break;
    case ConfigOutput::check:
      std::cout << "the configuration is good\n";
      break;
    case ConfigOutput::defaults:
      std::cout << options_as_toml();
      break;
    case ConfigOutput::markdown:
      std::cout << options_as_markdown();
      break;
  }
  return 0;
}

}  // namespace tutti::server
