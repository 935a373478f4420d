// net/http_connection.hpp: the HTTP/1.1 server on one connection: one request at a time, the answer whenever it comes,
// then the next request.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/scheduler.hpp"
#include "codec/http1.hpp"
#include "net/http.hpp"
#include "net/http_server.hpp"

namespace tutti::net {

// What an HttpExchange refers to.
class HttpExchange::Target {
 public:
  virtual ~Target() = default;
  virtual void read_body(std::size_t bytes_max, OnBody on_body) = 0;
  virtual void respond(HttpResponse response) = 0;
  virtual void on_abort(Task task) = 0;
  virtual void destroy() = 0;
  virtual std::optional<UpgradedStream> take_stream() = 0;
  virtual void hand_over(HttpServer& other, HttpRequest request) = 0;
};

// A connection on its way to another shard, with the request that moves it.
struct HttpTransfer {
  std::unique_ptr<DetachedStream> stream;
  codec::Http1Parser parser;
  std::string input;
  PeerAddress peer;
  HttpRequest request;
};

// Owner: HttpServer, until the connection ends or leaves HTTP. Bytes that come while a request is being answered are
// kept (up to a limit, then reading pauses): that the client goes away is noticed meanwhile.
class HttpConnection final : public HttpExchange::Target,
                             public std::enable_shared_from_this<HttpConnection>,
                             private StreamHandler,
                             private Timer {
 public:
  explicit HttpConnection(HttpServer& server);
  ~HttpConnection() override;

  void start(Stream& stream);
  void resume(std::unique_ptr<HttpTransfer> transfer);
  // Closes when no request is under way.
  void drain();

 private:
  friend class HttpServer;
  enum class Phase : std::uint8_t {
    head,       // reading the head of a request, or waiting for one
    answering,  // the head was handed to the handler; the body is not being read
    body,       // reading the body for the handler
    skip,       // answered; reading past a body that nobody wants
    gone,
  };

  // StreamHandler, Timer
  void on_data(char* bytes, std::size_t size) override;
  void on_drain() override {}
  void on_close(bool clean) override;
  void on_timer() override;

  // HttpExchange::Target
  void read_body(std::size_t bytes_max, HttpExchange::OnBody on_body) override;
  void respond(HttpResponse response) override;
  void on_abort(Task task) override;
  void destroy() override;
  std::optional<UpgradedStream> take_stream() override;
  void hand_over(HttpServer& other, HttpRequest request) override;

  void process();
  bool step();
  bool parse();
  bool skip();
  void dispatch(HttpRequest request);
  void give_body(std::optional<std::string> body);
  void fail(codec::Http1Error error);
  void reject(unsigned status);
  void next_request();
  void write_answer(const HttpResponse& response, bool keep_alive);
  HttpRequest take_head();
  std::string take_input();
  void abort_request();
  void close();
  void leave();

  HttpServer& server_;
  Stream* stream_ = nullptr;
  codec::Http1Parser parser_;
  std::string input_;        // not parsed yet, kept between calls of process()
  std::string_view unread_;  // the same during process(): in the shard's read buffer or in input_
  PeerAddress peer_;
  HttpExchange::OnBody on_body_;
  Task on_abort_;
  std::size_t skip_left_ = 0;
  Phase phase_ = Phase::head;
  bool body_read_ = false;   // the parser is at the end of the request
  bool head_only_ = false;   // a HEAD request: the answer has no body
  bool keep_alive_ = false;  // the client would go on after this request, and so would we
  bool processing_ = false;
};

}  // namespace tutti::net
