// net/http.hpp: one HTTP/1.1 request and its answer, as the layers above see them. No Asio type.
//
// Source: RFC 9110, RFC 9112. The driver (net/http_connection) parses, keeps connections alive, enforces limits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/function.hpp"

namespace tutti::net {

class UpgradedStream;

struct HttpRequest {
  std::string method;
  std::string target;  // as sent: path and query
  unsigned minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string peer_address;  // text of the IP address
  std::uint16_t peer_port = 0;
  bool secure = false;

  // The value of a header (names in lower case), "" if absent. Repeated ones are joined with ", " by the driver.
  std::string_view header(std::string_view name) const noexcept;
  bool has_header(std::string_view name) const noexcept;
  std::string_view path() const noexcept;
  std::string_view query() const noexcept;
};

struct HttpResponse {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Length, Date and Connection are the driver's
  SharedBytes body;
  bool close = false;  // close the connection after this answer
};

// The right to answer one request, once, at any later time, on the shard that received it. Move-only.
// Dropped without an answer: the connection is closed.
class HttpExchange {
 public:
  class Target;  // implemented by the driver
  explicit HttpExchange(std::weak_ptr<Target> target) : target_(std::move(target)) {}
  HttpExchange() = default;

  // False once it was answered or the client has gone.
  bool open() const noexcept;
  void respond(HttpResponse response);
  // Called at most once, when the client goes away before the answer. Not called after respond().
  void on_abort(Task task);
  // Destroys the TCP connection without an answer.
  void destroy();

 private:
  std::weak_ptr<Target> target_;
};

}  // namespace tutti::net
