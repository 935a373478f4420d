#include "limits/connection_counter.hpp"

#include "base/assert.hpp"

namespace tutti::limits {

std::optional<ConnectionCounter::Lease> ConnectionCounter::acquire(std::string_view user) {
  std::string name(user);
  {
    const std::lock_guard lock(mutex_);
    std::uint32_t& count = counts_[name];
    if (limit_ != 0 && count >= limit_) return std::nullopt;  // count > 0, so the entry is not a stray one
    ++count;
  }
  return Lease(*this, std::move(name));
}

void ConnectionCounter::release(const std::string& user) noexcept {
  const std::lock_guard lock(mutex_);
  const auto entry = counts_.find(user);
  TUTTI_ASSERT(entry != counts_.end() && entry->second > 0);
  if (--entry->second == 0) counts_.erase(entry);
}

std::uint32_t ConnectionCounter::connections_of(std::string_view user) const {
  const std::lock_guard lock(mutex_);
  const auto entry = counts_.find(std::string(user));
  return entry == counts_.end() ? 0 : entry->second;
}

std::size_t ConnectionCounter::users() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace tutti::limits
