// Deliveries: batching, lost races, slow members, presence, history, unavailable stores, reloading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.hpp"

namespace tutti::documents::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

using SessionFlush = SessionTest;

TEST_F(SessionFlush, IsAtOnceWhenNothingWasFlushedJustNow) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  clock.advance(Duration::zero());
  clock.advance(Duration::zero());
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["a"] index 0)"));
}

TEST_F(SessionFlush, WaitsLongerTheMoreMembersThereAre) {
  limits.interval_per_member = 1ms;
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  ann.operation(0, 1, R"(["a"])");
  clock.advance(0ms), clock.advance(0ms);
  ann.take();
  ann.operation(1, 2, R"(["b"])");
  clock.advance(1ms), clock.advance(0ms);
  EXPECT_THAT(ann.take(), IsEmpty());
  clock.advance(1ms), clock.advance(0ms);
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 3: 1->2 seq 2 operations ["b"] index 0)"));
}

TEST_F(SessionFlush, ThatLosesTheRaceIsBuiltAfreshOverWhatCameIn) {
  Server& here = add_server();
  Server& there = add_server();
  Client ann = opened_at(here, "ann", "c1");
  Client bob = opened_at(there, "bob", "c2");
  ann.operation(0, 1, R"(["a"])");
  bob.operation(0, 1, R"(["b"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["a"] index 0)"));
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 2: 0->2 seq 1 before ["a"] operations [1,"b"] index 0)"));
  here.session->news(ann.epoch(), 2);
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(update 1->2 [1,"b"] by bob)"));
}

TEST_F(SessionFlush, SentToTwoServersIsCommittedOnce) {
  Server& here = add_server();
  Server& there = add_server();
  Client ann = opened_at(here, "ann", "c1");
  Client again = opened_at(there, "ann", "c1");
  ann.operation(0, 1, R"(["a"])");
  again.operation(0, 1, R"(["a"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["a"] index 0)"));
  EXPECT_THAT(again.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["a"] index 0)"));
  EXPECT_EQ(store.find("doc")->head(), 1u);
}

class ReplacingHook final : public OperationHook {
 public:
  std::optional<Change> before_commit(std::string_view, const Author&, const Change&) override {
    return change(R"(["hook"])");
  }
};

TEST_F(SessionFlush, CommitsWhatTheHookMakesOfAnOperation) {
  ReplacingHook hook;
  Client ann = opened_at(add_server(&hook), "ann", "c1");
  ann.operation(0, 1, R"(["a"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["hook"] index 0)"));
}

TEST_F(SessionFlush, OfADeletedDocumentClosesIt) {
  Client ann = opened();
  store.remove("doc");
  ann.operation(0, 1, R"(["a"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error not-open", "closed deleted"));
}

TEST_F(SessionFlush, OfAnotherEpochClosesItAsStale) {
  Client ann = opened();
  store.find("doc")->epoch = "new";
  ann.operation(0, 1, R"(["a"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error not-open", "closed stale"));
  ann.open();
  settle();
  EXPECT_EQ(ann.epoch(), "new");
}

TEST_F(SessionFlush, OverALogThatHasLostRevisionsRenewsTheEpoch) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  settle();
  ann.take();
  store.find("doc")->revisions.clear();
  const std::string before = ann.epoch();
  ann.operation(1, 2, R"(["b"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: error unavailable", "closed stale"));
  EXPECT_NE(store.find("doc")->epoch, before);
}

TEST_F(SessionFlush, IsTheLastThingBeforeAShutDown) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  server().session->shut_down();
  ann.operation(0, 2, R"(["b"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: error shutting-down", R"(ack 2: 0->1 seq 1 operations ["a"] index 0)"));
  EXPECT_FALSE(server().session->busy());
}

using SlowMember = SessionTest;

TEST_F(SlowMember, GetsNothingAndThenOneDelivery) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->set_slow(bob.connection, true);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    ann.operation(seq - 1, seq, R"(["a"])");
    settle();
  }
  EXPECT_THAT(bob.take(), IsEmpty());
  server().session->set_slow(bob.connection, false);
  EXPECT_THAT(bob.take(), ElementsAre(R"(update 0->3 ["aaa"] by ann)"));
}

TEST_F(SlowMember, GetsItsOwnOperationWithWhatIsAroundIt) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->set_slow(bob.connection, true);
  ann.operation(0, 1, R"(["a"])");
  settle();
  bob.operation(0, 1, R"(["b"])");
  settle();
  ann.operation(2, 2, R"(["c"])");
  settle();
  server().session->set_slow(bob.connection, false);
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 2: 0->3 seq 1 before ["a"] operations [1,"b"] index 0 after ["c"])"));
}

TEST_F(SlowMember, ThatIsBehindWhatMemoryKeepsIsCaughtUpFromTheLog) {
  limits.memory_revisions = 2;
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->set_slow(bob.connection, true);
  bob.operation(0, 1, R"(["b"])");
  settle();
  for (std::uint64_t seq = 1; seq <= 10; ++seq) {
    ann.operation(seq, seq, R"(["a"])");
    settle();
  }
  server().session->set_slow(bob.connection, false);
  settle();
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 2: 0->11 seq 1 operations ["b"] index 0 after ["aaaaaaaaaa"])"));
}

using OldBase = SessionTest;

TEST_F(OldBase, InTheLogAloneIsMovedOverAllThatFollows) {
  limits.memory_revisions = 2;
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  for (std::uint64_t seq = 1; seq <= 10; ++seq) {
    ann.operation(seq - 1, seq, R"(["a"])");
    settle();
  }
  bob.operation(0, 1, R"(["b"])");
  bob.operation(0, 1, R"(["b"])");
  settle();
  EXPECT_EQ(text(), R"("aaaaaaaaaab")");
  bob.operation(11, 2, R"([12,"beyond"])");
  settle();
  EXPECT_EQ(bob.take().back(), "ack 4: error invalid-operation");
}

TEST_F(OldBase, ThatTheLogHasForgottenIsStale) {
  limits.snapshot_every = 5;
  limits.log_window_revisions = 3;
  limits.log_window_age = 0h;
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  for (std::uint64_t seq = 1; seq <= 10; ++seq) {
    ann.operation(seq - 1, seq, R"(["a"])");
    settle();
  }
  bob.take();
  bob.operation(0, 1, R"(["b"])");
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 2: error stale 10 "aaaaaaaaaa")"));
}

using Reload = SessionTest;

TEST_F(Reload, KnowsWhatWasCommittedBefore) {
  limits.snapshot_every = 2;
  {
    Client ann = opened("ann", "c1");
    for (std::uint64_t seq = 1; seq <= 5; ++seq) {
      ann.operation(seq - 1, seq, R"(["a"])");
      settle();
    }
  }
  servers.clear();
  Client ann = opened("ann", "c1");
  EXPECT_EQ(text(), R"("aaaaa")");
  ann.operation(4, 5, R"(["a"])");
  ann.operation(0, 1, R"(["a"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: duplicate 5 seq 5", "ack 3: duplicate 4 seq 1"));
}

TEST_F(Reload, IsPossibleOnlyWhenNobodyNeedsTheSession) {
  Client ann = opened();
  EXPECT_FALSE(server().session->idle());
  server().session->disconnected(ann.connection);
  EXPECT_TRUE(server().session->idle());
}

using SessionPresence = SessionTest;

TEST_F(SessionPresence, ReachesTheOthersAndMovesWithTheText) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  ann.operation(0, 1, R"(["abc"])");
  settle();
  ann.take(), bob.take();
  server().session->move_presence(ann.connection, {.document = "doc", .version = 1, .cursor = Cursor{1, 2}});
  settle();
  EXPECT_THAT(bob.take(), ElementsAre("presence 1 s1@1-2"));
  EXPECT_THAT(ann.take(), IsEmpty());
  bob.operation(1, 1, R"([1,"xx"])");
  settle();
  Client eve = opened("eve", "c3");
  eve.open();
  settle();
  EXPECT_EQ(eve.take().back(), "presence 2 s1@1-4") << "an insert of another at its place does not push it";
}

TEST_F(SessionPresence, IsPushedByAnInsertOfItsOwner) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->move_presence(ann.connection, {.document = "doc", .version = 0, .cursor = Cursor{0, 0}});
  server().session->move_presence(bob.connection, {.document = "doc", .version = 0, .cursor = Cursor{0, 0}});
  ann.operation(0, 1, R"(["xx"])");
  settle();
  Client eve = client("eve", "c3");
  eve.open();
  settle();
  EXPECT_EQ(eve.take().back(), "presence 1 s2@0-0 s1@2-2");
}

TEST_F(SessionPresence, ThatIsBadIsDropped) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->move_presence(ann.connection, {.document = "doc", .version = 9, .cursor = Cursor{0, 0}});
  server().session->move_presence(ann.connection, {.document = "doc", .version = 0, .cursor = Cursor{7, 0}});
  settle();
  EXPECT_THAT(bob.take(), IsEmpty());
  EXPECT_EQ(server().stats.presence_dropped.value(), 2u);
}

TEST_F(SessionPresence, OfWhoLeavesIsTakenBack) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->move_presence(ann.connection, {.document = "doc", .version = 0, .cursor = Cursor{0, 0}});
  settle();
  bob.take();
  server().session->disconnected(ann.connection);
  settle();
  EXPECT_THAT(bob.take(), ElementsAre("presence 0 s1 gone"));
}

TEST_F(SessionPresence, WaitsForAMemberThatIsBehind) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  server().session->set_slow(bob.connection, true);
  ann.operation(0, 1, R"(["a"])");
  settle();
  server().session->move_presence(ann.connection, {.document = "doc", .version = 1, .cursor = Cursor{1, 1}});
  pass();
  EXPECT_THAT(bob.take(), IsEmpty());
  server().session->set_slow(bob.connection, false);
  EXPECT_THAT(bob.take(), ElementsAre(R"(update 0->1 ["a"] by ann)", "presence 1 s1@1-1"));
}

using SessionHistory = SessionTest;

TEST_F(SessionHistory, GivesRevisionsOldestFirst) {
  limits.memory_revisions = 2;
  Client ann = opened();
  for (std::uint64_t seq = 1; seq <= 6; ++seq) {
    ann.operation(seq - 1, seq, R"(["a"])");
    settle();
  }
  ann.take();
  server().session->history(ann.peer, ann.reply(), {.document = "doc", .from = 1, .to = 4, .limit = 100});
  server().session->history(ann.peer, ann.reply(), {.document = "doc", .limit = 2});
  server().session->history(ann.peer, ann.reply(), {.document = "doc", .from = 5, .limit = 100});
  settle();
  const auto& sent = server().sink.sent[ann.connection];
  ASSERT_EQ(sent.size(), 3u);
  for (const Sent& it : sent) {
    ASSERT_TRUE(it.history);
    const bool first_of_three = it.history->revisions.size() == 3;
    if (first_of_three) EXPECT_EQ(it.history->revisions.front()->version, 2u);
    EXPECT_EQ(it.history->version, 6u);
    EXPECT_EQ(it.history->first, 0u);
  }
}

TEST_F(SessionHistory, BeforeTheLogIsStaleAndTellsWhereItBegins) {
  limits.snapshot_every = 5;
  limits.log_window_revisions = 3;
  limits.log_window_age = 0h;
  Client ann = opened();
  for (std::uint64_t seq = 1; seq <= 10; ++seq) {
    ann.operation(seq - 1, seq, R"(["a"])");
    settle();
  }
  ann.take();
  server().session->history(ann.peer, ann.reply(), {.document = "doc", .from = 0, .limit = 100});
  settle();
  const auto error = server().sink.last(ann.connection).error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::stale);
  EXPECT_EQ(error->first, 7u);
}

TEST_F(SessionHistory, HasTheContentOfAnyVersion) {
  limits.memory_revisions = 2;
  limits.snapshot_every = 4;
  Client ann = opened();
  for (std::uint64_t seq = 1; seq <= 10; ++seq) {
    ann.operation(seq - 1, seq, R"(["a"])");
    settle();
  }
  for (std::uint64_t version : {0, 3, 4, 9, 10}) {
    server().session->snapshot(ann.peer, ann.reply(), {.document = "doc", .version = version});
    settle();
    EXPECT_EQ(server().sink.last(ann.connection).whole->content->length(), version);
  }
  ann.take();
  server().session->snapshot(ann.peer, {ann.connection, 50}, {.document = "doc", .version = 11});
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 50: error invalid-request"));
}

using Guests = SessionTest;

TEST_F(Guests, WriteWithoutBeingMembers) {
  Client ann = opened("ann", "c1");
  Client guest = client("bob", "script");
  server().session->guest_operation(
      guest.peer, guest.reply(),
      {.document = "doc", .version = 0, .client = "script", .seq = 1, .change = change(R"(["b"])")});
  settle();
  EXPECT_THAT(guest.take(), ElementsAre(R"(ack 1: 0->1 seq 1 operations ["b"] index 0)"));
  EXPECT_THAT(ann.take(), ElementsAre(R"(update 0->1 ["b"] by bob)"));
  EXPECT_EQ(server().session->members(), 1u);
}

TEST_F(Guests, PutADifferenceAsARevision) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 1, R"(["hello world"])");
  settle();
  ann.take();
  Client guest = client("bob", "script");
  server().session->put(guest.peer, guest.reply(), {nullptr, change(R"(["hello new world"])")});
  settle();
  EXPECT_THAT(guest.take(), ElementsAre("ack 1: stored 2"));
  EXPECT_THAT(ann.take(), ElementsAre(R"(update 1->2 [6,"new "] by bob)"));
}

TEST_F(Guests, PutADocumentThatWasNotThere) {
  Client guest = client("bob", "script");
  server().session->put(guest.peer, guest.reply(), {nullptr, change(R"(["hi"])")});
  settle();
  EXPECT_THAT(guest.take(), ElementsAre("ack 1: stored 1"));
  EXPECT_EQ(text(), R"("hi")");
}

}  // namespace
}  // namespace tutti::documents::testing
