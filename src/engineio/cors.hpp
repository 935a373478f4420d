// engineio/cors.hpp: which web pages may use the server: the fields of the answers (Fetch standard, as the npm package
// "cors" that Node's server uses) and the check of Origin on a WebSocket. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engineio/options.hpp"
#include "net/http.hpp"

namespace tutti::engineio {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Whether the list names the origin: exactly, by "*", or by a pattern ("https://*.example.com": one or more labels).
bool origin_allowed(const CorsOptions& options, std::string_view origin) noexcept;
// True without an Origin (no browser, or a plain navigation) and where the Origin's host and port are those of the
// Host field. The scheme is not compared: a proxy may end TLS in front of us.
bool is_same_origin(const net::HttpRequest& request) noexcept;
// The fields of every answer to this request; none if CORS is off.
Fields cors_fields(const CorsOptions& options, const net::HttpRequest& request);
// The answer to a preflight (OPTIONS). Only if CORS is on.
net::HttpResponse preflight_response(const CorsOptions& options, const net::HttpRequest& request);

}  // namespace tutti::engineio
