// presence/announcer.hpp: one room's members, and what the others are told of who comes and goes.
//
// Up to `users_max` members every join and leave is announced, except to the one it is about. Above it nobody is
// announced (announcing everyone to everyone makes large rooms slow to fill): the members are told the number of users,
// at most once an interval. When the room is back at or below the limit, the first such message holds the whole list,
// and announcements go on after it. So a list and what follows it fit together without a gap.
//
// Owner: a document's session or a room; runs on its shard.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/scheduler.hpp"
#include "presence/roster.hpp"

namespace tutti::presence {

class AnnouncementSink {
 public:
  virtual ~AnnouncementSink() = default;
  virtual void user_joined(std::span<const Connection> to, const std::string& room, const Member& member) = 0;
  virtual void user_left(std::span<const Connection> to, const std::string& room, const Member& member) = 0;
  // `users`: the whole list, or nullptr.
  virtual void user_count(std::span<const Connection> to, const std::string& room, std::size_t count,
                          const std::vector<Member>* users) = 0;
};

struct AnnouncerOptions {
  std::size_t users_max = 100;
  Duration interval = std::chrono::seconds(1);
};

class Announcer {
 public:
  Announcer(Scheduler& scheduler, AnnouncementSink& sink, std::string room, const AnnouncerOptions& options);

  // False: the connection was in already; nobody is told.
  bool join(Member member);
  bool leave(Connection connection);  // false: it was not in
  const Roster& roster() const noexcept { return roster_; }
  std::vector<Member> users() const { return roster_.list(options_.users_max); }

 private:
  bool crowded() const noexcept { return roster_.size() > options_.users_max; }
  void count_changed();
  void tell_count();

  Scheduler& scheduler_;
  AnnouncementSink& sink_;
  const std::string room_;
  const AnnouncerOptions options_;
  Roster roster_;
  bool counting_ = false;  // the room was crowded and its members have not had the whole list since
  TimePoint told_{};       // when the last count went out
  bool told_once_ = false;
  CallbackTimer timer_;
};

}  // namespace tutti::presence
