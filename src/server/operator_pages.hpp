// server/operator_pages.hpp: /healthz, /readyz and /metrics.
#pragma once

#include <optional>

#include "metrics/registry.hpp"
#include "net/http.hpp"
#include "server/health.hpp"

namespace tutti::server {

// Used by every worker at once; holds references only.
class OperatorPages {
 public:
  // Without a registry there is no /metrics.
  OperatorPages(const Health& health, const metrics::Registry* registry) : health_(health), registry_(registry) {}

  // The answer, or nothing if the path is another.
  std::optional<net::HttpResponse> answer(const net::HttpRequest& request) const;

 private:
  net::HttpResponse ready() const;

  const Health& health_;
  const metrics::Registry* registry_;
};

}  // namespace tutti::server
