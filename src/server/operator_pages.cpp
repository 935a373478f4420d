#include "server/operator_pages.hpp"

#include "codec/json.hpp"

namespace tutti::server {
namespace {

constexpr std::string_view kJson = "application/json; charset=utf-8";
constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

net::HttpResponse uncached(unsigned status, std::string_view type, std::string_view body) {
  net::HttpResponse response = net::text_response(status, type, body);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

std::optional<net::HttpResponse> OperatorPages::answer(const net::HttpRequest& request) const {
  const std::string_view path = request.path();
  const bool known = path == "/healthz" || path == "/readyz" || (registry_ && path == "/metrics");
  if (!known) return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") {
    net::HttpResponse response = uncached(405, kJson, R"({"error":"only GET is answered here"})");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  if (path == "/healthz") return uncached(200, kJson, R"({"status":"alive"})");
  if (path == "/readyz") return ready();
  return uncached(200, kPrometheusText, registry_->text());
}

net::HttpResponse OperatorPages::ready() const {
  const auto reasons = health_.reasons_not_ready();
  if (reasons.empty()) return uncached(200, kJson, R"({"status":"ready"})");
  std::string body;
  codec::JsonWriter json(body);
  json.begin_object(2);
  json.field("status", "not ready");
  json.key("reasons");
  json.begin_array(reasons.size());
  for (const std::string& reason : reasons) json.string(reason);
  json.end_array();
  json.end_object();
  return uncached(503, kJson, body);
}

}  // namespace tutti::server
