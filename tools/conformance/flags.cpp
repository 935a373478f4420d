#include "flags.hpp"

#include <sstream>
#include <vector>

namespace conformance {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (;;) {
    const std::size_t to = text.find(separator, from);
    parts.push_back(text.substr(from, to - from));
    if (to == std::string::npos) return parts;
    from = to + separator.size();
  }
}

// "io", or with attributes of one's own: "sticky; Max-Age=86400; Path=/x; Secure; SameSite=Strict".
tutti::Cookie parse_cookie(const std::string& text) {
  tutti::Cookie cookie;
  const auto parts = split(text, "; ");
  cookie.name = parts.front();
  if (parts.size() == 1) return cookie;
  cookie.http_only = false;
  cookie.path.clear();
  cookie.same_site.clear();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto pair = split(parts[i], "=");
    if (pair[0] == "Secure") cookie.secure = true;
    if (pair[0] == "HttpOnly") cookie.http_only = true;
    if (pair.size() < 2) continue;
    if (pair[0] == "Path") cookie.path = pair[1];
    if (pair[0] == "SameSite") cookie.same_site = pair[1];
    if (pair[0] == "Max-Age") cookie.max_age = std::chrono::seconds(std::stol(pair[1]));
  }
  return cookie;
}

tutti::Cors parse_cors(const std::string& origin) {
  tutti::Cors cors;
  if (origin.empty()) return cors;
  cors.origins = {origin};
  if (origin == "*") return cors;
  cors.credentials = true;
  cors.methods = "GET,POST";
  return cors;
}

}  // namespace

void apply(const Flags& flags, tutti::Options& options) {
  using std::chrono::milliseconds;
  options.workers = flags.workers;
  if (flags.ping_interval) options.ping_interval = milliseconds(*flags.ping_interval);
  if (flags.ping_timeout) options.ping_timeout = milliseconds(*flags.ping_timeout);
  if (flags.connect_timeout) options.connect_timeout = milliseconds(*flags.connect_timeout);
  if (flags.upgrade_timeout) options.upgrade_timeout = milliseconds(*flags.upgrade_timeout);
  if (flags.cors) options.cors = parse_cors(*flags.cors);
  if (!flags.cookie.empty()) options.cookie = parse_cookie(flags.cookie);
  if (flags.no_upgrades) options.allow_upgrades = false;
  if (flags.recovery) options.recovery.emplace();
  if (flags.allow_eio3) options.allow_eio3 = true;
  if (flags.per_message_deflate) options.per_message_deflate = true;
  if (!flags.redis.empty()) {
    options.redis.emplace();
    options.redis->url = flags.redis;
    options.redis->key = flags.key;
    options.redis->specific_response = flags.specific_response;
    options.redis->requests_timeout = milliseconds(flags.requests_timeout);
  }
  if (!flags.transports.empty()) {
    options.polling = flags.transports.find("polling") != std::string::npos;
    options.websocket = flags.transports.find("websocket") != std::string::npos;
  }
}

}  // namespace conformance
