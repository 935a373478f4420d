#include "redis/subscriber.hpp"

#include <gmock/gmock.h>

#include "redis/fake_redis.hpp"

namespace tutti::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

std::string bulk(std::initializer_list<std::string_view> words) {
  std::string text;
  append_command(text, {words.begin(), words.size()});
  return text;
}

class RedisSubscriber : public ::testing::Test {
 protected:
  RedisSubscriber() {
    subscriber.on_ready([this] { ++readies; });
    subscriber.subscribe(Subscription::channel, {"a", "b"}, hears());
    subscriber.subscribe(Subscription::pattern, {"p*"}, hears());
    subscriber.start();
    shard.turn();
    redis.welcome();
  }
  Subscriber::OnMessage hears() {
    return [this](std::string_view channel, std::string_view payload) {
      heard.push_back(std::string(channel) + "=" + std::string(payload));
    };
  }
  void confirm_all() {
    redis.answer("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
    EXPECT_FALSE(subscriber.ready());
    redis.answer("*3\r\n$10\r\npsubscribe\r\n$2\r\np*\r\n:3\r\n");
  }

  tutti::test::TestShard shard;
  test::FakeRedis redis{shard};
  Stats stats;
  Subscriber subscriber{shard, redis.dial(), {}, stats};
  std::vector<std::string> heard;
  int readies = 0;
};

TEST_F(RedisSubscriber, SubscribesWithOneCommandAKindAndIsThenReady) {
  EXPECT_EQ(redis.take(), bulk({"SUBSCRIBE", "a", "b"}) + bulk({"PSUBSCRIBE", "p*"}));
  confirm_all();
  EXPECT_TRUE(subscriber.ready());
  EXPECT_EQ(readies, 1);
}

TEST_F(RedisSubscriber, HearsChannelsAndPatterns) {
  confirm_all();
  redis.answer(bulk({"message", "a", "1"}) + bulk({"pmessage", "p*", "pq", "2"}) + bulk({"message", "unknown", "3"}));
  EXPECT_THAT(heard, ElementsAre("a=1", "pq=2"));
}

TEST_F(RedisSubscriber, SubscribesAgainOnANewConnection) {
  confirm_all();
  subscriber.unsubscribe(Subscription::channel, {"b"});
  redis.stream().peer_closes();
  EXPECT_FALSE(subscriber.ready());
  shard.advance(milliseconds(100));
  redis.welcome();
  EXPECT_EQ(redis.take(), bulk({"SUBSCRIBE", "a"}) + bulk({"PSUBSCRIBE", "p*"}));
}

TEST_F(RedisSubscriber, CutsAConnectionThatGivesNoSignOfLife) {
  confirm_all();
  redis.take();
  shard.advance(seconds(5));
  EXPECT_EQ(redis.take(), test::kPing);
  redis.answer(bulk({"pong", ""}));
  shard.advance(seconds(5));
  EXPECT_EQ(redis.take(), test::kPing);
  shard.advance(seconds(5));
  EXPECT_TRUE(redis.streams[0]->aborted);
}

TEST_F(RedisSubscriber, TakesLeaveWhenItCloses) {
  confirm_all();
  redis.take();
  subscriber.close();
  EXPECT_EQ(redis.take(), bulk({"UNSUBSCRIBE"}) + bulk({"PUNSUBSCRIBE"}));
  EXPECT_TRUE(redis.stream().closed);
}

TEST_F(RedisSubscriber, SpeaksOfShardChannelsToo) {
  confirm_all();
  redis.take();
  subscriber.subscribe(Subscription::shard, {"s"}, hears());
  EXPECT_EQ(redis.take(), bulk({"SSUBSCRIBE", "s"}));
  redis.answer(bulk({"smessage", "s", "x"}));
  EXPECT_THAT(heard, ElementsAre("s=x"));
}

}  // namespace
}  // namespace tutti::redis
