#include "server/documents_api.hpp"

#include <memory>

#include "codec/json.hpp"
#include "engineio/cors.hpp"
#include "server/documents_route.hpp"

namespace tutti::server {
namespace {

using documents::ApiAnswer;
using documents::ErrorCode;

constexpr std::string_view kPrefix = "/api/documents";
constexpr std::size_t kListMax = 1000;
constexpr std::string_view kRetryAfterSeconds = "1";

std::string error_body(std::string_view code, std::string_view message) {
  std::string body;
  codec::JsonWriter json(body);
  json.begin_object(2);
  json.field("ok", false);
  json.key("error");
  json.begin_object(2);
  json.field("code", code);
  json.field("message", message);
  json.end_object();
  json.end_object();
  return body;
}

// One request on its way: who asks, and where the answer goes.
struct Call {
  net::HttpExchange exchange;
  engineio::Fields fields;  // CORS

  void respond(unsigned status, std::string_view body) {
    net::HttpResponse response = net::text_response(status, "application/json; charset=utf-8", body);
    response.headers.emplace_back("Cache-Control", "no-store");
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
    for (auto& field : fields) response.headers.push_back(std::move(field));
    exchange.respond(std::move(response));
  }
  void refuse(const RouteError& error) {
    if (!error.allow.empty()) fields.emplace_back("Allow", error.allow);
    respond(error.status, error_body(error.status == 404 ? "not-found" : "invalid-request", error.message));
  }
};

documents::Api::Done answer_to(Call call) {
  return [call = std::move(call)](ApiAnswer answer) mutable {
    call.respond(static_cast<unsigned>(documents::http_status(answer)), answer.body);
  };
}

// What has a body: reads it, and passes on the JSON value.
void with_body(Call call, std::size_t bytes_max, UniqueFunction<void(Call, const codec::Value&)> next) {
  auto shared = std::make_shared<Call>(std::move(call));
  shared->exchange.read_body(bytes_max, [shared, next = std::move(next)](std::optional<std::string> body) mutable {
    if (!body) return shared->respond(413, error_body("too-large", "the body is too large"));
    codec::Arena arena;
    const auto value = codec::parse_json(*body, arena);
    if (!value || !value->is_object()) {
      return shared->respond(400, error_body("invalid-request", "the body is not a JSON object"));
    }
    next(std::move(*shared), *value);
  });
}

}  // namespace

bool DocumentsApi::owns(const net::HttpRequest& request) noexcept {
  const std::string_view path = request.path();
  return path.starts_with(kPrefix) && (path.size() == kPrefix.size() || path[kPrefix.size()] == '/');
}

void DocumentsApi::handle(std::uint32_t worker, Scheduler& scheduler, net::HttpRequest request,
                          net::HttpExchange exchange) const {
  if (request.method == "OPTIONS" && cors_.enabled()) {
    return exchange.respond(engineio::preflight_response(cors_, request));
  }
  Call call{std::move(exchange), engineio::cors_fields(cors_, request)};
  if (!engineio::is_same_origin(request) && !engineio::origin_allowed(cors_, request.header("origin"))) {
    return call.respond(403, error_body("forbidden", "pages of this origin may not use the API"));
  }
  auto route = route_of(request.method, request.path(), request.query());
  if (!route) return call.refuse(route.error());
  auto identity = gatekeeper_.identify(bearer_token(request.header("authorization")), scheduler.wall_time_ms());
  if (!identity) return call.respond(401, error_body(identity.error().code, identity.error().message));

  documents::Api& api = documents_.api(worker);
  documents::Api::Caller caller;
  caller.user_id = identity->user_id;
  caller.credentials = std::make_shared<const auth::Identity>(std::move(*identity));
  switch (route->action) {
    case DocumentsAction::list: {
      const std::size_t limit = std::min<std::uint64_t>(route->limit.value_or(kListMax), kListMax);
      return api.list(caller, std::move(route->after), limit, answer_to(std::move(call)));
    }
    case DocumentsAction::get:
      return api.get(caller, std::move(route->document), route->version, answer_to(std::move(call)));
    case DocumentsAction::remove:
      return api.remove(caller, std::move(route->document), answer_to(std::move(call)));
    case DocumentsAction::revisions:
      return api.revisions(caller, std::move(route->document), route->from, route->to, route->limit,
                           answer_to(std::move(call)));
    case DocumentsAction::put:
      return with_body(std::move(call), limits_.content_bytes,
                       [&api, caller, document = std::move(route->document)](Call ready, const codec::Value& body) {
                         api.put(caller, document, body, answer_to(std::move(ready)));
                       });
    case DocumentsAction::operation:
      return with_body(std::move(call), limits_.body_bytes,
                       [&api, caller, document = std::move(route->document)](Call ready, const codec::Value& body) {
                         api.operation(caller, document, body, answer_to(std::move(ready)));
                       });
  }
}

}  // namespace tutti::server
