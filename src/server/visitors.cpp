#include "server/visitors.hpp"

namespace tutti::server {

void Visitors::add(std::string socket_id, IdentityPtr identity) {
  Stripe& stripe = stripe_of(socket_id);
  const std::lock_guard lock(stripe.mutex);
  stripe.identities.insert_or_assign(std::move(socket_id), std::move(identity));
}

void Visitors::remove(std::string_view socket_id) {
  Stripe& stripe = stripe_of(socket_id);
  const std::lock_guard lock(stripe.mutex);
  const auto entry = stripe.identities.find(socket_id);
  if (entry != stripe.identities.end()) stripe.identities.erase(entry);
}

IdentityPtr Visitors::find(std::string_view socket_id) const {
  const Stripe& stripe = stripe_of(socket_id);
  const std::lock_guard lock(stripe.mutex);
  const auto entry = stripe.identities.find(socket_id);
  return entry == stripe.identities.end() ? nullptr : entry->second;
}

std::size_t Visitors::size() const {
  std::size_t total = 0;
  for (const Stripe& stripe : stripes_) {
    const std::lock_guard lock(stripe.mutex);
    total += stripe.identities.size();
  }
  return total;
}

}  // namespace tutti::server
