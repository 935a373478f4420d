// auth/identity.hpp: who is at the other end of a connection, as far as it has been proved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/permissions.hpp"

namespace tutti::auth {

// The user id that everybody without a token shares; no token may carry it.
inline constexpr std::string_view kAnonymous = "anonymous";

struct Identity {
  std::string user_id;
  bool anonymous = false;
  DocumentPermissions documents;
  std::optional<std::int64_t> expires_ms;  // ms since 1970; from then on the user is unauthenticated

  bool expired(std::int64_t now_ms) const noexcept { return expires_ms && now_ms >= *expires_ms; }
};

}  // namespace tutti::auth
