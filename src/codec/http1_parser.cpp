// The only file that knows Boost.Beast: its basic_parser does the grammar, this adds limits and the rules of framing.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/assert.hpp"
#include "codec/http1.hpp"

namespace tutti::codec {
namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using BeastText = boost::beast::string_view;

// The end of a chunked body, "0\r\n\r\n". Beast asserts that it sees as much of it at once.
constexpr std::size_t kLastChunkSize = 5;
constexpr std::size_t kBodyReserveMax = 64 * 1024;

std::string_view view(BeastText text) noexcept { return {text.data(), text.size()}; }

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) noexcept {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

}  // namespace

struct Http1Parser::Reading final : http::basic_parser<true> {
  explicit Reading(const Http1Limits& given) : limits(given) {
    body_limit(boost::none);  // ours is known later
    header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
  }

  Result<Step, Http1Error> feed(std::string_view bytes);
  Result<std::string_view, Http1Error> advance(std::string_view bytes);
  Result<void, Http1Error> check_head();
  Result<void, Http1Error> check_pending(std::size_t size) const;
  Http1Error translate(ErrorCode code) const;

  Http1Limits limits;
  Http1Request request;
  std::string pending;  // bytes taken that are the beginning of a line
  std::size_t head_bytes = 0;
  std::size_t fields = 0;
  std::size_t body_bytes_max = 0;
  std::size_t hosts = 0;
  bool head_given = false;
  std::optional<Http1Error> refused;  // by one of the calls below

 private:
  void refuse(Http1Error error, ErrorCode& code) {
    refused = error;
    code = http::error::bad_value;
  }

  void add_header(std::string name, std::string_view value) {
    for (auto& [known, values] : request.headers) {
      if (known != name) continue;
      values += name == "cookie" ? "; " : ", ";
      values += value;
      return;
    }
    request.headers.emplace_back(std::move(name), value);
  }

  void on_request_impl(http::verb, BeastText method, BeastText target, int version, ErrorCode&) override {
    request.method = view(method);
    request.target = view(target);
    request.minor_version = version == 10 ? 0 : 1;
  }

  void on_field_impl(http::field field, BeastText name, BeastText value, ErrorCode& code) override {
    if (++fields > limits.fields_max) return refuse(Http1Error::head_too_large, code);
    if (head_given) return;  // a trailer
    if (field == http::field::host) ++hosts;
    if (field == http::field::transfer_encoding) {
      if (request.minor_version == 0) return refuse(Http1Error::bad_request, code);
      if (!equals_ignoring_case(view(value), "chunked")) return refuse(Http1Error::unsupported_encoding, code);
    }
    if (field == http::field::expect && request.minor_version > 0) {
      if (!equals_ignoring_case(view(value), "100-continue")) return refuse(Http1Error::unsupported_expect, code);
      request.expects_continue = true;
    }
    add_header(lower(view(name)), view(value));
  }

  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& size, ErrorCode&) override {
    if (size) request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*size, kBodyReserveMax)));
  }
  std::size_t on_body_impl(BeastText bytes, ErrorCode&) override {
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t size, BeastText, ErrorCode& code) override {
    if (size > body_bytes_max - request.body.size()) refuse(Http1Error::body_too_large, code);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText bytes, ErrorCode& code) override {
    return on_body_impl(bytes, code);
  }
  void on_finish_impl(ErrorCode&) override {}

  void on_response_impl(int, BeastText, int, ErrorCode&) override { TUTTI_ASSERT(false); }
};

Http1Error Http1Parser::Reading::translate(ErrorCode code) const {
  if (refused) return *refused;
  if (code == http::error::header_limit) return Http1Error::head_too_large;
  if (code == http::error::bad_version) return Http1Error::unsupported_version;
  return Http1Error::bad_request;
}

// One step of Beast over `bytes`: what is left of them. Nothing was taken and nothing is left only if it needs more.
Result<std::string_view, Http1Error> Http1Parser::Reading::advance(std::string_view bytes) {
  if (head_given && chunked() && bytes.size() < kLastChunkSize) {
    pending.assign(bytes);
    return std::string_view{};
  }
  ErrorCode code;
  const std::size_t taken = put(boost::asio::const_buffer(bytes.data(), bytes.size()), code);
  if (!head_given) head_bytes += taken;
  bytes.remove_prefix(taken);
  if (code == http::error::need_more) {
    if (const auto checked = check_pending(bytes.size()); !checked.has_value()) return checked.error();
    pending.assign(bytes);
    return std::string_view{};
  }
  if (code) return translate(code);
  return bytes;
}

Result<void, Http1Error> Http1Parser::Reading::check_pending(std::size_t size) const {
  if (!head_given) {
    if (head_bytes + size > limits.head_bytes_max) return Http1Error::head_too_large;
  } else if (size > limits.head_bytes_max) {  // a chunk's extensions, or trailers
    return Http1Error::bad_request;
  }
  return {};
}

Result<void, Http1Error> Http1Parser::Reading::check_head() {
  if (head_bytes > limits.head_bytes_max) return Http1Error::head_too_large;
  if (hosts > 1 || (hosts == 0 && request.minor_version > 0)) return Http1Error::bad_request;
  request.keep_alive = keep_alive();
  if (!chunked()) request.content_length = content_length().value_or(0);
  const bool has_body = request.content_length != std::uint64_t{0};
  request.expects_continue = request.expects_continue && has_body;
  request.upgrade = basic_parser::upgrade() && !has_body;
  return {};
}

Result<Http1Parser::Step, Http1Error> Http1Parser::Reading::feed(std::string_view bytes) {
  if (head_given && is_done()) return Step{0, Event::message};
  if (head_given && request.content_length.value_or(0) > body_bytes_max) return Http1Error::body_too_large;

  // What was pending stands in front of what comes now.
  std::string joined;
  std::string_view left = bytes;
  if (!pending.empty()) {
    joined = std::move(pending);
    joined += bytes;
    left = joined;
    pending.clear();
  }
  const auto leave = [&](Event event) -> Step {
    // A part of the old bytes that is still to be read stays here.
    if (left.size() > bytes.size()) pending.assign(left.substr(0, left.size() - bytes.size()));
    return {bytes.size() - std::min(left.size(), bytes.size()), event};
  };
  while (!left.empty()) {
    const auto rest = advance(left);
    if (!rest.has_value()) return rest.error();
    left = *rest;
    if (!head_given && is_header_done()) {
      if (const auto checked = check_head(); !checked.has_value()) return checked.error();
      head_given = true;
      fields = 0;
      return leave(Event::head);
    }
    if (head_given && is_done()) return leave(Event::message);
  }
  return Step{bytes.size(), Event::need_more};
}

Http1Parser::Http1Parser(Http1Limits limits) : limits_(limits) {}
Http1Parser::~Http1Parser() = default;
Http1Parser::Http1Parser(Http1Parser&&) noexcept = default;
Http1Parser& Http1Parser::operator=(Http1Parser&&) noexcept = default;

Result<Http1Parser::Step, Http1Error> Http1Parser::feed(std::string_view bytes) {
  std::size_t skipped = 0;
  if (!reading_) {
    while (skipped < bytes.size() && (bytes[skipped] == '\r' || bytes[skipped] == '\n')) ++skipped;
    bytes.remove_prefix(skipped);
    if (bytes.empty()) return Step{skipped, Event::need_more};
    reading_ = std::make_unique<Reading>(limits_);
  }
  auto step = reading_->feed(bytes);
  if (step.has_value()) step->consumed += skipped;
  return step;
}

void Http1Parser::limit_body(std::size_t bytes_max) noexcept {
  TUTTI_ASSERT(reading_ && reading_->head_given);
  reading_->body_bytes_max = bytes_max;
}

Http1Request& Http1Parser::request() noexcept {
  TUTTI_ASSERT(reading_ && reading_->head_given);
  return reading_->request;
}

void Http1Parser::next() noexcept { reading_.reset(); }

bool Http1Parser::idle() const noexcept { return reading_ == nullptr; }

std::string_view Http1Request::header(std::string_view name) const noexcept {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::string_view to_string(Http1Error error) {
  switch (error) {
    case Http1Error::bad_request:
      return "bad request";
    case Http1Error::head_too_large:
      return "request head too large";
    case Http1Error::body_too_large:
      return "request body too large";
    case Http1Error::unsupported_version:
      return "unsupported HTTP version";
    case Http1Error::unsupported_encoding:
      return "unsupported transfer encoding";
    case Http1Error::unsupported_expect:
      return "unsupported expectation";
  }
  return "";
}

unsigned status_of(Http1Error error) noexcept {
  switch (error) {
    case Http1Error::bad_request:
      return 400;
    case Http1Error::head_too_large:
      return 431;
    case Http1Error::body_too_large:
      return 413;
    case Http1Error::unsupported_version:
      return 505;
    case Http1Error::unsupported_encoding:
      return 501;
    case Http1Error::unsupported_expect:
      return 417;
  }
  return 400;
}

}  // namespace tutti::codec
