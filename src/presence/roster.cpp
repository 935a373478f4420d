#include "presence/roster.hpp"

#include <algorithm>

namespace tutti::presence {

bool Roster::join(Member member) {
  const Connection connection = member.peer->connection;
  for (Entry& entry : members_) {
    if (entry.connection != connection) continue;
    entry.member.profile = std::move(member.profile);
    return false;
  }
  if (member.peer->anonymous) {
    ++anonymous_;
  } else {
    ++users_[member.peer->user_id];
  }
  members_.push_back({connection, std::move(member)});
  return true;
}

bool Roster::leave(Connection connection) {
  const auto entry =
      std::find_if(members_.begin(), members_.end(), [&](const Entry& it) { return it.connection == connection; });
  if (entry == members_.end()) return false;
  const Peer& peer = *entry->member.peer;
  if (peer.anonymous) {
    --anonymous_;
  } else if (const auto user = users_.find(peer.user_id); --user->second == 0) {
    users_.erase(user);
  }
  members_.erase(entry);
  return true;
}

const Member* Roster::find(Connection connection) const noexcept {
  for (const Entry& entry : members_) {
    if (entry.connection == connection) return &entry.member;
  }
  return nullptr;
}

std::vector<Member> Roster::list(std::size_t limit) const {
  std::vector<Member> members;
  members.reserve(std::min(limit, members_.size()));
  for (const Entry& entry : members_) {
    if (members.size() == limit) break;
    members.push_back(entry.member);
  }
  return members;
}

std::vector<Connection> Roster::connections(Connection except) const {
  std::vector<Connection> connections;
  connections.reserve(members_.size());
  for (const Entry& entry : members_) {
    if (entry.connection != except) connections.push_back(entry.connection);
  }
  return connections;
}

}  // namespace tutti::presence
