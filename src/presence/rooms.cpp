#include "presence/rooms.hpp"

namespace tutti::presence {

void Rooms::join(PeerPtr peer, const ReplyTo& to, const std::string& room, StoredJson profile) {
  std::unique_ptr<Announcer>& announcer = rooms_[room];
  if (!announcer) announcer = std::make_unique<Announcer>(scheduler_, sink_, room, options_);
  announcer->join({std::move(peer), std::move(profile)});
  sink_.room_joined(to, announcer->users(), announcer->roster().user_count());
}

void Rooms::leave(const ReplyTo& to, const std::string& room) {
  remove(to.connection, room);
  sink_.room_left(to);
}

void Rooms::disconnected(Connection connection, const std::string& room) { remove(connection, room); }

void Rooms::remove(Connection connection, const std::string& room) {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return;
  found->second->leave(connection);
  if (found->second->roster().size() == 0) rooms_.erase(found);
}

}  // namespace tutti::presence
