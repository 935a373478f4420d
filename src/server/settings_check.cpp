#include <string>

#include "server/option_table.hpp"

namespace tutti::server {
namespace {

// "https://app.example.com", "http://localhost:5173", "https://*.example.com": scheme and host, no path.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  const auto host = text.substr(scheme + 3);
  return !host.empty() && host.find_first_of("/?#@ ,") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> check_settings(const Settings& settings) {
  for (const std::string& origin : settings.client_url) {
    if (origin != "*" && !is_origin(origin)) {
      return "client-url: '" + origin + "' is not an origin like https://app.example.com (no path, no final slash)";
    }
  }
  if (!settings.redis.empty()) return "redis: this version runs as a single server, clusters are not supported yet";
  if (!settings.auth_key.empty() && !settings.auth_key_file.empty()) {
    return "auth-key and auth-key-file: only one of them can be given";
  }
  if (settings.auth_anonymous != "auto" && !auth::access_from(settings.auth_anonymous)) {
    return "auth-anonymous: '" + settings.auth_anonymous + "' is not one of auto, none, read, write";
  }
  if (settings.anonymous_access() == auth::Access::none && !settings.authenticates()) {
    return "auth-anonymous: without auth-key or auth-key-file nobody could connect";
  }
  if (settings.max_operation_size > settings.max_payload) {
    return "max-operation-size must not be above max-payload, or an operation could never arrive";
  }
  if (settings.data.empty()) return "data: a directory is needed";
  return std::nullopt;
}

}  // namespace tutti::server
