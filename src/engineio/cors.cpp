#include "engineio/cors.hpp"

#include <algorithm>
#include <cctype>

namespace tutti::engineio {

namespace {

bool matches(std::string_view pattern, std::string_view origin) noexcept {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == origin;
  if (pattern == "*") return true;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (origin.size() <= before.size() + after.size() || !origin.starts_with(before) || !origin.ends_with(after)) {
    return false;
  }
  // Host labels only: "https://evil.com/.example.com" or a port must not slip in.
  const std::string_view middle = origin.substr(before.size(), origin.size() - before.size() - after.size());
  return std::all_of(middle.begin(), middle.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '.'; });
}

bool is_any(const CorsOptions& options) {
  return std::find(options.origins.begin(), options.origins.end(), "*") != options.origins.end();
}

bool is_fixed(const CorsOptions& options) {
  return options.origins.size() == 1 && options.origins.front().find('*') == std::string::npos;
}

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ',';
    out += name;
  }
  return out;
}

}  // namespace

bool origin_allowed(const CorsOptions& options, std::string_view origin) noexcept {
  return std::any_of(options.origins.begin(), options.origins.end(),
                     [&](const std::string& pattern) { return matches(pattern, origin); });
}

bool is_same_origin(const net::HttpRequest& request) noexcept {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return true;
  const auto scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null": a sandboxed or local page
  const std::string_view place = origin.substr(scheme + 3);
  const std::string_view host = request.header("host");
  return std::equal(place.begin(), place.end(), host.begin(), host.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

Fields cors_fields(const CorsOptions& options, const net::HttpRequest& request) {
  Fields fields;
  if (!options.enabled()) return fields;
  const std::string_view origin = request.header("origin");
  if (is_any(options)) {
    // With credentials a browser does not take "*": the origin itself is named.
    const bool name_it = options.credentials && !origin.empty();
    fields.emplace_back("Access-Control-Allow-Origin", name_it ? std::string(origin) : "*");
    if (name_it) fields.emplace_back("Vary", "Origin");
  } else if (is_fixed(options)) {
    fields.emplace_back("Access-Control-Allow-Origin", options.origins.front());
    fields.emplace_back("Vary", "Origin");
  } else {
    if (origin_allowed(options, origin)) fields.emplace_back("Access-Control-Allow-Origin", origin);
    fields.emplace_back("Vary", "Origin");
  }
  if (options.credentials) fields.emplace_back("Access-Control-Allow-Credentials", "true");
  if (!options.exposed_headers.empty()) {
    fields.emplace_back("Access-Control-Expose-Headers", join(options.exposed_headers));
  }
  return fields;
}

net::HttpResponse preflight_response(const CorsOptions& options, const net::HttpRequest& request) {
  net::HttpResponse response;
  response.status = 204;
  response.headers = cors_fields(options, request);
  response.headers.emplace_back("Access-Control-Allow-Methods", options.methods);
  std::string allowed = join(options.allowed_headers);
  if (options.allowed_headers.empty()) {
    allowed = request.header("access-control-request-headers");
    const auto vary = std::find_if(response.headers.begin(), response.headers.end(),
                                   [](const auto& field) { return field.first == "Vary"; });
    if (vary == response.headers.end()) {
      response.headers.emplace_back("Vary", "Access-Control-Request-Headers");
    } else {
      vary->second += ", Access-Control-Request-Headers";
    }
  }
  if (!allowed.empty()) response.headers.emplace_back("Access-Control-Allow-Headers", std::move(allowed));
  if (options.max_age)
    response.headers.emplace_back("Access-Control-Max-Age", std::to_string(options.max_age->count()));
  return response;
}

}  // namespace tutti::engineio
