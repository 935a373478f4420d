// Operations: identity, dedupe, bases, refusals; each rule of docs/PROTOCOL.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.hpp"

namespace tutti::documents::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using SessionOperation = SessionTest;

TEST_F(SessionOperation, IsAcknowledgedAfterItIsInTheLog) {
  Client ann = opened();
  ann.operation(0, 1, R"(["abc"])");
  EXPECT_THAT(ann.take(), IsEmpty());
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["abc"] index 0)"));
  EXPECT_EQ(text(), R"("abc")");
}

TEST_F(SessionOperation, ReachesTheOthersAsAnUpdate) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  ann.operation(0, 1, R"(["abc"])");
  settle();
  EXPECT_THAT(bob.take(), ElementsAre(R"(update 0->1 ["abc"] by ann)"));
}

TEST_F(SessionOperation, OfTwoAuthorsInOneFlushShareOneRevision) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  Client eve = opened("eve", "c3");
  ann.operation(0, 1, R"(["a"])");
  bob.operation(0, 1, R"(["b"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["a"] [1,"b"] index 0)"));
  EXPECT_THAT(bob.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["a"] [1,"b"] index 1)"));
  EXPECT_THAT(eve.take(), ElementsAre(R"(update 0->1 ["ab"])"));
}

TEST_F(SessionOperation, WithoutAnAcknowledgementIdIsAnsweredByTheEvent) {
  Client ann = opened();
  server().session->operation({ann.connection, ReplyTo::kNone},
                              {.document = "doc", .client = "c1", .seq = 1, .change = change(R"(["x"])")});
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(acknowledged 0->1 seq 1 operations ["x"] index 0)"));
}

TEST_F(SessionOperation, SentAgainWhileItWaitsIsCommittedOnce) {
  Client ann = opened();
  ann.operation(0, 1, R"(["x"])");
  ann.operation(0, 1, R"(["x"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["x"] index 0)", "ack 3: duplicate 1 seq 1"));
  EXPECT_EQ(text(), R"("x")");
}

TEST_F(SessionOperation, SentAgainAfterItsDeliveryIsADuplicateAtOnce) {
  Client ann = opened();
  ann.operation(0, 1, R"(["x"])");
  settle();
  ann.take();
  ann.operation(0, 1, R"(["x"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: duplicate 1 seq 1"));
}

TEST_F(SessionOperation, OlderThanTheNewestIsADuplicateIfItWasCommitted) {
  Client ann = opened();
  ann.operation(0, 1, R"(["x"])");
  settle();
  ann.operation(1, 5, R"(["y"])");
  settle();
  ann.take();
  ann.operation(0, 1, R"(["x"])");
  ann.operation(1, 3, R"(["z"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 4: duplicate 1 seq 1", "ack 5: error invalid-request"));
}

TEST_F(SessionOperation, AnotherSeqWhileOneWaitsIsRefused) {
  Client ann = opened();
  ann.operation(0, 1, R"(["x"])");
  ann.operation(0, 2, R"(["y"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: error invalid-request"));
}

TEST_F(SessionOperation, NeedsAnOpenDocument) {
  Client ann = client();
  ann.operation(0, 1, R"(["x"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 1: error not-open"));
}

TEST_F(SessionOperation, NeedsTheClientOfTheOpen) {
  Client ann = opened();
  ann.client = "other";
  ann.operation(0, 1, R"(["x"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error invalid-request"));
}

TEST_F(SessionOperation, OnABaseThatWasNotSentIsRefused) {
  Client ann = opened();
  ann.operation(1, 1, R"(["x"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error invalid-request"));
}

TEST_F(SessionOperation, OnABaseOlderThanItsNewestOneIsRefused) {
  Client ann = opened();
  ann.operation(0, 1, R"(["x"])");
  settle();
  ann.take();
  ann.operation(0, 2, R"(["y"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: error invalid-request"));
}

TEST_F(SessionOperation, OnAnOldBaseIsMovedOverWhatCameSince) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  ann.operation(0, 1, R"(["abc"])");
  settle();
  ann.operation(1, 2, R"([3,"d"])");
  settle();
  bob.operation(0, 1, R"(["B"])");
  settle();
  EXPECT_EQ(text(), R"("abcdB")");
}

TEST_F(SessionOperation, BeyondTheEndOfItsBaseIsRefusedAlsoInATrailingRetain) {
  Client ann = opened();
  ann.operation(0, 1, R"([1,"x"])");
  ann.operation(0, 1, R"(["x",1])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error invalid-operation", "ack 3: error invalid-operation"));
}

TEST_F(SessionOperation, ThatSplitsAPairIsRefused) {
  Client ann = opened();
  ann.operation(0, 1, R"(["a😀b"])");
  settle();
  ann.take();
  ann.operation(1, 2, R"([2,"x"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: error invalid-operation"));
  EXPECT_EQ(text(), R"("a😀b")");
}

TEST_F(SessionOperation, ThatSplitsAPairOfTheSameFlushIsRefused) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  ann.operation(0, 1, R"(["ab"])");
  settle();
  ann.operation(1, 2, R"([2,"😀"])");
  bob.operation(1, 1, R"([1,"x"])");
  settle();
  EXPECT_EQ(text(), R"("axb😀")");
}

TEST_F(SessionOperation, WithAttributesIsRefusedInAText) {
  Client ann = opened();
  ann.operation(0, 1, R"([{"insert":"x","attributes":{"bold":true}}])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error invalid-operation"));
}

TEST_F(SessionOperation, MayBeEmpty) {
  Client ann = opened();
  ann.operation(0, 1, "[]");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: 0->1 seq 1 operations [] index 0"));
}

TEST_F(SessionOperation, OfAnotherEpochIsStaleAndGetsTheContent) {
  Client ann = opened();
  ann.operation(0, 1, R"(["x"])");
  settle();
  ann.take();
  server().session->operation(ann.reply(),
                              {.document = "doc", .version = 1, .epoch = "other", .client = "c1", .seq = 2});
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 3: error stale 1 "x" seq 1)"));
}

TEST_F(SessionOperation, OfAReaderIsForbidden) {
  Client ann = client();
  server().access.access = Access::read;
  ann.open();
  settle();
  EXPECT_THAT(ann.take(), ElementsAre("ack 1: error not-found"));
  server().access.access = Access::write;
  opened("bob", "c2");
  server().access.access = Access::read;
  ann.open();
  settle();
  ann.operation(0, 1, R"(["x"])");
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: opened 0 "")", "ack 3: error forbidden"));
}

TEST_F(SessionOperation, WithoutClientIsForbidden) {
  Client ann = client();
  ann.client = "";
  ann.open();
  settle();
  ann.take();
  ann.operation(0, 1, R"(["x"])");
  EXPECT_THAT(ann.take(), ElementsAre("ack 2: error forbidden"));
}

TEST_F(SessionOperation, MakesTheDocumentTooLarge) {
  limits.document_bytes = 5;
  Client ann = opened();
  ann.operation(0, 1, R"(["abc"])");
  settle();
  ann.operation(1, 2, R"(["def"])");
  settle();
  ann.operation(1, 3, R"([-3])");
  settle();
  ann.operation(2, 4, R"(["defgh"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 2: 0->1 seq 1 operations ["abc"] index 0)", "ack 3: error too-large",
                                      "ack 4: 1->2 seq 3 operations [-3] index 0",
                                      R"(ack 5: 2->3 seq 4 operations ["defgh"] index 0)"));
}

TEST_F(SessionOperation, TooManyASecondAreRateLimited) {
  limits.operations_per_member = {1, 1};
  Client ann = opened();
  ann.operation(0, 1, R"(["a"])");
  settle();
  ann.take();
  ann.operation(1, 2, R"(["b"])");
  EXPECT_LE(server().sink.last(ann.connection).error->retry_after_ms, 1000);
  EXPECT_GT(server().sink.last(ann.connection).error->retry_after_ms, 0);
  EXPECT_THAT(ann.take(), ElementsAre("ack 3: error rate-limited"));
  clock.advance(std::chrono::seconds(1));
  ann.operation(1, 2, R"(["b"])");
  settle();
  EXPECT_THAT(ann.take(), ElementsAre(R"(ack 4: 1->2 seq 2 operations ["b"] index 0)"));
}

TEST_F(SessionOperation, IsCommittedAlsoIfItsConnectionGoes) {
  Client ann = opened("ann", "c1");
  Client bob = opened("bob", "c2");
  ann.operation(0, 1, R"(["x"])");
  server().session->disconnected(ann.connection);
  settle();
  EXPECT_THAT(ann.take(), IsEmpty());
  EXPECT_THAT(bob.take(), ElementsAre(R"(update 0->1 ["x"] by ann)"));
}

}  // namespace
}  // namespace tutti::documents::testing
