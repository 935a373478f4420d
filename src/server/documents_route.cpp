#include "server/documents_route.hpp"

#include <charconv>

#include "codec/url.hpp"

namespace tutti::server {
namespace {

constexpr std::string_view kPrefix = "/api/documents";

using Number = std::optional<std::uint64_t>;

// Reads a parameter that may be absent; `valid` turns false for anything but a whole number.
Number number(std::string_view query, std::string_view name, bool& valid) {
  const auto text = codec::query_parameter(query, name);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) valid = false;
  return value;
}

constexpr RouteError kNotFound{404, "no such resource", {}};

std::optional<RouteError> choose(std::string_view method, std::string_view allowed) {
  std::string_view rest = allowed;
  while (!rest.empty()) {
    const auto comma = rest.find(", ");
    if (rest.substr(0, comma) == method) return std::nullopt;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 2);
  }
  return RouteError{405, "method not allowed", allowed};
}

}  // namespace

Result<DocumentsRoute, RouteError> route_of(std::string_view method, std::string_view path, std::string_view query) {
  DocumentsRoute route;
  bool valid = true;
  route.version = number(query, "version", valid);
  route.from = number(query, "from", valid);
  route.to = number(query, "to", valid);
  route.limit = number(query, "limit", valid);
  route.after = codec::query_parameter(query, "after").value_or("");
  if (!valid) return RouteError{400, "version, from, to and limit are whole numbers", {}};

  std::string_view rest = path.substr(kPrefix.size());
  if (rest.empty() || rest == "/") {
    if (const auto error = choose(method, "GET")) return *error;
    return route;
  }
  if (rest.front() != '/') return kNotFound;
  rest.remove_prefix(1);
  const auto slash = rest.find('/');
  route.document = codec::percent_decode(rest.substr(0, slash), false);
  const std::string_view part = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);

  if (slash == std::string_view::npos) {
    if (const auto error = choose(method, "GET, PUT, DELETE")) return *error;
    route.action = method == "GET"   ? DocumentsAction::get
                   : method == "PUT" ? DocumentsAction::put
                                     : DocumentsAction::remove;
    return route;
  }
  if (part == "operations") {
    if (const auto error = choose(method, "POST")) return *error;
    route.action = DocumentsAction::operation;
    return route;
  }
  if (part == "revisions") {
    if (const auto error = choose(method, "GET")) return *error;
    route.action = DocumentsAction::revisions;
    return route;
  }
  return kNotFound;
}

}  // namespace tutti::server
