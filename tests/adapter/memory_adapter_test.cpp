// Broadcasts and everything else that concerns several workers.
#include "adapter/memory/memory_adapter.hpp"

#include <gmock/gmock.h>

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "socketio/world.hpp"

namespace tutti::adapter {
namespace {

using socketio::AckResponses;
using socketio::BroadcastFlags;
using socketio::Packed;
using socketio::Selection;
using socketio::SocketDescription;
using socketio::test::Client;
using socketio::test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string shown(const Packed& packed) {
  codec::Arena arena;
  const auto value = codec::parse_msgpack(packed, arena);
  if (!value.has_value()) return "?";
  std::string text;
  std::vector<std::string_view> binaries;
  codec::JsonWriter writer(text, &binaries);
  writer.value(*value);
  return text;
}
std::vector<std::string> shown(const std::vector<Packed>& values) {
  std::vector<std::string> texts;
  for (const Packed& value : values) texts.push_back(shown(value));
  return texts;
}

// Three workers, a client on each.
struct MemoryAdapterTest : ::testing::Test {
  explicit MemoryAdapterTest(socketio::Options options = {}) : world(std::move(options), 3) {
    world.server->set_adapter(std::make_unique<MemoryAdapter>(*world.server));
    for (std::uint32_t worker = 0; worker < 3; ++worker) {
      clients.push_back(&world.client(worker));
      clients.back()->connect();
    }
  }
  void broadcast(Selection selection = {}, BroadcastFlags flags = {}, std::string text = "x") {
    socketio::WriteArguments write = [&](codec::ValueWriter& writer) {
      ++encodings;
      writer.string(text);
    };
    adapter().broadcast({"/", "news", 1, write}, selection, flags);
  }
  void ask(Selection selection, std::optional<Duration> timeout) {
    socketio::WriteArguments write = [](codec::ValueWriter& writer) { writer.integer(1); };
    adapter().broadcast_with_ack({"/", "ask", 1, write}, selection,
                                 {.volatile_ = false, .compress = true, .local = false, .timeout = timeout},
                                 [this](AckResponses answers) { answered.push_back(std::move(answers)); });
  }
  socketio::Adapter& adapter() { return world.server->adapter(); }
  void join(std::size_t client, std::string_view room) {
    const auto worker = static_cast<std::uint32_t>(client);
    world.on(worker, [&] { world.socket(clients[client]->sid_in_namespace, worker)->join(room); });
  }

  int encodings = 0;
  std::vector<AckResponses> answered;
  World world;
  std::vector<Client*> clients;
};

TEST_F(MemoryAdapterTest, ReachesEveryWorkerFromOneAndServesItsOwnAtOnce) {
  world.on(1, [&] {
    broadcast();
    EXPECT_EQ(clients[1]->take().size(), 1u);
    EXPECT_THAT(clients[0]->take(), IsEmpty());
  });
  world.turn();
  EXPECT_THAT(clients[0]->take(), ElementsAre(R"(2["news","x"])"));
  EXPECT_THAT(clients[2]->take(), ElementsAre(R"(2["news","x"])"));
}

TEST_F(MemoryAdapterTest, MayBeCalledFromAnyThread) {
  broadcast();
  world.turn();
  for (Client* const client : clients) EXPECT_THAT(client->take(), ElementsAre(R"(2["news","x"])"));
}

TEST_F(MemoryAdapterTest, EncodesOnceForEachFormInUseAndSharesTheBytes) {
  world.on(0, [&] { broadcast(); });
  world.turn();
  EXPECT_EQ(encodings, 1);
  EXPECT_EQ(clients[0]->sent.back().get(), clients[2]->sent.back().get());

  Client& other = world.client(2);
  other.binary(socketio::test::unhex("83a47479706500a464617461d40000a36e7370a12f"));
  other.take();
  world.on(0, [&] { broadcast(); });
  world.turn();
  EXPECT_EQ(encodings, 3);
  // {type: 2, data: ["news", "x"], nsp: "/"}
  EXPECT_THAT(other.take(), ElementsAre("b:83a47479706502a46461746192a46e657773a178a36e7370a12f"));

  for (Client* const client : clients) client->drop();
  world.on(0, [&] { broadcast(); });
  EXPECT_EQ(encodings, 4) << "only MessagePack is in use";
  other.drop();
  world.on(0, [&] { broadcast(); });
  EXPECT_EQ(encodings, 4) << "nobody is there";
}

TEST_F(MemoryAdapterTest, SelectsRoomsOnEveryWorker) {
  join(0, "r");
  join(2, "r");
  broadcast({.rooms = {"r"}, .except = {clients[2]->sid_in_namespace}});
  world.turn();
  EXPECT_EQ(clients[0]->take().size(), 1u);
  EXPECT_THAT(clients[1]->take(), IsEmpty());
  EXPECT_THAT(clients[2]->take(), IsEmpty());
}

TEST_F(MemoryAdapterTest, KeepsTheOrderOfOneCaller) {
  world.on(0, [&] {
    for (int i = 0; i < 5; ++i) broadcast({}, {}, std::to_string(i));
  });
  world.turn();
  EXPECT_THAT(clients[1]->take(), ElementsAre(R"(2["news","0"])", R"(2["news","1"])", R"(2["news","2"])",
                                              R"(2["news","3"])", R"(2["news","4"])"));
}

TEST_F(MemoryAdapterTest, PassesVolatileAndCompressOn) {
  clients[1]->buffered = 1;
  broadcast({}, {.volatile_ = true, .compress = false});
  world.turn();
  EXPECT_THAT(clients[1]->take(), IsEmpty());
  EXPECT_EQ(clients[0]->take().size(), 1u);
  EXPECT_FALSE(clients[0]->sent_compressed.back());
}

TEST_F(MemoryAdapterTest, UnknownNamespacesAreNobody) {
  socketio::WriteArguments write = [](codec::ValueWriter&) { FAIL(); };
  adapter().broadcast({"/nowhere", "x", 1, write}, {}, {});
  adapter().sockets_join("/nowhere", {}, {"r"}, {});
  std::vector<SocketDescription> found(1);
  adapter().fetch_sockets("/nowhere", {}, {}, [&](auto sockets) { found = *sockets; });
  world.turn();
  EXPECT_THAT(found, IsEmpty());
}

TEST_F(MemoryAdapterTest, CollectsTheFirstArgumentOfEachAcknowledgement) {
  world.on(1, [&] { ask({}, std::chrono::seconds(1)); });
  world.turn();
  for (Client* const client : clients) EXPECT_THAT(client->take(), ElementsAre(R"(20["ask",1])"));
  clients[2]->text(R"(30["two","ignored"])");
  clients[0]->text("30[]");
  EXPECT_THAT(answered, IsEmpty());
  clients[1]->text(R"(30[{"a":[1]}])");
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].error, "");
  EXPECT_THAT(shown(answered[0].responses), ElementsAre(R"("two")", "null", R"({"a":[1]})"));
  clients[1]->text("30[1]");
  EXPECT_EQ(answered.size(), 1u);
}

TEST_F(MemoryAdapterTest, AcknowledgementsThatAreMissingAtTheTimeoutAreLeftOut) {
  ask({}, std::chrono::milliseconds(100));
  world.turn();
  clients[0]->text(R"(30["one"])");
  world.advance(std::chrono::milliseconds(100));
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].error, "operation has timed out");
  EXPECT_THAT(shown(answered[0].responses), ElementsAre(R"("one")"));
  clients[1]->text(R"(30["late"])");
  EXPECT_EQ(answered.size(), 1u);
}

TEST_F(MemoryAdapterTest, NobodyToAskIsAnswered) {
  world.on(0, [&] { ask({.rooms = {"empty"}}, std::chrono::seconds(1)); });
  world.turn();
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(answered[0].error, "");
  EXPECT_THAT(answered[0].responses, IsEmpty());
}

TEST_F(MemoryAdapterTest, AcknowledgementsMayHoldBytes) {
  ask({.rooms = {clients[0]->sid_in_namespace}}, std::chrono::seconds(1));
  world.turn();
  clients[0]->text(R"(61-0[{"_placeholder":true,"num":0}])");
  clients[0]->binary("\x01\x02");
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_EQ(socketio::test::hex(answered[0].responses.at(0)), "c4020102");
}

TEST_F(MemoryAdapterTest, MovesSocketsInAndOutOfRooms) {
  adapter().sockets_join("/", {.rooms = {clients[0]->sid_in_namespace, clients[1]->sid_in_namespace}}, {"a", "b"}, {});
  world.turn();
  adapter().sockets_leave("/", {.rooms = {"a"}, .except = {clients[1]->sid_in_namespace}}, {"b"}, {});
  world.turn();
  broadcast({.rooms = {"b"}});
  world.turn();
  EXPECT_THAT(clients[0]->take(), IsEmpty());
  EXPECT_EQ(clients[1]->take().size(), 1u);
}

TEST_F(MemoryAdapterTest, DescribesTheSocketsOfAllWorkers) {
  join(2, "r");
  std::vector<SocketDescription> found;
  world.on(1, [&] { adapter().fetch_sockets("/", {}, {}, [&](auto sockets) { found = std::move(*sockets); }); });
  world.turn();
  ASSERT_EQ(found.size(), 3u);
  std::vector<std::string> ids;
  for (const SocketDescription& socket : found) ids.push_back(socket.id);
  EXPECT_THAT(ids, UnorderedElementsAre(clients[0]->sid_in_namespace, clients[1]->sid_in_namespace,
                                        clients[2]->sid_in_namespace));
  EXPECT_EQ(shown(found[0].data), "{}");
  EXPECT_THAT(shown(found[0].handshake), ::testing::HasSubstr(R"("address":"127.0.0.1")"));
}

TEST_F(MemoryAdapterTest, ListsEachRoomOnce) {
  join(0, "r");
  join(1, "r");
  std::vector<std::string> rooms;
  adapter().all_rooms("/", [&](auto found) { rooms = std::move(*found); });
  world.turn();
  EXPECT_THAT(rooms, UnorderedElementsAre("r", clients[0]->sid_in_namespace, clients[1]->sid_in_namespace,
                                          clients[2]->sid_in_namespace));
}

TEST_F(MemoryAdapterTest, DisconnectsASelection) {
  join(0, "r");
  join(1, "r");
  adapter().disconnect_sockets("/", {.rooms = {"r"}, .except = {clients[1]->sid_in_namespace}}, false, {});
  world.turn();
  EXPECT_THAT(clients[0]->take(), ElementsAre("1"));
  EXPECT_FALSE(clients[0]->closed());
  adapter().disconnect_sockets("/", {}, true, {});
  world.turn();
  EXPECT_FALSE(clients[0]->closed()) << "it is in no namespace any more";
  EXPECT_TRUE(clients[1]->closed());
  EXPECT_TRUE(clients[2]->closed());
}

TEST_F(MemoryAdapterTest, NoOtherServerAnswers) {
  bool called = false;
  adapter().server_side_emit("/", "ping", {}, [&](AckResponses answers) {
    called = true;
    EXPECT_EQ(answers.error, "");
    EXPECT_THAT(answers.responses, IsEmpty());
  });
  world.turn();
  EXPECT_TRUE(called);
  adapter().server_side_emit("/", "ping", {}, nullptr);
}

}  // namespace
}  // namespace tutti::adapter
