// presence/rooms.hpp: the rooms that one shard owns: who is in them, and who is told.
//
// Rooms are spread over the shards by hash of their names. Messages to a room (`room:emit`) do not come here: they go
// through Socket.IO's rooms, so that other servers' members get them too.
//
// Owner: the service of one shard; runs there.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "presence/announcer.hpp"

namespace tutti::presence {

class RoomSink : public AnnouncementSink {
 public:
  virtual void room_joined(const ReplyTo& to, const std::vector<Member>& users, std::size_t count) = 0;
  virtual void room_left(const ReplyTo& to) = 0;
};

class Rooms {
 public:
  Rooms(Scheduler& scheduler, RoomSink& sink, const AnnouncerOptions& options)
      : scheduler_(scheduler), sink_(sink), options_(options) {}

  // Joining again replaces the profile; nobody is told of it.
  void join(PeerPtr peer, const ReplyTo& to, const std::string& room, StoredJson profile);
  void leave(const ReplyTo& to, const std::string& room);
  void disconnected(Connection connection, const std::string& room);
  std::size_t size() const noexcept { return rooms_.size(); }

 private:
  void remove(Connection connection, const std::string& room);

  Scheduler& scheduler_;
  RoomSink& sink_;
  const AnnouncerOptions options_;
  std::unordered_map<std::string, std::unique_ptr<Announcer>> rooms_;
};

}  // namespace tutti::presence
