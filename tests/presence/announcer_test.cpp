#include "presence/announcer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/manual_scheduler.hpp"

namespace tutti::presence {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AnnouncerTest : public ::testing::Test, public AnnouncementSink {
 protected:
  void user_joined(std::span<const Connection> to, const std::string&, const Member& member) override {
    for (const Connection it : to) told[it].push_back("joined " + member.peer->socket_id);
  }
  void user_left(std::span<const Connection> to, const std::string&, const Member& member) override {
    for (const Connection it : to) told[it].push_back("left " + member.peer->socket_id);
  }
  void user_count(std::span<const Connection> to, const std::string&, std::size_t count,
                  const std::vector<Member>* users) override {
    for (const Connection it : to) {
      told[it].push_back(std::to_string(count) + (users ? " with " + std::to_string(users->size()) : ""));
    }
  }
  static Member member(Connection connection, std::string user, bool anonymous = false) {
    return {
        std::make_shared<const Peer>(Peer{connection, "s" + std::to_string(connection), std::move(user), anonymous}),
        {}};
  }
  std::vector<std::string> take(Connection connection) { return std::exchange(told[connection], {}); }

  std::map<Connection, std::vector<std::string>> told;
  ManualScheduler clock;
  Announcer room{clock, *this, "room", {.users_max = 2, .interval = std::chrono::seconds(1)}};
};

TEST_F(AnnouncerTest, TellsTheOthersWhoComesAndGoes) {
  room.join(member(1, "ann"));
  room.join(member(2, "bob"));
  EXPECT_THAT(take(1), ElementsAre("joined s2"));
  EXPECT_THAT(take(2), IsEmpty());
  room.leave(2);
  EXPECT_THAT(take(1), ElementsAre("left s2"));
  EXPECT_FALSE(room.leave(2));
}

TEST_F(AnnouncerTest, CountsUsersAndEachAnonymousConnection) {
  room.join(member(1, "ann"));
  room.join(member(2, "ann"));
  EXPECT_EQ(room.roster().user_count(), 1u);
  room.join(member(3, "anonymous", true));
  room.join(member(4, "anonymous", true));
  EXPECT_EQ(room.roster().user_count(), 3u);
  room.leave(1);
  EXPECT_EQ(room.roster().user_count(), 3u);
}

TEST_F(AnnouncerTest, TellsACrowdOnlyTheCountAtMostOnceASecond) {
  room.join(member(1, "ann"));
  room.join(member(2, "bob"));
  take(1);
  room.join(member(3, "eve"));
  room.join(member(4, "dan"));
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_THAT(take(1), ElementsAre("4"));
  room.leave(4);
  clock.advance(std::chrono::milliseconds(500));
  EXPECT_THAT(take(1), IsEmpty());
  clock.advance(std::chrono::milliseconds(500));
  EXPECT_THAT(take(1), ElementsAre("3"));
}

TEST_F(AnnouncerTest, GivesTheWholeListWhenTheCrowdHasGone) {
  for (Connection it = 1; it <= 3; ++it) room.join(member(it, "u" + std::to_string(it)));
  clock.advance(std::chrono::seconds(2));
  take(1);
  room.leave(3);
  clock.advance(std::chrono::seconds(2));
  EXPECT_THAT(take(1), ElementsAre("2 with 2"));
  room.leave(2);
  EXPECT_THAT(take(1), ElementsAre("left s2"));
}

}  // namespace
}  // namespace tutti::presence
