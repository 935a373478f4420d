// net/http.hpp: one HTTP/1.1 request and its answer, as the layers above see them.
//
// Source: RFC 9110, RFC 9112. The driver (net/http_connection) parses, keeps connections alive, enforces limits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/function.hpp"
#include "net/stream.hpp"

namespace tutti::net {

class HttpServer;

struct HttpRequest {
  std::string method;
  std::string target;  // as sent: path and query
  unsigned minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // filled by read_request() only
  std::string peer_address;                                  // text of the IP address
  std::uint16_t peer_port = 0;
  bool secure = false;
  bool upgrade = false;  // asks for another protocol on this connection (Connection: upgrade)

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

// A connection that HTTP has let go of: it speaks another protocol now. The taker sets the stream's handler.
struct UpgradedStream {
  Stream* stream;
  std::string leftover;  // bytes that came behind the request: they belong to the other protocol
};

// The right to answer one request, once, at any later time, on the shard that received it. Move-only.
// Dropped without an answer: the connection is cut.
class HttpExchange {
 public:
  class Target;  // implemented by the driver
  // The body, or nothing if it is larger than allowed: then answer 413, the connection is closed after that.
  using OnBody = UniqueFunction<void(std::optional<std::string> body)>;

  HttpExchange() = default;
  explicit HttpExchange(std::weak_ptr<Target> target) : target_(std::move(target)) {}
  HttpExchange(HttpExchange&&) noexcept = default;
  HttpExchange& operator=(HttpExchange&& other) noexcept;
  ~HttpExchange() { destroy(); }

  // False once it was answered, given away, or the client has gone.
  bool open() const noexcept { return !target_.expired(); }
  // Reads the body and calls once, possibly from inside. At most once; not after respond(). Without it the body is
  // read and thrown away, or the connection closed after the answer if it is large.
  void read_body(std::size_t bytes_max, OnBody on_body);
  void respond(HttpResponse response);
  // Called at most once, when the client goes away before the answer (also while the body is read).
  // Not called after respond(). The latest task counts.
  void on_abort(Task task);
  // Cuts the TCP connection without an answer.
  void destroy();
  // For a request with `upgrade`: takes the connection out of HTTP. The taker answers by writing to the stream.
  // nullopt if the client has gone.
  std::optional<UpgradedStream> take_stream();
  // Moves the connection to another shard, whose handler gets the request anew. Before read_body() only.
  void hand_over(HttpServer& other, HttpRequest request);

 private:
  std::weak_ptr<Target> target_;
};

// Who answers the requests of one shard. Called when the head of a request is whole, one request of a connection at
// a time: the next one comes after the answer.
class HttpHandler {
 public:
  virtual void on_request(HttpRequest request, HttpExchange exchange) = 0;

 protected:
  ~HttpHandler() = default;
};

// Reads the body into request.body, then calls `next`; answers 413 by itself if the body is larger.
void read_request(HttpRequest request, HttpExchange exchange, std::size_t body_bytes_max,
                  UniqueFunction<void(HttpRequest, HttpExchange)> next);

// A small answer in one line.
HttpResponse text_response(unsigned status, std::string_view content_type, std::string_view body);

}  // namespace tutti::net
