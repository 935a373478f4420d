// Opening and closing: who becomes a member and what it gets; each rule of docs/PROTOCOL.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.hpp"

namespace tutti::documents::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using SessionOpen = SessionTest;

TEST_F(SessionOpen, OfNothingIsNotFoundUnlessItCreates) {
  Client ann = client();
  ann.open({.document = "doc"});
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 1: error not-found"));
  ann.open();
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: opened 0 "")"));
}

TEST_F(SessionOpen, TellsTypeEpochAccessAndPeople) {
  Client ann = client();
  ann.open();
  settle();
  const auto opened = server().sink.last(ann.connection).opened;
  EXPECT_EQ(opened->type, &text_type());
  EXPECT_EQ(opened->epoch, ann.epoch());
  EXPECT_EQ(opened->access, Access::write);
  ASSERT_EQ(opened->users.size(), 1u);
  EXPECT_EQ(opened->users[0].peer->socket_id, "s1");
  EXPECT_EQ(opened->user_count, 1u);
}

TEST_F(SessionOpen, MakesRichTextEmptyAtVersionZero) {
  Client ann = client();
  ann.open({.document = "doc", .type = &rich_text_type(), .create = true});
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 1: opened 0 []"));
}

TEST_F(SessionOpen, AsAnotherTypeIsAMismatch) {
  opened();
  Client bob = client("bob", "c2");
  bob.open({.document = "doc", .type = &rich_text_type()});
  settle();
  EXPECT_THAT(bob.take(), ElementsAre("ack 1: error type-mismatch"));
}

TEST_F(SessionOpen, WithoutAccessIsForbidden) {
  server().access.access = Access::none;
  Client ann = client();
  ann.open();
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 1: error forbidden"));
}

TEST_F(SessionOpen, FromAVersionGetsWhatItMissed) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 1, R"(["ab"])");
  settle();
  Client bob = client("bob", "c2");
  bob.open_from(0);
  settle();
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 1: opened 0->1 ["ab"] by ann)"));
}

TEST_F(SessionOpen, FromTheNewestVersionGetsAnEmptyChange) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 1, R"(["ab"])");
  settle();
  Client bob = client("bob", "c2");
  bob.open_from(1);
  settle();
  EXPECT_THAT(bob.take(), ElementsAre("ack 1: opened 1->1 []"));
}

TEST_F(SessionOpen, AfterACutGetsTheOwnOperationAsItsAcknowledgement) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  bob.operation(0, 1, R"(["b"])");
  settle();
  ann.operation(0, 1, R"(["a"])");
  server().session->disconnected(ann.connection);
  settle();
  bob.take();
  bob.operation(2, 2, R"(["c"])");
  settle();
  Client again = client("ann", "c1");
  again.open_from(0);
  settle();
  EXPECT_THAT(again.take(),
              ElementsAre(R"(ack 1: opened 0->3 seq 1 before ["b"] operations [1,"a"] index 0 after ["c"])"));
}

TEST_F(SessionOpen, WithAnotherEpochOrWithoutOneGetsTheContent) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 1, R"(["ab"])");
  settle();
  Client bob = client("bob", "c2");
  bob.open({.document = "doc", .version = 0, .epoch = "another"});
  bob.open({.document = "doc", .version = 0});
  settle();
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 1: opened 1 "ab")", R"(ack 2: opened 1 "ab")"));
}

TEST_F(SessionOpen, WithContentTellsTheNewestSeqOfTheClient) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 4, R"(["ab"])");
  settle();
  Client again = client("ann", "c1");
  again.open();
  settle();
  EXPECT_THAT(again.take(), ElementsAre(R"(ack 1: opened 1 "ab" seq 4)"));
}

TEST_F(SessionOpen, BehindTwoOwnOperationsGetsTheContent) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 1, R"(["a"])");
  settle();
  ann.operation(1, 2, R"(["b"])");
  settle();
  Client again = client("ann", "c1");
  again.open_from(0);
  settle();
  EXPECT_THAT(again.take(), ElementsAre(R"(ack 1: opened 2 "ba" seq 2)"));
}

TEST_F(SessionOpen, AskingForMoreThanIsKnownReadsTheLogFirst) {
  Server& here = add_server();
  Server& there = add_server();
  Client ann = opened_at(here, "ann", "c1");
  Client bob = opened_at(there, "bob", "c2");
  ann.operation(0, 1, R"(["a"])");
  settle();
  EXPECT_EQ(there.session->version(), 0u);
  Client again = client_at(there, "ann", "c1");
  again.open_from(1);
  settle();
  EXPECT_THAT(again.take(), ElementsAre("ack 1: opened 1->1 []"));
  EXPECT_THAT(bob.take(), ElementsAre(R"(update 0->1 ["a"] by ann)"));
}

TEST_F(SessionOpen, NewerThanTheLogGetsTheContentAndKeepsTheEpoch) {
  Client ann = opened("ann", "c1");
  const std::string epoch = ann.epoch();
  Client bob = client("bob", "c2");
  bob.open_from(99);
  settle();
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 1: opened 0 "")"));
  EXPECT_EQ(ann.epoch(), epoch);
}

TEST_F(SessionOpen, AsTheSameClientReplacesTheOtherConnection) {
  Client ann = opened("ann", "c1");
  ann.operation(0, 1, R"(["a"])");
  Client again = client("ann", "c1");
  again.open();
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error not-open", "closed replaced"));
  settle();
  EXPECT_THAT(again.take(),
              ElementsAre(R"(ack 1: opened 0 "")", R"(acknowledged 0->1 seq 1 operations ["a"] index 0)"));
}

TEST_F(SessionOpen, ByAnotherUserWithTheSameClientReplacesNobody) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c1");
  EXPECT_THAT(ann.take(), IsEmpty());
  bob.operation(0, 1, R"(["b"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(update 0->1 ["b"] by bob)"));
}

TEST_F(SessionOpen, TwiceOnOneConnectionKeepsWhatWaits) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  ann.open_from(0);
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: opened 0->0 []", R"(ack 2: 0->1 seq 1 operations ["a"] index 0)"));
  EXPECT_EQ(server().session->members(), 1u);
}

TEST_F(SessionOpen, TwiceAsAnotherClientAnswersWhatWaits) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  ann.client = "c2";
  ann.open();
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error not-open", R"(ack 3: opened 0 "")"));
}

TEST_F(SessionOpen, OfAFullDocumentIsUnavailable) {
  limits.members = 1;
  opened("ann", "c1");
  Client bob = client("bob", "c2");
  bob.open();
  settle();
  EXPECT_EQ(server().sink.last(bob.connection).error->retry_after_ms, limits.retry_after.count());
  EXPECT_THAT(bob.take(), ElementsAre("ack 1: error unavailable"));
}

TEST_F(SessionOpen, OfSomebodyWhoHasGoneMeanwhileMakesNoMember) {
  Client ann = client();
  ann.open();
  server().session->disconnected(ann.connection);
  settle();
  EXPECT_EQ(server().session->members(), 0u);
  EXPECT_THAT(ann.take(), IsEmpty());
}

using SessionClose = SessionTest;

TEST_F(SessionClose, IsAnsweredAlsoIfNothingIsOpen) {
  Client ann = client();
  server().session->close(ann.reply());
  EXPECT_THAT(ann.take(), ElementsAre("ack 1: left"));
}

TEST_F(SessionClose, ComesAfterWhatWaits) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  server().session->close(ann.reply());
  server().session->close(ann.reply());
  ann.operation(0, 1, R"(["a"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 5: error not-open", R"(ack 2: 0->1 seq 1 operations ["a"] index 0)",
                                      "ack 3: left", "ack 4: left"));
}

TEST_F(SessionClose, ComesAfterAnOpenThatIsUnderWay) {
  Client ann = client();
  ann.open();
  server().session->close(ann.reply());
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 1: opened 0 "")", "ack 2: left"));
  EXPECT_EQ(server().session->members(), 0u);
}

TEST_F(SessionClose, HappensWhenTheAccessIsTakenAway) {
  Client ann = opened();
  server().access.access = Access::none;
  server().session->recheck_access();
  EXPECT_THAT(ann.take(), ElementsAre("closed access-revoked"));
}

TEST_F(SessionClose, HappensWhenTheDocumentIsDeleted) {
  Client ann = opened();
  Client bob = client("bob", "c2");
  server().session->remove(bob.peer, bob.reply());
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("closed deleted"));
  EXPECT_THAT(bob.take(), ElementsAre("ack 1: removed"));
}

}  // namespace
}  // namespace tutti::documents::testing
