// Connection state recovery over all workers: connection-state-recovery.md, and what the Node server cannot do.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "adapter/memory/memory_adapter.hpp"
#include "codec/json.hpp"
#include "socketio/recovery.hpp"
#include "socketio/world.hpp"

namespace tutti::adapter {
namespace {

using socketio::DisconnectReason;
using socketio::Options;
using socketio::Peer;
using socketio::RecoveryOptions;
using socketio::Selection;
using socketio::Socket;
using socketio::test::Client;
using socketio::test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Options with_recovery(RecoveryOptions recovery = {}) {
  Options options;
  options.recovery = recovery;
  return options;
}

// What an application keeps with a socket.
struct Data final : socketio::Extension {
  explicit Data(std::string text_kept) : text(std::move(text_kept)) {}
  void write_data(codec::ValueWriter& writer) const override { writer.string(text); }
  std::unique_ptr<Extension> for_recovery() override { return std::make_unique<Data>(text); }
  std::string text;
};

struct RecoveryTest : ::testing::Test {
  explicit RecoveryTest(Options options = with_recovery(), std::uint32_t workers = 2)
      : world(std::move(options), workers) {
    world.server->set_adapter(std::make_unique<MemoryAdapter>(*world.server));
    for (std::uint32_t i = 0; i < workers; ++i) {
      world.nsp("/", i).on_connect([this](Peer& peer) {
        auto& socket = static_cast<Socket&>(peer);
        recovered = socket.recovered();
        rooms = socket.rooms();
        user = socket.user_id();
        data = socket.extension() ? static_cast<Data&>(*socket.extension()).text : "";
        ++connects;
      });
    }
  }
  // From worker 0, which has its own members served at once.
  void broadcast(std::string text, Selection selection = {}, bool is_volatile = false) {
    socketio::WriteArguments write = [&](codec::ValueWriter& writer) { writer.string(text); };
    world.on(0, [&] {
      world.server->adapter().broadcast({"/", "news", 1, write}, selection, {.volatile_ = is_volatile});
    });
    world.turn();
  }
  Socket& socket(Client& client, std::uint32_t worker) { return *world.socket(client.sid_in_namespace, worker); }
  void emit(Client& client, std::uint32_t worker, const std::string& text) {
    world.on(worker,
             [&] { socket(client, worker).emit("own", 1, [&](codec::ValueWriter& writer) { writer.string(text); }); });
  }
  Client& connected(std::uint32_t worker) {
    Client& client = world.client(worker);
    client.connect();
    return client;
  }

  // A client as the stock one: it keeps the last offset, and names it when it comes back.
  struct Follower {
    Client* client = nullptr;
    std::uint32_t worker = 0;
    std::string pid, sid, offset;
    std::vector<std::string> texts;  // the first argument of each event it got
    void read() {
      for (const std::string& message : client->take()) {
        if (message[0] != '2') continue;
        const std::string array = message.substr(message.find('['));
        codec::Arena arena;
        const auto values = *codec::parse_json(array, arena);
        texts.emplace_back(values.elements()[1].as_string());
        if (values.elements().back().is_string()) offset = values.elements().back().as_string();
      }
    }
  };
  Follower follow(std::uint32_t worker) {
    Follower follower{&connected(worker), worker, {}, {}, {}, {}};
    follower.pid = follower.client->pid;
    follower.sid = follower.client->sid_in_namespace;
    return follower;
  }
  void come_back(Follower& follower, std::uint32_t worker) {
    follower.client = &world.client(worker);
    follower.worker = worker;
    std::string payload = R"({"pid":")" + follower.pid + '"';
    if (!follower.offset.empty()) payload += R"(,"offset":")" + follower.offset + '"';
    follower.client->text("0" + payload + "}");
    // The stock client keeps events that come before the answer.
    const auto messages = messages_so_far(*follower.client);
    ASSERT_FALSE(messages.empty());
    answer_is_last = messages.back()[0] == '0';
    follower.read();
    for (const std::string& message : messages) {
      if (message[0] != '0') continue;
      follower.sid = message.substr(message.find("\"sid\":\"") + 7, 20);
      follower.pid = message.substr(message.find("\"pid\":\"") + 7, 20);
    }
    follower.client->sid_in_namespace = follower.sid;
  }
  static std::vector<std::string> messages_so_far(Client& client) {
    std::vector<std::string> messages;
    for (const auto& outgoing : client.sent) {
      for (auto& message : socketio::test::messages_of(*outgoing)) messages.push_back(std::move(message));
    }
    return messages;
  }

  bool recovered = false;
  bool answer_is_last = false;
  std::vector<std::string> rooms;
  std::string user, data;
  int connects = 0;
  World world;
};

TEST_F(RecoveryTest, TheAnswerHasAPrivateId) {
  Client& client = connected(0);
  EXPECT_EQ(client.pid.size(), 20u);
  EXPECT_NE(client.pid, client.sid_in_namespace);
}

TEST_F(RecoveryTest, OrdinaryEventsHaveAnOffset) {
  Follower follower = follow(0);
  emit(*follower.client, 0, "a");
  broadcast("b");
  for (const std::string& message : messages_so_far(*follower.client)) {
    if (message[0] != '2') continue;
    EXPECT_THAT(message, ::testing::ContainsRegex(",\"~[-_A-Za-z0-9.]+\"\\]$"));
  }
  follower.read();
  EXPECT_THAT(follower.texts, ElementsAre("a", "b"));
}

TEST_F(RecoveryTest, VolatileEventsAndAcknowledgementsHaveNone) {
  Client& client = connected(0);
  broadcast("v", {}, true);
  world.on(0, [&] {
    socket(client, 0).emit("v", 0, nullptr, {.volatile_ = true});
    socket(client, 0).emit_with_ack(
        "q", 0, nullptr, [](auto, auto) {}, std::nullopt);
  });
  EXPECT_THAT(client.take(), ElementsAre(R"(2["news","v"])", R"(2["v"])", R"(20["q"])"));
}

TEST_F(RecoveryTest, BringsBackIdRoomsDataUserAndWhatWasMissed) {
  Follower follower = follow(0);
  Socket& before = socket(*follower.client, 0);
  before.join("room1");
  before.set_user_id("bob");
  before.extension() = std::make_unique<Data>("kept");
  emit(*follower.client, 0, "first");
  follower.read();
  const std::string sid = follower.sid;
  const std::string pid = follower.pid;
  follower.client->drop();
  broadcast("all");
  broadcast("room", {.rooms = {"room1"}});
  broadcast("own id", {.rooms = {sid}});
  broadcast("other room", {.rooms = {"room2"}});
  broadcast("excepted", {.rooms = {}, .except = {"room1"}});
  broadcast("excepted by id", {.rooms = {}, .except = {sid}});
  broadcast("volatile", {}, true);
  come_back(follower, 0);
  EXPECT_TRUE(recovered);
  EXPECT_TRUE(answer_is_last);
  EXPECT_EQ(follower.sid, sid);
  EXPECT_EQ(follower.pid, pid);
  EXPECT_THAT(rooms, ElementsAre(sid, "room1"));
  EXPECT_EQ(user, "bob");
  EXPECT_EQ(data, "kept");
  EXPECT_THAT(follower.texts, ElementsAre("first", "all", "room", "own id"));
  EXPECT_EQ(world.stats(0).connects_recovered.value(), 1u);
}

TEST_F(RecoveryTest, WorksOnAnotherWorkerAndSeveralTimesInARow) {
  Follower follower = follow(0);
  const std::string sid = follower.sid;
  for (int round = 0; round < 5; ++round) {
    broadcast("a" + std::to_string(round));
    emit(*follower.client, follower.worker, "b" + std::to_string(round));
    follower.read();
    follower.client->drop();
    broadcast("c" + std::to_string(round));
    come_back(follower, 1 - follower.worker);
    ASSERT_TRUE(recovered) << round;
    ASSERT_EQ(follower.sid, sid);
  }
  std::vector<std::string> expected;
  for (int round = 0; round < 5; ++round) {
    for (const char* kind : {"a", "b", "c"}) expected.push_back(kind + std::to_string(round));
  }
  EXPECT_EQ(follower.texts, expected);
}

TEST_F(RecoveryTest, WorksForAClientThatNeverGotAnEvent) {
  broadcast("before it came");
  Follower follower = follow(0);
  broadcast("lost on the way");
  emit(*follower.client, 0, "this too");
  follower.client->take();  // never read
  follower.client->drop();
  broadcast("while away");
  come_back(follower, 1);
  EXPECT_TRUE(recovered);
  EXPECT_THAT(follower.texts, ElementsAre("lost on the way", "this too", "while away"));
}

TEST_F(RecoveryTest, SingleEventsThatWereLostOnTheWayComeAgainInTheirPlaces) {
  Follower follower = follow(0);
  emit(*follower.client, 0, "1");
  follower.read();
  broadcast("2");
  emit(*follower.client, 0, "3");
  emit(*follower.client, 0, "4");
  broadcast("5");
  follower.client->take();
  follower.client->drop();
  come_back(follower, 1);
  EXPECT_THAT(follower.texts, ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(RecoveryTest, WorksWhileTheOldConnectionLingers) {
  for (const std::uint32_t worker : {0U, 1U}) {
    Follower follower = follow(0);
    const std::string sid = follower.sid;
    Client* const old = follower.client;
    broadcast("seen");
    follower.read();
    broadcast("lost");
    come_back(follower, worker);
    EXPECT_TRUE(recovered);
    EXPECT_EQ(follower.sid, sid);
    EXPECT_TRUE(old->closed());
    EXPECT_THAT(follower.texts, ElementsAre("seen", "lost"));
    broadcast("after");
    follower.read();
    EXPECT_EQ(follower.texts.back(), "after");
    follower.client->drop();
  }
}

TEST_F(RecoveryTest, UnknownPrivateIdsAndOffsetsGetAFreshSession) {
  for (const char* offset : {"nope", "Q8CiVC_", ""}) {
    Follower follower = follow(0);
    const std::string sid = follower.sid;
    follower.client->drop();
    broadcast("missed");
    follower.client = &world.client(0);
    follower.client->text(R"(0{"pid":")" + follower.pid + R"(","offset":")" + offset + R"("})");
    EXPECT_FALSE(recovered) << offset;
    EXPECT_THAT(follower.client->take(), ElementsAre(::testing::Not(::testing::HasSubstr(sid))));
  }
  for (const char* payload : {R"({"pid":"unknown","offset":"x"})", R"({"pid":1,"offset":2})",
                              R"({"pid":{},"offset":[]})", R"({"pid":""})", R"({"pid":null})"}) {
    Client& client = world.client(0);
    client.text("0" + std::string(payload));
    EXPECT_FALSE(recovered);
    EXPECT_EQ(client.take().size(), 1u) << payload;
  }
}

TEST_F(RecoveryTest, AnOffsetOfAnotherServerMeansNothingWasSeenHere) {
  Follower follower = follow(0);
  follower.offset = "~zzzzBB";
  broadcast("lost");
  follower.client->take();
  follower.client->drop();
  come_back(follower, 0);
  EXPECT_TRUE(recovered);
  EXPECT_THAT(follower.texts, ElementsAre("lost"));
}

TEST_F(RecoveryTest, AnOffsetOfAnEarlierSessionMeansNothingWasSeenInThisOne) {
  Follower follower = follow(0);
  emit(*follower.client, 0, "old");
  follower.read();
  follower.client->text("1");
  broadcast("between");
  Client& again = connected(0);  // a fresh session; the client's last offset stays
  follower.client = &again;
  follower.pid = again.pid;
  emit(again, 0, "lost");
  again.take();
  again.drop();
  come_back(follower, 1);
  EXPECT_TRUE(recovered);
  EXPECT_THAT(follower.texts, ElementsAre("old", "lost"));
}

TEST_F(RecoveryTest, OnlySomeReasonsAllowIt) {
  Follower left = follow(0);
  left.client->text("1");
  come_back(left, 0);
  EXPECT_FALSE(recovered);

  Follower kicked = follow(0);
  world.on(0, [&] { socket(*kicked.client, 0).disconnect(false); });
  come_back(kicked, 0);
  EXPECT_FALSE(recovered);

  for (const auto reason : {engineio::CloseReason::transport_error, engineio::CloseReason::transport_close,
                            engineio::CloseReason::ping_timeout, engineio::CloseReason::forced_close}) {
    Follower follower = follow(0);
    follower.client->drop(reason);
    come_back(follower, 0);
    EXPECT_TRUE(recovered) << to_string(reason);
  }
  Follower broken = follow(0);
  broken.client->drop(engineio::CloseReason::parse_error);
  come_back(broken, 0);
  EXPECT_FALSE(recovered);
}

TEST_F(RecoveryTest, EndsAfterTheTimeAllowed) {
  Follower in_time = follow(0);
  Follower late = follow(0);
  late.client->drop();
  in_time.client->drop();
  world.advance(std::chrono::milliseconds(119'000));
  come_back(in_time, 0);
  EXPECT_TRUE(recovered);
  world.advance(std::chrono::milliseconds(1'000));
  come_back(late, 0);
  EXPECT_FALSE(recovered);
  world.advance(std::chrono::minutes(3));
  EXPECT_EQ(world.nsp().record().recovery->bytes(), 0u);
  EXPECT_EQ(world.nsp().record().recovery->stored_sessions(), 0u);
}

TEST_F(RecoveryTest, SkipsMiddlewares) {
  int asked = 0;
  world.nsp().use([&](Peer&, socketio::Admission admission) {
    ++asked;
    admission.accept();
  });
  Follower follower = follow(0);
  follower.client->drop();
  come_back(follower, 0);
  EXPECT_TRUE(recovered);
  EXPECT_EQ(asked, 1);
}

struct MiddlewaresToo : RecoveryTest {
  MiddlewaresToo() : RecoveryTest(with_recovery({.skip_middlewares = false})) {}
};

TEST_F(MiddlewaresToo, RunThemBeforeTheMissedEvents) {
  std::vector<socketio::Admission> pending;
  world.nsp().use([&](Peer&, socketio::Admission admission) { pending.push_back(std::move(admission)); });
  Client& client = world.client(0);
  client.text("0");
  world.on(0, [&] { pending.back().accept(); });
  Follower follower{&client, 0, {}, {}, {}, {}};
  const auto answer = client.take().back();
  follower.pid = answer.substr(answer.find("\"pid\":\"") + 7, 20);
  client.drop();
  broadcast("1");
  Client& again = world.client(0);
  again.text(R"(0{"pid":")" + follower.pid + "\"}");
  EXPECT_THAT(again.take(), IsEmpty());
  broadcast("2");
  world.on(0, [&] { pending.back().accept(); });
  EXPECT_EQ(again.take().size(), 3u);
  EXPECT_TRUE(recovered);
}

TEST_F(MiddlewaresToo, RefuseForGood) {
  world.nsp().use([&](Peer& peer, socketio::Admission admission) {
    codec::Arena arena;
    if (peer.auth(arena)["pid"].is_undefined()) return admission.accept();
    admission.refuse("no");
  });
  Follower follower = follow(0);
  follower.client->drop();
  Client& again = world.client(0);
  again.text(R"(0{"pid":")" + follower.pid + "\"}");
  EXPECT_THAT(again.take(), ElementsAre(R"(4{"message":"no"})"));
  EXPECT_EQ(world.nsp().record().recovery->stored_sessions(), 0u);
}

struct SmallLog : RecoveryTest {
  SmallLog() : RecoveryTest(with_recovery({.log_bytes_max = 5000, .sessions_max = 2})) {}
};

TEST_F(SmallLog, MemoryIsBoundedAndAHoleMeansAFreshSession) {
  Follower follower = follow(0);
  follower.client->drop();
  for (int i = 0; i < 1000; ++i) broadcast(std::string(100, 'x'));
  EXPECT_LE(world.nsp().record().recovery->bytes(), 5000u);
  come_back(follower, 0);
  EXPECT_FALSE(recovered);
  EXPECT_THAT(follower.texts, IsEmpty());
}

TEST_F(SmallLog, SingleEventsCountToo) {
  Follower follower = follow(0);
  for (int i = 0; i < 1000; ++i) emit(*follower.client, 0, std::string(100, 'x'));
  EXPECT_LE(world.nsp().record().recovery->bytes(), 5000u);
  follower.client->take();
  follower.client->drop();
  come_back(follower, 0);
  EXPECT_FALSE(recovered);
  // One that has read them all needs none of what was given up.
  Follower reader = follow(0);
  for (int i = 0; i < 1000; ++i) emit(*reader.client, 0, std::string(100, 'x'));
  reader.read();
  emit(*reader.client, 0, "last");
  reader.client->take();
  reader.client->drop();
  come_back(reader, 1);
  EXPECT_TRUE(recovered);
  EXPECT_EQ(reader.texts.back(), "last");
}

TEST_F(SmallLog, SoManySessionsAreKept) {
  Follower first = follow(0);
  Follower second = follow(0);
  Follower third = follow(1);
  for (Follower* const follower : {&first, &second, &third}) follower->client->drop();
  EXPECT_EQ(world.nsp().record().recovery->stored_sessions(), 2u);
  come_back(first, 0);
  EXPECT_FALSE(recovered);
  come_back(third, 0);
  EXPECT_TRUE(recovered);
}

TEST_F(RecoveryTest, TheOnlyUserOfAFormStillGetsItsEvents) {
  Client& client = world.client(0);
  client.binary(socketio::test::unhex("83a47479706500a464617461d40000a36e7370a12f"));
  Socket* const before = [&] {
    Socket* found = nullptr;
    for (const auto& ref : world.nsp().select({})) found = ref.get();
    return found;
  }();
  ASSERT_NE(before, nullptr);
  const std::string sid(before->id());
  client.take();
  client.drop();
  connected(1);
  broadcast("missed");
  EXPECT_TRUE(world.nsp().forms_in_use().msgpack);
}

TEST_F(RecoveryTest, AClientThatGoesWhileItIsBroughtBackMayComeAgain) {
  Follower follower = follow(0);
  broadcast("1");
  follower.read();
  // Its session is still on worker 0; the new connection ends before worker 0 has answered.
  Client& hasty = world.client(1);
  const std::string payload = R"(0{"pid":")" + follower.pid + R"(","offset":")" + follower.offset + "\"}";
  world.on(1, [&] { hasty.handler->on_text(payload); });
  hasty.drop();
  come_back(follower, 0);
  EXPECT_TRUE(recovered);
}

// Everything at once: clients drop, linger, lose what was on the way and come back anywhere, while broadcasts and
// single events go on from every worker. Each must see exactly its stream: in order, nothing twice, nothing left out.
struct Everything : RecoveryTest {
  Everything() : RecoveryTest(with_recovery(), 3) {}
  void TestBody() override {}

  struct Member {
    Follower follower;
    std::vector<std::string> expected;
    std::set<std::string> rooms;
    bool away = false;
  };

  void step() {
    const int what = *rc::gen::inRange(0, 12);
    if (what == 0 || members.empty()) {
      world.turn();
      Member member;
      member.follower = follow(*rc::gen::inRange<std::uint32_t>(0, 3));
      members.push_back(std::move(member));
    } else if (what < 5) {
      publish();
    } else {
      touch(members[*rc::gen::inRange<std::size_t>(0, members.size())], what);
    }
  }

  void publish() {
    const std::string text = std::to_string(++number);
    Selection selection;
    if (*rc::gen::inRange(0, 2) == 0) selection.rooms = {"r" + std::to_string(*rc::gen::inRange(0, 2))};
    if (*rc::gen::inRange(0, 4) == 0) selection.except = {"r0"};
    for (Member& member : members) {
      const bool in = selection.rooms.empty() || member.rooms.contains(selection.rooms[0]);
      const bool out = !selection.except.empty() && member.rooms.contains("r0");
      if (in && !out) member.expected.push_back(text);
    }
    socketio::WriteArguments write = [&](codec::ValueWriter& writer) { writer.string(text); };
    const auto send = [&] { world.server->adapter().broadcast({"/", "news", 1, write}, selection, {}); };
    const int from = *rc::gen::inRange(0, 4);
    if (from == 3) {
      send();  // from no worker
    } else {
      world.on(static_cast<std::uint32_t>(from), send);
    }
    if (*rc::gen::inRange(0, 2) == 0) world.turn();
  }

  void touch(Member& member, int what) {
    Follower& follower = member.follower;
    if (what < 7 && !member.away) {  // what it gets is ordered by its worker: after what that has delivered
      world.turn();
      const std::string text = std::to_string(++number);
      member.expected.push_back(text);
      emit(*follower.client, follower.worker, text);
    } else if (what == 7 && !member.away) {
      follower.read();
    } else if (what == 8 && !member.away) {  // rooms change only when nothing is under way: else the order is open
      world.turn();
      follower.read();
      const std::string room = "r" + std::to_string(*rc::gen::inRange(0, 2));
      world.on(follower.worker, [&] { socket(*follower.client, follower.worker).join(room); });
      if (member.rooms.insert(room).second) sync(member);
    } else if (what < 11 && !member.away) {
      if (*rc::gen::inRange(0, 2) == 0) follower.client->take();  // lost on the way
      member.away = true;
      if (*rc::gen::inRange(0, 3) > 0) follower.client->drop();  // else it lingers
    } else if (member.away) {
      come_back(follower, *rc::gen::inRange<std::uint32_t>(0, 3));
      member.away = false;
      RC_ASSERT(recovered);
    }
  }
  // What is replayed goes by the rooms of the end: what it has seen so far must not be asked for again with new rooms.
  void sync(Member& member) {
    const std::string text = std::to_string(++number);
    member.expected.push_back(text);
    emit(*member.follower.client, member.follower.worker, text);
    member.follower.read();
  }

  void finish() {
    world.turn();
    for (Member& member : members) {
      if (member.away) {
        come_back(member.follower, 0);
        RC_ASSERT(recovered);
      }
      world.turn();
      member.follower.read();
      RC_ASSERT(member.follower.texts == member.expected);
    }
  }

  std::vector<Member> members;
  int number = 0;
};

RC_GTEST_PROP(Recovery, NothingIsLostDuplicatedOrReordered, ()) {
  Everything everything;
  const int steps = *rc::gen::inRange(1, 80);
  for (int i = 0; i < steps; ++i) everything.step();
  everything.finish();
}

}  // namespace
}  // namespace tutti::adapter
