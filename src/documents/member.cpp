#include "documents/member.hpp"

namespace tutti::documents {

Member& Members::add(std::unique_ptr<Member> member) {
  Member& added = *member;
  added.position = list_.size();
  by_connection_.emplace(added.connection(), &added);
  list_.push_back(std::move(member));
  return added;
}

std::unique_ptr<Member> Members::remove(Connection connection) {
  const auto found = by_connection_.find(connection);
  if (found == by_connection_.end()) return nullptr;
  const std::size_t position = found->second->position;
  by_connection_.erase(found);
  std::unique_ptr<Member> removed = std::move(list_[position]);
  if (position + 1 != list_.size()) {
    list_[position] = std::move(list_.back());
    list_[position]->position = position;
  }
  list_.pop_back();
  return removed;
}

Member* Members::find(Connection connection) noexcept {
  const auto found = by_connection_.find(connection);
  return found == by_connection_.end() ? nullptr : found->second;
}

}  // namespace tutti::documents
