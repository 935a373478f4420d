#include "net/http_connection.hpp"

#include <algorithm>
#include <cctype>

namespace tutti::net {

namespace {

bool asks_for_websocket(const codec::Http1Request& request) {
  constexpr std::string_view kWebSocket = "websocket";
  const std::string_view value = request.header("upgrade");
  const auto found = std::search(value.begin(), value.end(), kWebSocket.begin(), kWebSocket.end(),
                                 [](unsigned char a, char b) { return std::tolower(a) == b; });
  return request.upgrade && found != value.end();
}

// Node's slack: a client that trusts "timeout=5" to the last moment must not meet a closed connection.
constexpr std::chrono::seconds kKeepAliveSlack{1};
constexpr std::size_t kSmallBody = 16 * 1024;  // goes out in one piece with the head

}  // namespace

HttpConnection::HttpConnection(HttpServer& server)
    : Timer(server.shard_.scheduler()), server_(server), parser_(server.limits_.head) {}

HttpConnection::~HttpConnection() {
  if (phase_ != Phase::gone) stream_->abort();
}

void HttpConnection::start(Stream& stream) {
  stream_ = &stream;
  stream.set_handler(this);
  arm(server_.limits_.head_timeout);
}

void HttpConnection::resume(std::unique_ptr<HttpTransfer> transfer) {
  stream_ = transfer->stream->attach(server_.shard_, *this);
  if (!stream_) {
    phase_ = Phase::gone;
    return leave();
  }
  parser_ = std::move(transfer->parser);
  input_ = std::move(transfer->input);
  peer_ = std::move(transfer->peer);
  keep_alive_ = parser_.request().keep_alive && !server_.draining_;
  dispatch(std::move(transfer->request));
  process();
}

void HttpConnection::drain() {
  if (phase_ == Phase::head && parser_.idle() && input_.empty()) close();
}

void HttpConnection::on_data(char* bytes, std::size_t size) {
  if (phase_ == Phase::answering || processing_ || !input_.empty()) {
    input_.append(bytes, size);
    if (phase_ == Phase::answering && input_.size() > server_.limits_.pipelined_bytes_max) stream_->pause_reading();
  } else {
    unread_ = {bytes, size};
  }
  process();
}

void HttpConnection::process() {
  if (processing_) return;
  const auto self = shared_from_this();
  const bool from_input = unread_.empty();
  if (from_input) unread_ = input_;
  processing_ = true;
  while (step()) {
  }
  processing_ = false;
  if (phase_ == Phase::gone) return;
  if (from_input) {
    input_.erase(0, input_.size() - unread_.size());
    if (input_.empty()) input_.shrink_to_fit();
  } else {
    input_.assign(unread_);
  }
  unread_ = {};
}

// One event of the parser. False: more bytes or the handler's answer is needed.
bool HttpConnection::step() {
  switch (phase_) {
    case Phase::head:
      if (unread_.empty()) return false;
      if (parser_.idle()) arm(server_.limits_.head_timeout);
      return parse();
    case Phase::body:
      if (!unread_.empty()) arm(server_.limits_.body_timeout);
      return parse();
    case Phase::skip:
      return skip();
    case Phase::answering:
    case Phase::gone:
      return false;
  }
  return false;
}

bool HttpConnection::parse() {
  const auto step = parser_.feed(unread_);
  if (!step.has_value()) {
    fail(step.error());
    return false;
  }
  unread_.remove_prefix(step->consumed);
  switch (step->event) {
    case codec::Http1Parser::Event::need_more:
      return false;
    case codec::Http1Parser::Event::head:
      dispatch(take_head());
      return true;
    case codec::Http1Parser::Event::message:
      body_read_ = true;
      give_body(std::move(parser_.request().body));
      return true;
  }
  return false;
}

bool HttpConnection::skip() {
  const std::size_t size = std::min(skip_left_, unread_.size());
  unread_.remove_prefix(size);
  skip_left_ -= size;
  if (skip_left_ > 0) {
    if (size > 0) arm(server_.limits_.body_timeout);
    return false;
  }
  next_request();
  return true;
}

HttpRequest HttpConnection::take_head() {
  if (peer_.address.empty()) peer_ = stream_->peer();
  codec::Http1Request& head = parser_.request();
  HttpRequest request;
  request.upgrade = asks_for_websocket(head);
  request.method = std::move(head.method);
  request.target = std::move(head.target);
  request.minor_version = head.minor_version;
  request.headers = std::move(head.headers);
  request.peer_address = peer_.address;
  request.peer_port = peer_.port;
  request.secure = stream_->secure();
  keep_alive_ = head.keep_alive && !server_.draining_;
  return request;
}

void HttpConnection::dispatch(HttpRequest request) {
  cancel();
  phase_ = Phase::answering;
  body_read_ = false;
  head_only_ = request.method == "HEAD";
  server_.stats_.http_requests.add();
  server_.handler_.on_request(std::move(request), HttpExchange(weak_from_this()));
}

void HttpConnection::read_body(std::size_t bytes_max, HttpExchange::OnBody on_body) {
  if (phase_ != Phase::answering || body_read_) return;
  on_body_ = std::move(on_body);
  const codec::Http1Request& request = parser_.request();
  if (request.content_length.value_or(0) > bytes_max) return give_body(std::nullopt);
  parser_.limit_body(bytes_max);
  if (request.expects_continue && unread_.empty() && input_.empty()) {
    stream_->write(SharedBytes::copy(codec::kHttpContinue));
  }
  phase_ = Phase::body;
  arm(server_.limits_.body_timeout);
  stream_->resume_reading();
  process();
}

void HttpConnection::give_body(std::optional<std::string> body) {
  cancel();
  phase_ = Phase::answering;
  auto on_body = std::exchange(on_body_, nullptr);
  on_body(std::move(body));
}

void HttpConnection::fail(codec::Http1Error error) {
  server_.stats_.http_rejected.add();
  keep_alive_ = false;
  unread_ = {};
  if (phase_ == Phase::body && error == codec::Http1Error::body_too_large) return give_body(std::nullopt);
  if (phase_ == Phase::body) abort_request();
  reject(codec::status_of(error));
}

// An answer that no handler gives; the connection ends with it.
void HttpConnection::reject(unsigned status) {
  if (phase_ == Phase::gone) return;
  head_only_ = false;
  write_answer({status, {}, {}, true}, false);
  close();
}

void HttpConnection::respond(HttpResponse response) {
  if (phase_ != Phase::answering && phase_ != Phase::body) return;
  const auto self = shared_from_this();
  on_abort_ = nullptr;
  on_body_ = nullptr;
  const auto length = parser_.request().content_length;
  // A client that waits for "100 Continue" may or may not send its body now: nobody can tell what comes next.
  const bool skippable = phase_ == Phase::answering && length && *length <= server_.limits_.skipped_body_bytes_max &&
                         !parser_.request().expects_continue;
  const bool keep_alive = keep_alive_ && !response.close && !server_.draining_ && (body_read_ || skippable);
  write_answer(response, keep_alive);
  if (!keep_alive) return close();
  if (body_read_ || *length == 0) {
    next_request();
  } else {
    phase_ = Phase::skip;
    skip_left_ = static_cast<std::size_t>(*length);
    arm(server_.limits_.body_timeout);
  }
  stream_->resume_reading();
  if (processing_ || input_.empty()) return;
  // Not at once: the next request must not reach a handler that is in the middle of answering this one.
  server_.shard_.defer([weak = weak_from_this()] {
    if (const auto connection = weak.lock()) connection->process();
  });
}

void HttpConnection::next_request() {
  parser_.next();
  phase_ = Phase::head;
  arm(server_.limits_.keep_alive_timeout + kKeepAliveSlack);
}

void HttpConnection::write_answer(const HttpResponse& response, bool keep_alive) {
  const bool bodyless = response.status == 204 || response.status == 304;
  std::string out;
  out.reserve(256 + (response.body.size() <= kSmallBody ? response.body.size() : 0));
  codec::append_status_line(out, response.status);
  codec::append_headers(out, response.headers);
  if (response.status != 304) {
    codec::append_header(out, "Content-Length", bodyless ? "0" : std::to_string(response.body.size()));
  }
  codec::append_header(out, "Date", server_.date());
  if (keep_alive) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(server_.limits_.keep_alive_timeout).count();
    codec::append_header(out, "Connection", "keep-alive");
    codec::append_header(out, "Keep-Alive", "timeout=" + std::to_string(seconds));
  } else {
    codec::append_header(out, "Connection", "close");
  }
  out += "\r\n";
  const bool has_body = !bodyless && !head_only_;
  if (has_body && response.body.size() <= kSmallBody) out += response.body.view();
  stream_->write(SharedBytes::copy(out));
  if (has_body && response.body.size() > kSmallBody) stream_->write(response.body);
}

void HttpConnection::on_abort(Task task) { on_abort_ = std::move(task); }

void HttpConnection::abort_request() {
  on_body_ = nullptr;
  if (on_abort_) std::exchange(on_abort_, nullptr)();
}

void HttpConnection::destroy() {
  if (phase_ == Phase::gone) return;
  phase_ = Phase::gone;
  stream_->abort();
  leave();
}

void HttpConnection::close() {
  if (phase_ == Phase::gone) return;
  phase_ = Phase::gone;
  stream_->close();
  leave();
}

void HttpConnection::on_close(bool) {
  const auto self = shared_from_this();
  phase_ = Phase::gone;
  abort_request();
  leave();
}

void HttpConnection::on_timer() {
  const auto self = shared_from_this();
  if (phase_ == Phase::head && parser_.idle()) return close();
  server_.stats_.http_timeouts.add();
  if (phase_ == Phase::skip) return close();
  abort_request();
  reject(408);
}

std::string HttpConnection::take_input() {
  if (!processing_) return std::move(input_);
  return std::string(std::exchange(unread_, {}));
}

std::optional<UpgradedStream> HttpConnection::take_stream() {
  if (phase_ != Phase::answering) return std::nullopt;
  phase_ = Phase::gone;
  stream_->resume_reading();
  UpgradedStream taken{stream_, take_input()};
  leave();
  return taken;
}

void HttpConnection::hand_over(HttpServer& other, HttpRequest request) {
  if (phase_ != Phase::answering || body_read_) return;
  phase_ = Phase::gone;
  stream_->resume_reading();
  auto transfer = std::make_unique<HttpTransfer>();
  transfer->stream = stream_->detach();
  transfer->input = take_input();
  transfer->parser = std::move(parser_);
  transfer->peer = std::move(peer_);
  transfer->request = std::move(request);
  if (transfer->stream) {
    server_.stats_.hand_overs.add();
    other.shard().post([&other, transfer = std::move(transfer)]() mutable { other.take_over(std::move(transfer)); });
  }
  leave();
}

// The server lets go of this object: it is deleted when the last call in progress returns.
void HttpConnection::leave() {
  cancel();
  on_abort_ = nullptr;
  on_body_ = nullptr;
  server_.connections_.erase(shared_from_this());
}

}  // namespace tutti::net
