#include "net/http.hpp"

#include <algorithm>

#include "codec/url.hpp"
#include "net/http_connection.hpp"

namespace tutti::net {

std::string_view HttpRequest::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

bool HttpRequest::has_header(std::string_view name) const noexcept {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
}

std::string_view HttpRequest::path() const noexcept { return codec::split_target(target).first; }
std::string_view HttpRequest::query() const noexcept { return codec::split_target(target).second; }

HttpExchange& HttpExchange::operator=(HttpExchange&& other) noexcept {
  if (this != &other) {
    destroy();
    target_ = std::move(other.target_);
  }
  return *this;
}

void HttpExchange::read_body(std::size_t bytes_max, OnBody on_body) {
  if (const auto target = target_.lock()) target->read_body(bytes_max, std::move(on_body));
}

void HttpExchange::respond(HttpResponse response) {
  if (const auto target = std::exchange(target_, {}).lock()) target->respond(std::move(response));
}

void HttpExchange::on_abort(Task task) {
  if (const auto target = target_.lock()) target->on_abort(std::move(task));
}

void HttpExchange::destroy() {
  if (const auto target = std::exchange(target_, {}).lock()) target->destroy();
}

std::optional<UpgradedStream> HttpExchange::take_stream() {
  if (const auto target = std::exchange(target_, {}).lock()) return target->take_stream();
  return std::nullopt;
}

void HttpExchange::hand_over(HttpServer& other, HttpRequest request) {
  if (const auto target = std::exchange(target_, {}).lock()) target->hand_over(other, std::move(request));
}

void read_request(HttpRequest request, HttpExchange exchange, std::size_t body_bytes_max,
                  UniqueFunction<void(HttpRequest, HttpExchange)> next) {
  struct Reading {
    HttpRequest request;
    HttpExchange exchange;
    UniqueFunction<void(HttpRequest, HttpExchange)> next;
  };
  auto reading = std::make_unique<Reading>(Reading{std::move(request), std::move(exchange), std::move(next)});
  HttpExchange& open = reading->exchange;
  open.read_body(body_bytes_max, [reading = std::move(reading)](std::optional<std::string> body) mutable {
    // The callback, which owns `reading`, may be gone before `next` returns.
    const auto own = std::move(reading);
    if (!body) return own->exchange.respond(text_response(413, "text/plain", "Payload Too Large\n"));
    own->request.body = std::move(*body);
    own->next(std::move(own->request), std::move(own->exchange));
  });
}

HttpResponse text_response(unsigned status, std::string_view content_type, std::string_view body) {
  return {status, {{"Content-Type", std::string(content_type)}}, SharedBytes::copy(body), false};
}

}  // namespace tutti::net
