// Messages as payloads, literally as docs/PROTOCOL.md shows them.
#include "documents/encode.hpp"

#include <gtest/gtest.h>

#include "codec/json.hpp"
#include "harness.hpp"

namespace tutti::documents::testing {
namespace {

template <class Write>
std::string json(Write write) {
  std::string text;
  codec::JsonWriter writer(text);
  write(writer);
  return text;
}

Name name() { return std::make_shared<const std::string>("doc"); }
AuthorPtr author() { return std::make_shared<const Author>(Author{"ann", "c1"}); }
RevisionPtr revision() {
  Revision made{7, 1000, {}, change(R"(["ab"])")};
  made.operations.push_back({author(), 3, change(R"(["a"])")});
  made.operations.push_back({author(), 4, change(R"([1,"b"])")});
  return std::make_shared<const Revision>(std::move(made));
}

TEST(Encode, Errors) {
  EXPECT_EQ(json([](ValueWriter& w) {
              write_error(w, {ErrorCode::rate_limited, "too many", 40});
            }),
            R"({"ok":false,"error":{"code":"rate-limited","message":"too many","retryAfter":40}})");
  EXPECT_EQ(json([](ValueWriter& w) {
              write_error(w, {ErrorCode::stale, "old", 0, 12});
            }),
            R"({"ok":false,"error":{"code":"stale","message":"old","first":12}})");
}

TEST(Encode, Updates) {
  const Update update{name(), 6, 7, change(R"(["x"])"), author()};
  EXPECT_EQ(json([&](ValueWriter& w) { write_update(w, update); }),
            R"({"type":"text-change","document":"doc","from":6,"version":7,"changes":["x"],"by":"ann"})");
  const Update empty{name(), 6, 7, {}, nullptr};
  EXPECT_EQ(json([&](ValueWriter& w) { write_update(w, empty); }),
            R"({"type":"text-change","document":"doc","from":6,"version":7,"changes":[]})");
}

TEST(Encode, AcknowledgementsLeaveOutWhatIsEmptyAround) {
  EncodedOperations operations;
  const auto frame = std::make_shared<const Frame>(Frame{name(), 6, 7, {}, revision(), {}});
  const auto write = [&](Carrier carrier) {
    return json([&](ValueWriter& w) {
      write_acknowledgement(w, {frame, 4, 1}, carrier, operations.of(frame->revision, w.form()));
    });
  };
  EXPECT_EQ(write(Carrier::answer),
            R"({"ok":true,"from":6,"version":7,"seq":4,"operations":[["a"],[1,"b"]],"index":1})");
  EXPECT_EQ(write(Carrier::event),
            R"({"document":"doc","from":6,"version":7,"seq":4,"operations":[["a"],[1,"b"]],"index":1})");
}

TEST(Encode, AcknowledgementsTellWhatIsAround) {
  EncodedOperations operations;
  const auto frame =
      std::make_shared<const Frame>(Frame{name(), 5, 8, change(R"(["p"])"), revision(), change("[1,-1]")});
  EXPECT_EQ(json([&](ValueWriter& w) {
              write_acknowledgement(w, {frame, 3, 0}, Carrier::answer, operations.of(frame->revision, w.form()));
            }),
            R"({"ok":true,"from":5,"version":8,"seq":3,"before":["p"],"operations":[["a"],[1,"b"]],"index":0,)"
            R"("after":[1,-1]})");
}

TEST(Encode, DuplicatesHistoryAndClosing) {
  EXPECT_EQ(json([](ValueWriter& w) { write_duplicate(w, 7, 3); }),
            R"({"ok":true,"version":7,"seq":3,"duplicate":true})");
  EXPECT_EQ(json([](ValueWriter& w) {
              write_history(w, {9, 2, {revision()}});
            }),
            R"({"ok":true,"version":9,"first":2,"revisions":[{"version":7,"time":1000,"operations":[)"
            R"({"userId":"ann","client":"c1","seq":3,"changes":["a"]},)"
            R"({"userId":"ann","client":"c1","seq":4,"changes":[1,"b"]}]}]})");
  EXPECT_EQ(json([](ValueWriter& w) { write_closed(w, "doc", CloseReason::access_revoked); }),
            R"({"document":"doc","reason":"access-revoked"})");
}

TEST(Encode, Presence) {
  PresenceNews news{name(), 3, {}};
  news.users.push_back({"s1", "ann", false, Cursor{1, 2}, {}});
  news.users.push_back({"s2", "bob", true, {}, {}});
  EXPECT_EQ(
      json([&](ValueWriter& w) { write_presence(w, news); }),
      R"({"document":"doc","version":3,"users":{"s1":{"userId":"ann","cursor":{"anchor":1,"head":2}},"s2":null}})");
}

TEST(Encode, StaleHasTheContentBesideTheError) {
  const Whole whole{"e", &text_type(), 5, *text_type().load(change(R"(["abc"])")), 2};
  EXPECT_EQ(json([&](ValueWriter& w) {
              write_stale(w, {ErrorCode::stale, "old"}, whole);
            }),
            R"({"ok":false,"error":{"code":"stale","message":"old"},"epoch":"e","version":5,"type":"text",)"
            R"("content":"abc","seq":2})");
}

TEST(Encode, Opened) {
  EncodedOperations operations;
  Opened opened{name(), &text_type(), "e", Access::write, {}, 1, {}};
  opened.users.push_back({std::make_shared<const Peer>(Peer{1, "s1", "ann", false}), {}});
  opened.state = Whole{"e", &text_type(), 0, text_type().empty(), 0};
  EXPECT_EQ(json([&](ValueWriter& w) { write_opened(w, opened, Limits{}, operations); }),
            R"({"ok":true,"document":"doc","type":"text","epoch":"e","from":0,"version":0,"access":"write",)"
            R"("content":"","users":[{"userId":"ann","socketId":"s1"}],"userCount":1,"limits":)"
            R"({"payload":1000000,"operation":262144,"document":16777216,"users":100,"history":1000}})");
}

}  // namespace
}  // namespace tutti::documents::testing
