// engineio/options.hpp: the options of an Engine.IO server; names and defaults as in the Node server.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/function.hpp"
#include "base/scheduler.hpp"
#include "net/http.hpp"

namespace tutti::engineio {

// Which web pages may use the server (Fetch standard, CORS). On polling the browser enforces it; on a WebSocket the
// server does: a handshake with a foreign Origin is refused. Requests without Origin (no browser) always pass.
struct CorsOptions {
  // Empty: off (no headers; any Origin may open a WebSocket). Pages of the server itself (Host) always may. {"*"}:
  // anyone. One origin: always that one is named. Several, or a pattern ("https://*.example.com"; * stands for one or
  // more host labels): the request's own Origin is named if it matches.
  std::vector<std::string> origins;
  std::string methods = "GET,HEAD,PUT,PATCH,POST,DELETE";
  std::vector<std::string> allowed_headers;  // empty: those the preflight asks for
  std::vector<std::string> exposed_headers;
  bool credentials = false;
  std::optional<std::chrono::seconds> max_age;
  bool enabled() const noexcept { return !origins.empty(); }
};

// A cookie with the session id on the polling handshake, for sticky load balancers. The server never reads it.
struct CookieOptions {
  std::string name = "io";
  std::string path = "/";  // "": no Path
  bool http_only = true;
  bool secure = false;
  std::string same_site = "Lax";  // "": no SameSite
  std::string domain;
  std::optional<std::chrono::seconds> max_age;
};

// Why a handshake is refused: code 4, status 403 unless said otherwise (503 with retry_after for "too many").
struct Refusal {
  std::string message = "Forbidden";
  unsigned status = 403;
  std::optional<std::chrono::seconds> retry_after;
};
// Give nothing to accept. Call once, on the same shard, now or later; dropped, the connection is cut.
using Decision = UniqueFunction<void(std::optional<Refusal>)>;

struct Options {
  std::string path = "/engine.io/";  // a slash is appended if there is none
  Duration ping_interval = std::chrono::milliseconds(25'000);
  Duration ping_timeout = std::chrono::milliseconds(20'000);
  Duration upgrade_timeout = std::chrono::milliseconds(10'000);
  Duration close_timeout = std::chrono::milliseconds(30'000);  // a closed polling session waits so long for a last GET
  std::size_t max_payload = 1'000'000;                         // bytes of one message or one POST
  bool allow_polling = true;
  bool allow_websocket = true;
  bool allow_upgrades = true;
  bool http_compression = true;                   // polling answers, if the client accepts gzip or deflate
  std::size_t http_compression_threshold = 1024;  // bytes
  bool per_message_deflate = false;               // taken if a WebSocket client offers it; no context is kept
  bool allow_eio3 = false;                        // Engine.IO v3 too: Socket.IO 2 clients
  CorsOptions cors;
  std::optional<CookieOptions> cookie;
  std::string initial_packet;  // a message that follows the open packet; "" for none
  // Asked for each handshake, not for requests of a session. Copied to every shard: must be callable from all of them.
  std::function<void(const net::HttpRequest&, Decision)> allow_request;

  // Limits of one shard; 0: none.
  std::size_t sessions_max = 0;                       // more handshakes are refused with 503
  std::size_t buffered_bytes_max = 64 * 1024 * 1024;  // a session with more waiting to be sent is closed
};

}  // namespace tutti::engineio
