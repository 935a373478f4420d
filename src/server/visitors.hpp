// server/visitors.hpp: the identity behind each connected socket, for whoever asks on any thread.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/identity.hpp"

namespace tutti::server {

using IdentityPtr = std::shared_ptr<const auth::Identity>;

// Thread-safe; split into stripes so that workers seldom meet. Entries are added and removed by the gatekeeper.
class Visitors {
 public:
  void add(std::string socket_id, IdentityPtr identity);
  void remove(std::string_view socket_id);
  // nullptr: not connected.
  IdentityPtr find(std::string_view socket_id) const;
  std::size_t size() const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Stripe {
    mutable std::mutex mutex;
    std::unordered_map<std::string, IdentityPtr, Hash, std::equal_to<>> identities;
  };
  static constexpr std::size_t kStripes = 32;
  Stripe& stripe_of(std::string_view socket_id) const noexcept { return stripes_[Hash{}(socket_id) % kStripes]; }
  mutable std::array<Stripe, kStripes> stripes_;
};

}  // namespace tutti::server
