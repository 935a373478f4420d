// tutti/options.h: what a server can be told; names and defaults as in the Node server where it has them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti {

struct Cors {
  std::vector<std::string> origins;  // {"*"}, or origins; "https://*.example.com" is a pattern. Empty: off
  bool credentials = false;
  std::string methods = "GET,HEAD,PUT,PATCH,POST,DELETE";
};

struct Cookie {
  std::string name = "io";
  std::string path = "/";
  bool http_only = true;
  bool secure = false;
  std::string same_site = "Lax";
  std::optional<std::chrono::seconds> max_age;
};

struct Recovery {
  std::chrono::milliseconds max_disconnection_duration{120'000};
  bool skip_middlewares = true;
  std::size_t log_bytes_max = 64 * 1024 * 1024;  // kept a namespace for those who may come back
};

// Several servers as one, through a Redis: in one cluster with Node servers that use @socket.io/redis-adapter.
struct Redis {
  std::string url;  // redis://[user:password@]host[:port][/database]
  std::string key = "socket.io";
  std::chrono::milliseconds requests_timeout{5'000};
  bool specific_response = false;  // publishOnSpecificResponseChannel
};

// The HTTP request that opens a session, as allow_request sees it.
class HandshakeRequest {
 public:
  virtual std::string_view target() const = 0;  // path and query
  virtual std::string_view header(std::string_view lower_case_name) const = 0;
  virtual std::string_view address() const = 0;

 protected:
  ~HandshakeRequest() = default;
};
// Call once, now or later, from any thread: nothing to allow, or the message of the refusal.
using AllowDecision = std::function<void(std::optional<std::string> refusal)>;

struct Options {
  std::string path = "/socket.io/";
  std::uint32_t workers = 0;  // threads; 0: one a core
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{10'000};
  std::chrono::milliseconds connect_timeout{45'000};
  std::size_t max_payload = 1'000'000;  // bytes of one message; maxHttpBufferSize
  bool polling = true;
  bool websocket = true;
  bool allow_upgrades = true;
  bool http_compression = true;
  bool per_message_deflate = false;
  bool allow_eio3 = false;  // clients of Socket.IO 2 too
  Cors cors;
  std::optional<Cookie> cookie;
  std::optional<Recovery> recovery;  // connection state recovery
  std::optional<Redis> redis;        // a cluster
  bool cleanup_empty_child_namespaces = false;
  std::function<void(const HandshakeRequest&, AllowDecision)> allow_request;

  // Limits.
  std::size_t max_connections = 0;           // of the server; 0: none
  std::size_t max_buffer = 4 * 1024 * 1024;  // bytes waiting for one client; beyond it is disconnected
  unsigned max_attachments = 10;             // binary parts of one packet
  unsigned max_namespaces = 64;              // of one connection
  std::size_t max_pending_acks = 10'000;     // of one client
};

}  // namespace tutti
