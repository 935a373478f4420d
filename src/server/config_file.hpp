// server/config_file.hpp: a TOML file as option texts: keys in tables are joined ([auth] key_file = auth_key_file).
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "server/configuration.hpp"

namespace tutti::server {

// File keys -> texts; lists are joined with commas.
Result<std::map<std::string, std::string>, ConfigurationError> read_config_file(const std::string& path);

}  // namespace tutti::server
