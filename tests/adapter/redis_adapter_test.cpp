// The Redis adapter of one server; the test is Redis and all other servers.
#include "adapter/redis/redis_adapter.hpp"

#include <gmock/gmock.h>

#include "codec/msgpack.hpp"
#include "net/stream.hpp"
#include "socketio/world.hpp"

namespace tutti::adapter {
namespace {

using socketio::test::Client;
using socketio::test::World;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A stream whose bytes are looked at as they are written.
class Pipe final : public net::Stream {
 public:
  void set_handler(net::StreamHandler* given) noexcept override { handler = given; }
  void write(SharedBytes bytes) override { sent += bytes.view(); }
  std::size_t buffered_bytes() const noexcept override { return 0; }
  bool blocked() const noexcept override { return false; }
  void pause_reading() override {}
  void resume_reading() override {}
  void close() override { handler = nullptr; }
  void abort() override { handler = nullptr; }
  std::unique_ptr<net::DetachedStream> detach() override { return nullptr; }
  net::PeerAddress peer() const override { return {}; }
  void deliver(std::string bytes) {
    if (handler) handler->on_data(bytes.data(), bytes.size());
  }
  std::string take() { return std::exchange(sent, {}); }

  net::StreamHandler* handler = nullptr;
  std::string sent;
};

std::string bulk(std::initializer_list<std::string_view> words) {
  std::string text;
  redis::append_command(text, {words.begin(), words.size()});
  return text;
}

class RedisAdapterTest : public ::testing::Test {
 protected:
  RedisAdapterTest() {
    auto made = std::make_unique<RedisAdapter>(
        *world.server,
        [this](const redis::Url&, Duration, redis::OnDialed on_dialed) -> std::shared_ptr<void> {
          dialed.push_back(std::move(on_dialed));
          return nullptr;
        },
        RedisAdapterOptions{});
    adapter = made.get();
    world.server->set_adapter(std::move(made));
    world.nsp();
    world.server->start();
    world.turn();
  }
  void connect() {
    for (Pipe* const pipe : {&publisher, &subscriber}) {
      world.on(0, [&] { dialed[pipe == &publisher ? 0 : 1](pipe); });
      say(*pipe, "+PONG\r\n");
    }
    say(subscriber, "*3\r\n$10\r\npsubscribe\r\n$13\r\nsocket.io#/#*\r\n:1\r\n");
    publisher.take();
    subscriber.take();
  }
  void say(Pipe& pipe, const std::string& bytes) {
    world.on(0, [&] { pipe.deliver(bytes); });
    world.turn();
  }
  void broadcast_from_elsewhere(std::string_view channel, std::string_view payload) {
    say(subscriber, bulk({"pmessage", "socket.io#/#*", channel, payload}));
  }
  void request_from_elsewhere(std::string_view payload) {
    say(subscriber, bulk({"message", "socket.io-request#/#", payload}));
  }
  void answer_from_elsewhere(std::string_view payload) {
    say(subscriber, bulk({"message", "socket.io-response#/#", payload}));
  }
  void count_is(int servers) {
    say(publisher, "*2\r\n$20\r\nsocket.io-request#/#\r\n:" + std::to_string(servers) + "\r\n");
  }
  static std::string event(std::string_view uid, std::string_view name, const socketio::Selection& selection = {}) {
    socketio::WriteArguments nothing = [](codec::ValueWriter&) {};
    return encode_broadcast(uid, {"/", name, 0, nothing}, selection, {});
  }
  static std::string id_in(const std::string& request) {
    const std::string key = "\"requestId\":\"";
    const auto at = request.find(key);
    return at == std::string::npos ? "" : request.substr(at + key.size(), 6);
  }

  std::vector<redis::OnDialed> dialed;
  Pipe publisher, subscriber;
  World world;
  RedisAdapter* adapter = nullptr;
};

TEST_F(RedisAdapterTest, SubscribesAsTheNodeAdapterDoes) {
  world.on(0, [&] { dialed[1](&subscriber); });
  subscriber.take();
  say(subscriber, "+PONG\r\n");
  const std::string sent = subscriber.take();
  EXPECT_THAT(sent, HasSubstr(bulk({"PSUBSCRIBE", "socket.io#/#*"})));
  EXPECT_THAT(sent, HasSubstr("socket.io-request#/#"));
  EXPECT_THAT(sent, HasSubstr("socket.io-response#/#"));
}

TEST_F(RedisAdapterTest, PublishesABroadcastAndDeliversItHereAtOnce) {
  connect();
  Client& client = world.client();
  client.connect();
  client.take();
  world.on(0, [&] {
    auto write = socketio::test::text_argument("x");
    adapter->broadcast({"/", "hello", 1, write}, {}, {});
  });
  world.turn();
  EXPECT_THAT(client.take(), ElementsAre("2[\"hello\",\"x\"]"));
  EXPECT_THAT(publisher.take(), HasSubstr("PUBLISH"));
}

TEST_F(RedisAdapterTest, DeliversHereWithoutRedis) {
  Client& client = world.client();
  client.connect();
  client.take();
  world.on(0, [&] {
    auto write = socketio::test::text_argument("x");
    adapter->broadcast({"/", "hello", 1, write}, {}, {});
    adapter->sockets_join("/", {}, {"r"}, {});
  });
  world.turn();
  EXPECT_THAT(client.take(), ElementsAre("2[\"hello\",\"x\"]"));
  EXPECT_TRUE(world.socket(client.sid_in_namespace)->in_room("r"));
  world.advance(seconds(6));
  EXPECT_EQ(adapter->redis_stats().commands_dropped.get(), 2U) << "nothing is published later than allowed";
}

TEST_F(RedisAdapterTest, DeliversWhatOthersPublishUnlessNobodyIsInTheRoom) {
  connect();
  Client& client = world.client();
  client.connect();
  client.take();
  broadcast_from_elsewhere("socket.io#/#", event("abcdef", "all"));
  broadcast_from_elsewhere("socket.io#/#ghost#", "never decoded");
  broadcast_from_elsewhere("socket.io#/#" + client.sid_in_namespace + "#",
                           event("abcdef", "you", {{client.sid_in_namespace}, {}}));
  EXPECT_THAT(client.take(), ElementsAre("2[\"all\"]", "2[\"you\"]"));
  EXPECT_EQ(adapter->stats().broadcasts_skipped.value(), 1U);
  EXPECT_EQ(adapter->stats().undecodable.value(), 0U);
}

TEST_F(RedisAdapterTest, CountsAndDropsWhatItCannotUnderstand) {
  connect();
  Client& client = world.client();
  client.connect();
  client.take();
  const std::vector<std::string> garbage{"",
                                         "x",
                                         "\xC1",
                                         "\xC0",
                                         "\x93",
                                         "{",
                                         "{}",
                                         R"({"type":5})",
                                         R"({"type":99})",
                                         R"({"type":2,"opts":{"rooms":"all"},"rooms":["x"]})",
                                         "\x91\xA1\x61"};
  for (const std::string& bytes : garbage) {
    broadcast_from_elsewhere("socket.io#/#", bytes);
    request_from_elsewhere(bytes);
    answer_from_elsewhere(bytes);
  }
  EXPECT_THAT(client.take(), IsEmpty());
  EXPECT_FALSE(client.closed());
  EXPECT_GE(adapter->stats().undecodable.value(), 2 * garbage.size());
  EXPECT_THAT(publisher.take(), IsEmpty());
}

TEST_F(RedisAdapterTest, AnswersOldRequestsToo) {
  connect();
  Client& client = world.client();
  client.connect();
  const std::string sid = client.sid_in_namespace;
  request_from_elsewhere(R"({"uid":"abcdef","requestId":"r00001","type":0,"rooms":[]})");
  EXPECT_THAT(publisher.take(), HasSubstr(R"({"requestId":"r00001","sockets":[")" + sid + R"("]})"));
  request_from_elsewhere(R"({"requestId":"r00002","type":2,"sid":")" + sid + R"(","room":"old"})");
  EXPECT_THAT(publisher.take(), HasSubstr(R"({"requestId":"r00002"})"));
  EXPECT_TRUE(world.socket(sid)->in_room("old"));
  request_from_elsewhere(R"({"requestId":"r00003","type":3,"sid":")" + sid + R"(","room":"old"})");
  EXPECT_FALSE(world.socket(sid)->in_room("old"));
  publisher.take();
  request_from_elsewhere(R"({"requestId":"r00004","type":4,"sid":"nobody","close":true})");
  EXPECT_THAT(publisher.take(), IsEmpty()) << "who has the socket answers";
}

TEST_F(RedisAdapterTest, TakesNumbersForRooms) {
  connect();
  Client& client = world.client();
  client.connect();
  request_from_elsewhere(R"({"type":2,"opts":{"rooms":[],"except":[]},"rooms":[5]})");
  EXPECT_TRUE(world.socket(client.sid_in_namespace)->in_room("5"));
}

TEST_F(RedisAdapterTest, FetchesFromAllServers) {
  connect();
  std::vector<std::string> found;
  world.on(0, [&] {
    adapter->fetch_sockets("/", {}, {}, [&](Result<std::vector<socketio::SocketDescription>, std::string> sockets) {
      for (const auto& socket : *sockets) found.push_back(socket.id);
      found.emplace_back("end");
    });
  });
  world.turn();
  EXPECT_EQ(publisher.take(), bulk({"PUBSUB", "NUMSUB", "socket.io-request#/#"}));
  count_is(3);
  const std::string id = id_in(publisher.take());
  answer_from_elsewhere(R"({"requestId":")" + id +
                        R"(","sockets":[{"id":"a","handshake":{},"rooms":["a"],"data":{}}]})");
  EXPECT_THAT(found, IsEmpty());
  answer_from_elsewhere(R"({"requestId":")" + id + R"(","sockets":[]})");
  EXPECT_THAT(found, ElementsAre("a", "end"));
}

TEST_F(RedisAdapterTest, LimitsTheTimeOfCountingToo) {
  connect();
  std::string error;
  world.on(0, [&] {
    adapter->all_rooms("/", [&](Result<std::vector<std::string>, std::string> rooms) { error = rooms.error(); });
  });
  world.advance(seconds(5));
  EXPECT_EQ(error, "timeout reached while waiting for allRooms response");
}

TEST_F(RedisAdapterTest, GivesTheAnswersThatCameWhenOthersDidNot) {
  connect();
  socketio::AckResponses got;
  world.on(0, [&] {
    adapter->server_side_emit("/", "ask", {}, [&](socketio::AckResponses answers) { got = std::move(answers); });
  });
  world.turn();
  publisher.take();
  count_is(4);
  const std::string id = id_in(publisher.take());
  answer_from_elsewhere(R"({"type":6,"requestId":")" + id + R"(","data":1})");
  world.advance(seconds(5));
  EXPECT_EQ(got.error, "timeout reached: only 1 responses received out of 3");
  EXPECT_EQ(got.responses.size(), 1U);
}

TEST_F(RedisAdapterTest, EndsWhatIsUnderWayWhenItCloses) {
  connect();
  bool ended = false;
  bool closed = false;
  world.on(0, [&] { adapter->all_rooms("/", [&](Result<std::vector<std::string>, std::string>) { ended = true; }); });
  world.turn();
  world.on(0, [&] { adapter->close([&] { closed = true; }); });
  world.turn();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(closed);
  EXPECT_THAT(subscriber.take(), HasSubstr("PUNSUBSCRIBE"));
}

}  // namespace
}  // namespace tutti::adapter
