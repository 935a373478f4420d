// server/documents_route.hpp: method, path and query of /api/documents… -> what is asked. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tutti::server {

enum class DocumentsAction : std::uint8_t { list, get, put, remove, operation, revisions };

struct DocumentsRoute {
  DocumentsAction action = DocumentsAction::list;
  std::string document;  // decoded
  std::optional<std::uint64_t> version, from, to, limit;
  std::string after;
};

// Why a request is none of these: the status to answer with.
struct RouteError {
  unsigned status;           // 400, 404, 405
  std::string_view message;  // for people
  std::string_view allow;    // with 405: the methods that would do
};

Result<DocumentsRoute, RouteError> route_of(std::string_view method, std::string_view path, std::string_view query);

}  // namespace tutti::server
