// server/documents_api.hpp: documents over HTTP: /api/documents… (docs/PROTOCOL.md, "HTTP").
//
// The same tokens (Authorization: Bearer), the same permissions, the same answers as over the socket. A page of a
// foreign origin is refused, as it is on the transport.
#pragma once

#include <cstdint>

#include "documents/service.hpp"
#include "engineio/options.hpp"
#include "net/http.hpp"
#include "server/gatekeeper.hpp"

namespace tutti::server {

// Thread-safe: each call uses the API object of its own worker.
class DocumentsApi {
 public:
  struct Limits {
    std::size_t body_bytes = 1'000'000;          // of an operation
    std::size_t content_bytes = 2 * (16 << 20);  // of a whole document
  };
  DocumentsApi(documents::Service& documents, const Gatekeeper& gatekeeper, const engineio::CorsOptions& cors,
               Limits limits)
      : documents_(documents), gatekeeper_(gatekeeper), cors_(cors), limits_(limits) {}

  // Whether the path is one of ours: "/api/documents" and what is below.
  static bool owns(const net::HttpRequest& request) noexcept;
  // Answers a request that owns() accepted, on the worker that received it.
  void handle(std::uint32_t worker, Scheduler& scheduler, net::HttpRequest request, net::HttpExchange exchange) const;

 private:
  documents::Service& documents_;
  const Gatekeeper& gatekeeper_;
  const engineio::CorsOptions& cors_;
  Limits limits_;
};

}  // namespace tutti::server
