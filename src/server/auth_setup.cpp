#include "server/auth_setup.hpp"

#include <fstream>
#include <iterator>

namespace tutti::server {
namespace {

// The key itself, or what is in the file without its final newline; empty if there is none.
std::string read_key(const Settings& settings) {
  if (settings.auth_key_file.empty()) return settings.auth_key;
  std::ifstream file(settings.auth_key_file, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!key.empty() && key.back() == '\n') key.pop_back();
  return key;
}

}  // namespace

Result<auth::JwtOptions, ConfigurationError> jwt_options(const Settings& settings) {
  std::string key = read_key(settings);
  if (key.empty()) {
    return ConfigurationError{"auth-key-file: " + settings.auth_key_file + " is empty or cannot be read"};
  }
  auth::JwtOptions options;
  options.algorithm = settings.auth_algorithm;
  options.key = std::move(key);
  options.audience = settings.auth_audience;
  options.issuer = settings.auth_issuer;
  options.leeway_s = settings.auth_leeway;
  options.default_access = settings.auth_default_access;
  return options;
}

}  // namespace tutti::server
