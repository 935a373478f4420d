// server/configuration.hpp: settings from tutti.toml, then the environment, then flags; the later wins.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "server/option_table.hpp"

namespace tutti::server {

// What is wrong, in one line for the operator: "tutti.toml: max_payload: 'x' is not a whole number".
struct ConfigurationError {
  std::string message;
};

struct Sources {
  // A file that was named must exist; without a name ./tutti.toml is read if it is there.
  std::optional<std::string> file;
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::map<std::string, std::string> flags;  // option name -> text
};

struct Configuration {
  Settings settings;
  std::map<std::string, std::string> origin;  // option name -> where its value came from; absent: the default
};

Result<Configuration, ConfigurationError> load_configuration(const Sources& sources);

// The environment of this process.
std::optional<std::string> process_environment(const std::string& name);

}  // namespace tutti::server
