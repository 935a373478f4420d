#include "server/gatekeeper.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "codec/json.hpp"
#include "documents/identity.hpp"

namespace tutti::server {
namespace {

constexpr int kTooManyRetryMs = 5'000;

static_assert(documents::kAnonymous == auth::kAnonymous);

std::string refusal_data(const GateRefusal& refusal) {
  std::string data;
  codec::JsonWriter json(data);
  json.begin_object(refusal.retry_after_ms > 0 ? 3 : 2);
  json.field("code", refusal.code);
  json.field("message", refusal.message);
  if (refusal.retry_after_ms > 0) json.field("retryAfter", std::int64_t{refusal.retry_after_ms});
  json.end_object();
  return data;
}

// Nothing where auth.token is no text: such a client means to be somebody, and is not let in as nobody.
std::optional<std::string> token_of(const socketio::Peer& peer) {
  codec::Arena arena;
  const codec::Value token = peer.auth(arena)["token"];
  if (token.is_string()) return std::string(token.as_string());
  if (!token.is_undefined() && !token.is_null()) return std::nullopt;
  return std::string(bearer_token(peer.handshake().header("authorization")));
}

}  // namespace

// One socket that was let in; freed with it, and with that its place is free again.
class Gatekeeper::Visit final : public socketio::SlotState {
 public:
  Visit(Visitors& visitors, std::string socket_id, limits::ConnectionCounter::Lease lease)
      : visitors_(visitors), socket_id_(std::move(socket_id)), lease_(std::move(lease)) {}
  ~Visit() override { visitors_.remove(socket_id_); }

  // Disconnects the socket when its token has run out; the client then comes back with a fresh one.
  void end_at(std::int64_t expires_ms, Scheduler& scheduler, Task disconnect) {
    expiry_.emplace(scheduler, std::move(disconnect));
    // A year at most: durations are counted in nanoseconds.
    const auto left = std::clamp<std::int64_t>(expires_ms - scheduler.wall_time_ms(), 0, kTimerMaxMs);
    expiry_->arm(std::chrono::milliseconds(left));
  }

 private:
  static constexpr std::int64_t kTimerMaxMs = std::int64_t{1000} * 60 * 60 * 24 * 365;
  Visitors& visitors_;
  std::string socket_id_;
  limits::ConnectionCounter::Lease lease_;
  std::optional<CallbackTimer> expiry_;
};

Gatekeeper::Gatekeeper(GatekeeperOptions options)
    : options_(std::move(options)), connections_(options_.connections_per_user) {
  if (options_.tokens) verifier_.emplace(*options_.tokens);
}

void Gatekeeper::install(socketio::NativeNamespace& nsp, GateStats& stats) {
  nsp.use([this, &nsp, &stats](socketio::Peer& peer, socketio::Admission admission) {
    admit(peer, std::move(admission), nsp, stats);
  });
}

Result<auth::Identity, GateRefusal> Gatekeeper::identify(std::string_view token, std::int64_t now_ms) const {
  if (verifier_ && !token.empty()) {
    auto identity = verifier_->verify(token, now_ms);
    if (identity) return std::move(*identity);
    return GateRefusal{"unauthenticated", auth::to_string(identity.error())};
  }
  if (options_.anonymous_access == auth::Access::none) return GateRefusal{"unauthenticated", "a token is needed"};
  auth::Identity nobody;
  nobody.user_id = auth::kAnonymous;
  nobody.anonymous = true;
  nobody.documents = auth::DocumentPermissions(options_.anonymous_access);
  return nobody;
}

void Gatekeeper::admit(socketio::Peer& peer, socketio::Admission admission, socketio::NativeNamespace& nsp,
                       GateStats& stats) {
  const auto refuse = [&](const GateRefusal& refusal) {
    log::info("gate.refused",
              {{"code", refusal.code}, {"why", refusal.message}, {"address", peer.handshake().address()}});
    admission.refuse(refusal.code, refusal_data(refusal));
  };
  Scheduler& scheduler = peer.shard().scheduler();
  const auto token = token_of(peer);
  auto identity = token || !verifier_ ? identify(token.value_or(""), scheduler.wall_time_ms())
                                      : GateRefusal{"unauthenticated", "the token is no text"};
  if (!identity) {
    stats.unauthenticated.add();
    return refuse(identity.error());
  }
  std::optional<limits::ConnectionCounter::Lease> lease;
  if (identity->anonymous) {
    lease.emplace();
  } else {
    lease = connections_.acquire(identity->user_id);
  }
  if (!lease) {
    stats.too_many_connections.add();
    return refuse({"too-many-connections", "this user has too many connections", kTooManyRetryMs});
  }
  peer.set_user_id(identity->user_id);
  auto visit = std::make_unique<Visit>(visitors_, std::string(peer.id()), std::move(*lease));
  if (identity->expires_ms) {
    visit->end_at(*identity->expires_ms, scheduler, [&nsp, &stats, id = peer.handle().id] {
      stats.expired.add();
      if (socketio::Peer* expired = nsp.find(id)) expired->disconnect(false);
    });
  }
  visitors_.add(std::string(peer.id()), std::make_shared<const auth::Identity>(std::move(*identity)));
  peer.slot(socketio::Slot::auth) = std::move(visit);
  admission.accept();
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const bool bearer =
      authorization.size() > kScheme.size() &&
      std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                 [](unsigned char a, unsigned char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  return bearer ? authorization.substr(kScheme.size()) : std::string_view();
}

}  // namespace tutti::server
