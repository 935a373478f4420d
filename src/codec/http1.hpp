// codec/http1.hpp: HTTP/1.1 requests out of bytes, heads of answers into bytes. Pure: no I/O, no clock.
//
// Source: RFC 9112 (messages), RFC 9110 (semantics). HTTP/1.0 requests are read too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace tutti::codec {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// What is wrong with a request. After any of these the connection cannot be read further: answer, then close.
//   bad_request           malformed, or framed in a way that two servers could read differently (Content-Length beside
//                         Transfer-Encoding, two lengths, no or two Host fields in HTTP/1.1)
//   head_too_large        request line and fields above head_bytes_max or more than fields_max fields
//   body_too_large        body above the limit given for this request; found before memory is taken
//   unsupported_version   not HTTP/1.0 or HTTP/1.1
//   unsupported_encoding  a Transfer-Encoding other than "chunked"
//   unsupported_expect    an Expect other than "100-continue"
enum class Http1Error : std::uint8_t {
  bad_request,
  head_too_large,
  body_too_large,
  unsupported_version,
  unsupported_encoding,
  unsupported_expect,
};
std::string_view to_string(Http1Error error);
// The status to answer with: 400, 431, 413, 505, 501, 417.
unsigned status_of(Http1Error error) noexcept;

struct Http1Request {
  std::string method;
  std::string target;                           // as sent: path and query
  unsigned minor_version = 1;                   // 0 or 1
  HttpHeaders headers;                          // names in lower case; repeated ones joined with ", " (cookie: "; ")
  bool keep_alive = true;                       // the client would send more on this connection
  bool upgrade = false;                         // Connection has "upgrade" and there is an Upgrade field
  bool expects_continue = false;                // and has a body: answer kHttpContinue before it is sent
  std::optional<std::uint64_t> content_length;  // nullopt: chunked. 0 where there is no body
  std::string body;                             // complete after Event::message

  // The value of a header (name in lower case), "" if absent.
  std::string_view header(std::string_view name) const noexcept;
};

struct Http1Limits {
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t fields_max = 100;
};

// Reads the requests of one connection from bytes in any pieces. Small while no request is under way.
//
//   const auto step = parser.feed(bytes);          // error: answer status_of(error), close
//   bytes.remove_prefix(step->consumed);
//   need_more  all of `bytes` was taken; feed what comes next
//   head       the head is whole: look at request(), call limit_body(), send kHttpContinue if asked, feed on
//              (with empty bytes too: a request without a body is a `message` at the next feed)
//   message    body is whole too: take request(), call next(), feed the leftover (pipelined requests)
// After the `message` of a request with `upgrade` the leftover may belong to the other protocol. Trailer fields of a
// chunked body are dropped. Empty lines before a request line are skipped.
class Http1Parser {
 public:
  enum class Event : std::uint8_t { need_more, head, message };
  struct Step {
    std::size_t consumed;
    Event event;
  };
  explicit Http1Parser(Http1Limits limits = {});
  ~Http1Parser();
  Http1Parser(Http1Parser&&) noexcept;
  Http1Parser& operator=(Http1Parser&&) noexcept;

  Result<Step, Http1Error> feed(std::string_view bytes);
  // The largest body of this request, in bytes. Without a call: 0.
  void limit_body(std::size_t bytes_max) noexcept;
  // Valid from Event::head to next(); may be moved from after Event::message.
  Http1Request& request() noexcept;
  void next() noexcept;
  // No byte of a request has come since the last next(): the connection may be closed without loss.
  bool idle() const noexcept;

 private:
  struct Reading;
  std::unique_ptr<Reading> reading_;  // null while idle
  Http1Limits limits_;
};

constexpr std::string_view kHttpContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// "OK", "Not Found", …; "" for a status without a name here.
std::string_view reason_phrase(unsigned status) noexcept;
// "Sun, 06 Nov 1994 08:49:37 GMT" for seconds since 1970.
std::string http_date(std::int64_t unix_seconds);

// Appends "HTTP/1.1 <status> <reason>\r\n".
void append_status_line(std::string& out, unsigned status);
// Appends "<name>: <value>\r\n"; control characters in either (response splitting) become spaces.
void append_header(std::string& out, std::string_view name, std::string_view value);
void append_headers(std::string& out, std::span<const std::pair<std::string, std::string>> headers);
// One chunk of a chunked body (nothing for empty bytes), and its end.
void append_chunk(std::string& out, std::string_view bytes);
void append_last_chunk(std::string& out);

}  // namespace tutti::codec
