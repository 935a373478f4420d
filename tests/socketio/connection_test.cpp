// CONNECT to DISCONNECT: socketio.md, sections 2 and 4.
#include <gmock/gmock.h>

#include "socketio/world.hpp"

namespace tutti::socketio {
namespace {

using test::Client;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

const std::string kConnected = R"re(0\{"sid":"[-A-Za-z0-9_]{20}"\})re";

// What a namespace's hooks saw, in order.
struct Journal {
  std::vector<std::string> lines;
  void watch(Namespace& nsp) {
    nsp.on_connect([this](Peer&) { lines.push_back("connect"); });
    nsp.on_disconnecting([this](Peer& peer, DisconnectReason reason) {
      const std::size_t rooms = static_cast<Socket&>(peer).rooms().size();
      lines.push_back("disconnecting " + std::string(to_string(reason)) + " rooms=" + std::to_string(rooms));
    });
    nsp.on_disconnect([this](Peer& peer, DisconnectReason reason) {
      const std::size_t rooms = static_cast<Socket&>(peer).rooms().size();
      lines.push_back("disconnect " + std::string(to_string(reason)) + " rooms=" + std::to_string(rooms));
    });
    nsp.on_error([this](Peer&, std::string_view message) { lines.push_back("error " + std::string(message)); });
    nsp.on_any_event([this](Peer&, IncomingEvent& event) { lines.push_back("event " + std::string(event.name())); });
  }
};

TEST(Connect, AnswersWithANewIdForEachNamespace) {
  World world;
  world.nsp("/admin");
  Client& client = world.client();
  client.connect();
  const std::string first = client.sid_in_namespace;
  client.connect("/admin", R"({"role":"ops"})");
  EXPECT_NE(client.sid_in_namespace, first);
  EXPECT_NE(first, client.sid());
  EXPECT_EQ(world.stats().sockets.value(), 2);
}

TEST(Connect, TheNamespaceStandsInTheAnswer) {
  World world;
  world.nsp("/admin");
  Client& client = world.client();
  client.text("0/admin,");
  EXPECT_THAT(client.take(), ElementsAre(MatchesRegex(R"re(0/admin,\{"sid":"[-A-Za-z0-9_]{20}"\})re")));
}

TEST(Connect, UnknownNamespacesAreRefusedAndTheConnectionStays) {
  World world;
  Client& client = world.client();
  client.text("0/nope,");
  client.text("0/custom?token=1,");
  EXPECT_THAT(client.take(), ElementsAre(R"(4/nope,{"message":"Invalid namespace"})",
                                         R"(4/custom?token=1,{"message":"Invalid namespace"})"));
  EXPECT_FALSE(client.closed());
  client.connect();
  EXPECT_EQ(world.stats().connects_refused.value(), 2u);
}

TEST(Connect, ThePayloadIsTheHandshakesAuth) {
  World world;
  std::string token;
  world.nsp().on_connect([&](Peer& peer) {
    codec::Arena arena;
    const auto auth = peer.auth(arena);
    ASSERT_TRUE(auth.is_object());
    token = auth["token"].is_string() ? auth["token"].as_string() : "none";
  });
  world.client().connect("/", R"({"token":"abc"})");
  EXPECT_EQ(token, "abc");
  world.client().connect();
  EXPECT_EQ(token, "none");
}

TEST(Connect, WithoutOneTheSessionIsClosedInTime) {
  World world({.connect_timeout = std::chrono::seconds(1)});
  Client& silent = world.client();
  Client& refused = world.client();
  Client& connected = world.client();
  refused.text("0/nope,");
  connected.connect();
  world.advance(std::chrono::milliseconds(999));
  EXPECT_FALSE(silent.closed());
  world.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(refused.closed());
  EXPECT_FALSE(connected.closed());
  EXPECT_EQ(world.stats().connect_timeouts.value(), 2u);
}

TEST(Connect, AMiddlewareThatNeverAnswersDoesNotOutliveTheTimeout) {
  World world({.connect_timeout = std::chrono::seconds(1)});
  std::vector<Admission> pending;
  world.nsp().use([&](Peer&, Admission admission) { pending.push_back(std::move(admission)); });
  Client& client = world.client();
  client.text("0");
  world.advance(std::chrono::seconds(1));
  EXPECT_TRUE(client.closed());
  world.on(0, [&] { pending.front().accept(); });
  EXPECT_THAT(client.take(), IsEmpty());
}

TEST(Connect, ASecondOneForTheNamespaceClosesTheConnection) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  Client& client = world.client();
  client.connect();
  client.text("0");
  EXPECT_TRUE(client.closed());
  EXPECT_THAT(journal.lines,
              ElementsAre("connect", "disconnecting forced close rooms=1", "disconnect forced close rooms=0"));
}

TEST(Connect, ASecondOneWhileTheFirstWaitsClosesTheConnection) {
  World world;
  std::vector<Admission> pending;
  world.nsp().use([&](Peer&, Admission admission) { pending.push_back(std::move(admission)); });
  Client& client = world.client();
  client.text("0");
  client.text("0");
  EXPECT_TRUE(client.closed());
}

TEST(Connect, NamespacesOfOneConnectionAreLimited) {
  World world({.namespaces_max = 2});
  for (const char* name : {"/a", "/b"}) world.nsp(name);
  Client& client = world.client();
  client.connect();
  client.connect("/a");
  client.text("0/b,");
  EXPECT_THAT(client.take(), ElementsAre(R"(4/b,{"message":"too many namespaces"})"));
  client.text("1/a,");
  client.connect("/b");
}

TEST(Middleware, RunsInOrderBeforeTheAnswer) {
  World world;
  std::vector<std::string> order;
  for (const char* name : {"first", "second"}) {
    world.nsp().use([&order, name](Peer&, Admission admission) {
      order.emplace_back(name);
      admission.accept();
    });
  }
  world.nsp().on_connect([&](Peer&) { order.emplace_back("connect"); });
  world.client().connect();
  EXPECT_THAT(order, ElementsAre("first", "second", "connect"));
}

TEST(Middleware, RefusesWithMessageAndData) {
  World world;
  int next = 0;
  world.nsp().use([&](Peer&, Admission admission) {
    if (next++ == 0) return admission.refuse("not authorized", R"({"code":"E_AUTH","retry":false})");
    admission.refuse("nope");
  });
  world.nsp().on_connect([](Peer&) { FAIL(); });
  world.nsp().on_disconnect([](Peer&, DisconnectReason) { FAIL(); });
  Client& client = world.client();
  client.text("0");
  client.text("0");
  EXPECT_THAT(client.take(), ElementsAre(R"(4{"message":"not authorized","data":{"code":"E_AUTH","retry":false}})",
                                         R"(4{"message":"nope"})"));
  EXPECT_FALSE(client.closed());
}

TEST(Middleware, ARightThatIsDroppedRefuses) {
  World world;
  world.nsp().use([](Peer&, Admission) {});
  Client& client = world.client();
  client.text("0");
  EXPECT_THAT(client.take(), ElementsAre(R"(4{"message":"Unauthorized"})"));
}

TEST(Middleware, AnswersComeInTheOrderTheyFinish) {
  World world;
  std::vector<Admission> pending;
  world.nsp("/slow").use([&](Peer&, Admission admission) { pending.push_back(std::move(admission)); });
  Client& client = world.client();
  client.text("0/slow,");
  client.text("0");
  EXPECT_THAT(client.take(), ElementsAre(MatchesRegex(kConnected)));
  world.on(0, [&] { pending.front().accept(); });
  EXPECT_EQ(client.take().size(), 1u);
}

TEST(Middleware, MayAnswerFromAnotherThread) {
  World world;
  std::vector<Admission> pending;
  world.nsp().use([&](Peer&, Admission admission) { pending.push_back(std::move(admission)); });
  Client& client = world.client();
  client.text("0");
  pending.front().accept();  // no worker is current here
  EXPECT_THAT(client.take(), IsEmpty());
  world.turn();
  EXPECT_THAT(client.take(), ElementsAre(MatchesRegex(kConnected)));
}

TEST(Middleware, AClientThatGoesAwayMeanwhileIsDroppedSilently) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  std::vector<Admission> pending;
  world.nsp().use([&](Peer&, Admission admission) { pending.push_back(std::move(admission)); });
  Client& client = world.client();
  client.text("0");
  client.drop();
  world.on(0, [&] { pending.front().accept(); });
  EXPECT_THAT(journal.lines, IsEmpty());
  EXPECT_TRUE(world.nsp().empty());
}

TEST(Middleware, WhatItEmitsComesBeforeTheAnswerAndWhatHooksEmitAfter) {
  World world;
  world.nsp().use([](Peer& peer, Admission admission) {
    static_cast<Socket&>(peer).emit("session", 0, nullptr);
    admission.accept();
  });
  world.nsp().on_connect([](Peer& peer) { static_cast<Socket&>(peer).emit("hello", 0, nullptr); });
  Client& client = world.client();
  client.text("0");
  EXPECT_THAT(client.take(), ElementsAre(R"(2["session"])", MatchesRegex(kConnected), R"(2["hello"])"));
}

TEST(Middleware, RoomsJoinedThereCountOnceConnected) {
  World world;
  std::vector<Admission> pending;
  world.nsp().use([&](Peer& peer, Admission admission) {
    peer.join("early");
    pending.push_back(std::move(admission));
  });
  Client& client = world.client();
  client.text("0");
  Forms forms{.json = true};
  const auto packet = encode_event(forms, "/", "news", 0, nullptr);
  world.on(0, [&] { world.nsp().deliver({.rooms = {"early"}}, packet, {}); });
  EXPECT_THAT(client.take(), IsEmpty());
  world.on(0, [&] {
    pending.front().accept();
    world.nsp().deliver({.rooms = {"early"}}, packet, {});
  });
  EXPECT_THAT(client.take(), ElementsAre(MatchesRegex(kConnected), R"(2["news"])"));
}

TEST(Violation, EachOneClosesTheConnection) {
  for (const char* text : {"2[\"early\"]", "3[]", "1", "4{\"message\":\"x\"}", "x", "", "0[]"}) {
    World world;
    Client& client = world.client();
    client.text(text);
    EXPECT_TRUE(client.closed()) << text;
    EXPECT_THAT(client.take(), IsEmpty()) << text;
  }
}

TEST(Violation, APacketForANamespaceNotJoinedClosesTheConnection) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  world.nsp("/custom");
  Client& client = world.client();
  client.connect();
  client.text(R"(2/custom,["x"])");
  EXPECT_TRUE(client.closed());
  EXPECT_THAT(journal.lines,
              ElementsAre("connect", "disconnecting forced close rooms=1", "disconnect forced close rooms=0"));
}

TEST(Violation, TheSocketHearsWhatWasWrong) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  Client& client = world.client();
  client.connect();
  client.text("2{}");
  EXPECT_THAT(journal.lines, ElementsAre("connect", "error invalid payload", "disconnecting forced close rooms=1",
                                         "disconnect forced close rooms=0"));
  EXPECT_EQ(world.stats().parse_errors.value(), 1u);
}

TEST(Violation, NothingIsReadAfterIt) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  Client& client = world.client();
  client.connect();
  world.on(0, [&] {
    client.handler->on_text("2{}");
    client.handler->on_text(R"(2["late"])");
    client.handler->on_binary("x");
  });
  world.turn();
  EXPECT_THAT(journal.lines, ::testing::Not(::testing::Contains("event late")));
}

TEST(Disconnect, ByTheClientLeavesTheRestAlone) {
  Journal journal;
  World world;
  world.nsp("/admin");
  journal.watch(world.nsp());
  Client& client = world.client();
  client.connect();
  client.connect("/admin");
  client.text("1");
  EXPECT_FALSE(client.closed());
  EXPECT_THAT(client.take(), IsEmpty());
  EXPECT_EQ(world.nsp("/admin").size(), 1u);
  EXPECT_EQ(journal.lines.back(), "disconnect client namespace disconnect rooms=0");
  client.connect();
}

TEST(Disconnect, ByTheServerSaysSoAndKeepsTheTransport) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  Client& client = world.client();
  client.connect();
  Socket* const socket = world.socket(client.sid_in_namespace);
  world.on(0, [&] { socket->disconnect(false); });
  EXPECT_THAT(client.take(), ElementsAre("1"));
  EXPECT_FALSE(client.closed());
  EXPECT_EQ(journal.lines.back(), "disconnect server namespace disconnect rooms=0");
  // What the client sent before it knew is no violation.
  client.text(R"(2["crossing"])");
  client.text("1");
  EXPECT_FALSE(client.closed());
  EXPECT_EQ(journal.lines.back(), "disconnect server namespace disconnect rooms=0");
  client.connect();
}

TEST(Disconnect, WithCloseEndsEveryNamespaceFirst) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  world.nsp("/admin");
  Client& client = world.client();
  client.connect();
  const std::string id = client.sid_in_namespace;
  client.connect("/admin");
  world.on(0, [&] { world.socket(id)->disconnect(true); });
  EXPECT_THAT(client.take(), ElementsAre("1/admin,", "1"));
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(journal.lines.back(), "disconnect server namespace disconnect rooms=0");
  EXPECT_TRUE(world.nsp("/admin").empty());
}

TEST(Disconnect, EveryTransportReasonHasItsWords) {
  using engineio::CloseReason;
  for (const auto& [reason, words] :
       std::vector<std::pair<CloseReason, std::string>>{{CloseReason::transport_error, "transport error"},
                                                        {CloseReason::transport_close, "transport close"},
                                                        {CloseReason::ping_timeout, "ping timeout"},
                                                        {CloseReason::parse_error, "parse error"},
                                                        {CloseReason::forced_close, "forced close"},
                                                        {CloseReason::server_shutting_down, "server shutting down"}}) {
    Journal journal;
    World world;
    journal.watch(world.nsp());
    Client& client = world.client();
    client.connect();
    client.drop(reason);
    EXPECT_EQ(journal.lines.back(), "disconnect " + words + " rooms=0");
  }
}

TEST(Disconnect, InADisconnectingHookChangesNothing) {
  World world;
  int hooks = 0;
  world.nsp().on_disconnecting([&](Peer& peer, DisconnectReason) {
    ++hooks;
    peer.disconnect(true);
  });
  world.nsp().on_disconnect([&](Peer& peer, DisconnectReason) {
    ++hooks;
    peer.disconnect(false);
    static_cast<Socket&>(peer).emit("late", 0, nullptr);
    EXPECT_FALSE(peer.handshake().target().empty());
  });
  Client& client = world.client();
  client.connect();
  client.text("1");
  EXPECT_EQ(hooks, 2);
  EXPECT_THAT(client.take(), IsEmpty());
}

TEST(Disconnect, InTheConnectHookStopsTheOthers) {
  World world;
  world.nsp().on_connect([](Peer& peer) { peer.disconnect(false); });
  world.nsp().on_connect([](Peer&) { FAIL(); });
  Client& client = world.client();
  client.text("0");
  EXPECT_EQ(client.take().back(), "1");
}

TEST(Shutdown, SaysNothingOnTheWire) {
  Journal journal;
  World world;
  journal.watch(world.nsp());
  Client& client = world.client();
  client.connect();
  bool done = false;
  world.server->shut_down([&] { done = true; });
  world.turn();
  EXPECT_TRUE(done);
  EXPECT_THAT(client.take(), IsEmpty());
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(journal.lines.back(), "disconnect server shutting down rooms=0");
}

TEST(Form, IsThatOfTheFirstPacket) {
  World world;
  Client& msgpack = world.client();
  msgpack.binary(test::unhex("83a47479706500a464617461d40000a36e7370a12f"));
  const auto answer = msgpack.take();
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].substr(0, 2), "b:");
  msgpack.text(R"(2["a"])");
  EXPECT_TRUE(msgpack.closed());

  Client& json = world.client();
  json.connect();
  json.binary(test::unhex("83a47479706502a46461746191a46563686fa36e7370a12f"));
  EXPECT_TRUE(json.closed());
}

TEST(Legacy, IsConnectedToTheDefaultNamespaceAtOnceByTheSessionsId) {
  World world;
  std::string id;
  world.nsp().on_connect([&](Peer& peer) { id = peer.id(); });
  Client& client = world.client(0, 3);
  EXPECT_THAT(client.take(), ElementsAre("0"));
  EXPECT_EQ(id, client.sid());
  client.text("1");
  EXPECT_TRUE(world.nsp().empty());
}

TEST(Legacy, ParametersBehindTheNamespaceAreTheAuth) {
  World world;
  std::string id, token;
  world.nsp("/chat").on_connect([&](Peer& peer) {
    codec::Arena arena;
    id = peer.id();
    token = peer.auth(arena)["token"].as_string();
  });
  Client& client = world.client(0, 3);
  client.text("0/chat?token=a%20b&x=1,");
  client.text("0/nope,");
  EXPECT_THAT(client.take(), ElementsAre("0", "0/chat,", R"(4/nope,{"message":"Invalid namespace"})"));
  EXPECT_EQ(id, "/chat#" + std::string(client.sid()));
  EXPECT_EQ(token, "a b");
  ASSERT_NE(world.nsp("/chat").find(id), nullptr);
  const auto packet = encode_event({.json = true}, "/chat", "x", 0, nullptr);
  world.on(0, [&] { world.nsp("/chat").deliver({.rooms = {id}}, packet, {}); });
  EXPECT_THAT(client.take(), ElementsAre(R"(2/chat,["x"])"));
}

TEST(Legacy, ARefusalIsTheMessageOrTheData) {
  World world;
  world.nsp("/no").use([](Peer&, Admission admission) { admission.refuse("no"); });
  world.nsp("/data").use([](Peer&, Admission admission) { admission.refuse("no", R"({"code":1})"); });
  Client& client = world.client(0, 3);
  client.text("0/no,");
  client.text("0/data,");
  EXPECT_THAT(client.take(), ElementsAre("0", R"(4/no,"no")", R"(4/data,{"code":1})"));
}

TEST(Dynamic, AChildIsMadeForEachNameThatFits) {
  World world;
  std::vector<std::string> connected;
  NativeNamespace& parent = world.server->hub(0).of_dynamic([](std::string_view name, const codec::Value& auth) {
    return name.starts_with("/dyn-") && auth["ok"].is_undefined();
  });
  parent.on_connect([&](Peer& peer) { connected.emplace_back(peer.nsp()); });
  Client& client = world.client();
  client.connect("/dyn-1");
  client.connect("/dyn-2");
  client.text("0/other,");
  client.text(R"(0/dyn-3,{"ok":false})");
  EXPECT_THAT(connected, ElementsAre("/dyn-1", "/dyn-2"));
  EXPECT_THAT(client.take(),
              ElementsAre(R"(4/other,{"message":"Invalid namespace"})", R"(4/dyn-3,{"message":"Invalid namespace"})"));
}

TEST(Dynamic, EmptyChildrenGoIfWanted) {
  for (const bool wanted : {false, true}) {
    World world({.cleanup_empty_child_namespaces = wanted});
    world.server->hub(0).of_dynamic([](std::string_view, const codec::Value&) { return true; });
    Client& client = world.client();
    client.connect("/child");
    client.text("1/child,");
    EXPECT_EQ(world.server->hub(0).find("/child") == nullptr, wanted);
    EXPECT_NE(world.server->hub(0).find("/"), nullptr);
    client.connect("/child");
  }
}

TEST(Dynamic, AChildInWhichSomebodyIsConnectingStays) {
  World world({.cleanup_empty_child_namespaces = true});
  auto& parent = world.server->hub(0).of_dynamic([](std::string_view, const codec::Value&) { return true; });
  std::vector<Admission> pending;
  parent.use([&](Peer&, Admission admission) { pending.push_back(std::move(admission)); });
  Client& first = world.client();
  Client& second = world.client();
  first.text("0/child,");
  second.text("0/child,");
  world.on(0, [&] { pending[0].refuse("no"); });
  world.turn();
  ASSERT_NE(world.server->hub(0).find("/child"), nullptr);
  world.on(0, [&] { pending[1].accept(); });
  EXPECT_EQ(second.take().size(), 1u);
}

}  // namespace
}  // namespace tutti::socketio
