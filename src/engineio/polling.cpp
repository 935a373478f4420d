#include "engineio/polling.hpp"

#include <algorithm>
#include <cctype>

#include "net/deflate.hpp"

namespace tutti::engineio {

namespace {

constexpr std::string_view kNoop = "6";

net::HttpResponse empty_response(unsigned status, Fields fields) { return {status, std::move(fields), {}, false}; }

net::HttpResponse payload_response(const Payload& payload, Fields fields) {
  net::HttpResponse response{200, std::move(fields), SharedBytes::copy(payload.bytes), false};
  response.headers.emplace_back("Content-Type",
                                payload.binary ? "application/octet-stream" : "text/plain; charset=UTF-8");
  response.headers.emplace_back("cache-control", "no-store");
  return response;
}

// Whether the list accepts the coding: named (or "*") and not with q=0. Lower-case text.
bool accepts(std::string_view list, std::string_view coding) {
  bool any = false;
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const auto semicolon = item.find(';');
    std::string_view name = item.substr(0, semicolon);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    const std::string_view weight = semicolon == std::string_view::npos ? std::string_view{} : item.substr(semicolon);
    const auto q = weight.find("q=");
    const bool refused =
        q != std::string_view::npos && weight.find_first_not_of("0. ", q + 2) == std::string_view::npos;
    if (name == coding) return !refused;
    if (name == "*") any = !refused;
  }
  return any;
}

}  // namespace

PollingTransport::Encoding PollingTransport::choose_encoding(std::string_view accept_encoding) {
  std::string list(accept_encoding);
  std::transform(list.begin(), list.end(), list.begin(), [](unsigned char c) { return std::tolower(c); });
  if (accepts(list, "gzip")) return Encoding::gzip;
  if (accepts(list, "deflate")) return Encoding::deflate;
  return Encoding::identity;
}

void PollingTransport::open(net::HttpExchange exchange, const net::HttpRequest& request, Fields fields,
                            std::vector<QueuedPacket> packets) {
  hold(std::move(exchange), request, std::move(fields));
  answer(encode_payload(packets, form_));
}

void PollingTransport::handle(net::HttpRequest request, net::HttpExchange exchange, Fields fields) {
  if (request.method == "GET") return handle_get(std::move(request), std::move(exchange), std::move(fields));
  if (request.method == "POST") return handle_post(std::move(request), std::move(exchange), std::move(fields));
  exchange.respond(empty_response(500, std::move(fields)));
}

void PollingTransport::handle_get(net::HttpRequest request, net::HttpExchange exchange, Fields fields) {
  if (get_.open()) {
    owner_.on_polling_error("overlap from client");
    return exchange.respond(empty_response(400, std::move(fields)));
  }
  hold(std::move(exchange), request, std::move(fields));
  if (!closing_with_.empty()) {
    if (queue_.empty()) push({nullptr, kNoop});
    push({nullptr, std::exchange(closing_with_, {})});
    flush();
    closed_ = true;
    return owner_.on_polling_drain();
  }
  if (!queue_.empty()) {
    flush();
    owner_.on_polling_drain();
  } else if (upgrading_) {
    push({nullptr, kNoop});
    flush();
  }
}

void PollingTransport::hold(net::HttpExchange exchange, const net::HttpRequest& request, Fields fields) {
  get_ = std::move(exchange);
  get_fields_ = std::move(fields);
  encoding_ = options_.http_compression ? choose_encoding(request.header("accept-encoding")) : Encoding::identity;
  get_.on_abort([this] { owner_.on_polling_error("poll connection closed prematurely"); });
}

void PollingTransport::handle_post(net::HttpRequest request, net::HttpExchange exchange, Fields fields) {
  if (post_.open()) {
    owner_.on_polling_error("data request overlap from client");
    return exchange.respond(empty_response(400, std::move(fields)));
  }
  const bool binary = request.header("content-type") == "application/octet-stream";
  if (binary && form_ == PayloadForm::v4) {
    owner_.on_polling_error("invalid content");
    return exchange.respond(empty_response(400, std::move(fields)));
  }
  post_ = std::move(exchange);
  post_fields_ = std::move(fields);
  post_.on_abort([this] { owner_.on_polling_error("data request connection closed prematurely"); });
  post_.read_body(options_.max_payload,
                  [this, binary](std::optional<std::string> body) { on_body(std::move(body), binary); });
}

void PollingTransport::on_body(std::optional<std::string> body, bool binary) {
  Fields fields = std::move(post_fields_);
  if (!body) return post_.respond(empty_response(413, std::move(fields)));
  post_.on_abort(nullptr);
  dispatching_ = true;
  if (!closed_) owner_.on_payload(*body, binary);
  dispatching_ = false;
  fields.emplace_back("Content-Type", "text/html");
  fields.emplace_back("cache-control", "no-store");
  post_.respond({200, std::move(fields), SharedBytes::copy("ok"), false});
}

void PollingTransport::push(QueuedPacket packet) {
  queued_bytes_ += packet.size();
  queue_.push_back(std::move(packet));
}

void PollingTransport::flush() {
  if (queue_.empty() || !get_.open()) return;
  // With its memory: an idle session keeps none.
  const std::vector<QueuedPacket> packets = std::exchange(queue_, {});
  queued_bytes_ = 0;
  answer(encode_payload(packets, form_));
}

void PollingTransport::answer(Payload payload) {
  Fields fields = std::move(get_fields_);
  if (payload.compress && encoding_ != Encoding::identity &&
      payload.bytes.size() >= options_.http_compression_threshold) {
    const bool gzip = encoding_ == Encoding::gzip;
    fields.emplace_back("Content-Encoding", gzip ? "gzip" : "deflate");
    payload.bytes = net::deflate(payload.bytes, gzip ? net::DeflateFormat::gzip : net::DeflateFormat::zlib);
  }
  get_.respond(payload_response(payload, std::move(fields)));
}

void PollingTransport::begin_upgrade() {
  upgrading_ = true;
  if (!get_.open()) return;
  if (queue_.empty()) push({nullptr, kNoop});
  flush();
}

std::vector<QueuedPacket> PollingTransport::finish_upgrade() {
  closed_ = true;
  if (get_.open()) {
    const QueuedPacket noop{nullptr, kNoop};
    answer(encode_payload({&noop, 1}, form_));
  }
  if (post_.open() && !dispatching_) post_.respond(empty_response(400, std::move(post_fields_)));
  queued_bytes_ = 0;
  return std::exchange(queue_, {});
}

bool PollingTransport::close(std::string_view last, bool linger) {
  if (post_.open() && !dispatching_) post_.destroy();
  if (!get_.open()) {
    if (linger) closing_with_ = last;
    closed_ = true;
    return false;
  }
  push({nullptr, last});
  flush();
  closed_ = true;
  return true;
}

}  // namespace tutti::engineio
