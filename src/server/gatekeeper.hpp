// server/gatekeeper.hpp: who may join the default namespace: the token is checked, the user's connections are counted.
//
// A client sends its token as `auth.token`, or as the header Authorization: Bearer. A refusal is a connect_error whose
// `data` is {code, message, retryAfter?}; the codes are "unauthenticated" and "too-many-connections".
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "auth/jwt.hpp"
#include "limits/connection_counter.hpp"
#include "metrics/metric.hpp"
#include "server/visitors.hpp"
#include "socketio/native.hpp"

namespace tutti::server {

struct GatekeeperOptions {
  std::optional<auth::JwtOptions> tokens;  // nullopt: tokens are ignored, everybody is anonymous
  auth::Access anonymous_access = auth::Access::write;
  std::uint32_t connections_per_user = 5;  // 0: no limit; anonymous users are not counted
};

// What one worker counts at the gate.
struct GateStats {
  metrics::Counter unauthenticated;
  metrics::Counter too_many_connections;
  metrics::Counter expired;  // disconnected because their token ran out
};

// Why somebody may not come in.
struct GateRefusal {
  std::string_view code;
  std::string_view message;
  int retry_after_ms = 0;  // 0: not told
};

// Shared by all workers; thread-safe, since it only reads its options and the two tables lock themselves.
class Gatekeeper {
 public:
  explicit Gatekeeper(GatekeeperOptions options);

  // Joins the middlewares of one worker's default namespace. The namespace and the stats must outlive its sockets.
  void install(socketio::NativeNamespace& nsp, GateStats& stats);

  // Who holds the token; "" is nobody in particular.
  Result<auth::Identity, GateRefusal> identify(std::string_view token, std::int64_t now_ms) const;

  const Visitors& visitors() const noexcept { return visitors_; }
  const limits::ConnectionCounter& connections() const noexcept { return connections_; }

 private:
  class Visit;
  void admit(socketio::Peer& peer, socketio::Admission admission, socketio::NativeNamespace& nsp, GateStats& stats);

  GatekeeperOptions options_;
  std::optional<auth::JwtVerifier> verifier_;
  limits::ConnectionCounter connections_;
  Visitors visitors_;
};

// The token of an Authorization field; "" if it is of another kind.
std::string_view bearer_token(std::string_view authorization);

}  // namespace tutti::server
