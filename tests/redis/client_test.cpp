#include "redis/client.hpp"

#include <gmock/gmock.h>

#include "redis/fake_redis.hpp"

namespace tutti::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

class RedisClient : public ::testing::Test {
 protected:
  void start(ClientOptions options = {}) {
    client = std::make_unique<Client>(shard, redis.dial(), std::move(options), stats);
    client->start();
    shard.turn();
  }
  void ask(std::string_view word, Duration limit = seconds(1)) {
    client->command({word}, limit, [this](Result<Reply, CommandError> reply) {
      if (reply.has_value()) return told.push_back(std::string(reply->text()));
      told.push_back(reply.error() == CommandError::timed_out         ? "timed out"
                     : reply.error() == CommandError::connection_lost ? "lost"
                     : reply.error() == CommandError::queue_full      ? "full"
                                                                      : "closed");
    });
  }

  tutti::test::TestShard shard;
  test::FakeRedis redis{shard};
  Stats stats;
  std::unique_ptr<Client> client;
  std::vector<std::string> told;
};

TEST_F(RedisClient, GreetsWithWhatTheUrlSays) {
  ClientOptions options;
  options.link.url = *parse_url("redis://ann:secret@h/2");
  start(std::move(options));
  EXPECT_EQ(redis.take(),
            "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n" + test::kPing);
  redis.answer("+OK\r\n+OK\r\n");
  EXPECT_FALSE(client->up());
  redis.answer("+PONG\r\n");
  EXPECT_TRUE(client->up());
}

TEST_F(RedisClient, AsksAgainWhenItIsNotLetIn) {
  start();
  redis.take();
  redis.answer("-NOAUTH Authentication required.\r\n");
  EXPECT_TRUE(redis.stream().aborted);
  EXPECT_EQ(redis.dials, 1);
  shard.advance(milliseconds(100));
  EXPECT_EQ(redis.dials, 2);
}

TEST_F(RedisClient, AnswersInOrder) {
  start();
  redis.welcome();
  ask("A");
  ask("B");
  EXPECT_EQ(redis.take(), "*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n");
  redis.answer("$3\r\non");
  redis.answer("e\r\n-ERR two\r\n");
  EXPECT_THAT(told, ElementsAre("one", "ERR two"));
  EXPECT_EQ(stats.commands_failed.get(), 1U);
}

TEST_F(RedisClient, KeepsCommandsUntilRedisIsThere) {
  redis.refuses = true;
  start();
  ask("A", seconds(10));
  shard.advance(milliseconds(50));
  redis.refuses = false;
  shard.advance(milliseconds(100));
  redis.welcome();
  EXPECT_EQ(redis.take(), "*1\r\n$1\r\nA\r\n");
}

TEST_F(RedisClient, DropsWhatHasWaitedTooLong) {
  redis.refuses = true;
  start();
  ask("A", seconds(1));
  shard.advance(milliseconds(1001));
  EXPECT_THAT(told, ElementsAre("timed out"));
  EXPECT_EQ(stats.commands_dropped.get(), 1U);
}

TEST_F(RedisClient, RefusesMoreThanItsQueueHolds) {
  redis.refuses = true;
  ClientOptions options;
  options.queue_bytes_max = 100;
  start(std::move(options));
  ask("A");
  ask(std::string(100, 'x'));
  EXPECT_THAT(told, ElementsAre()) << "never from inside";
  shard.turn();
  EXPECT_THAT(told, ElementsAre("full"));
}

TEST_F(RedisClient, ConnectsAgainWhenNoAnswerComes) {
  start();
  redis.welcome();
  ask("A", seconds(1));
  shard.advance(milliseconds(1001));
  EXPECT_THAT(told, ElementsAre("timed out"));
  EXPECT_TRUE(redis.streams[0]->aborted);
  shard.advance(milliseconds(100));
  redis.welcome();
  EXPECT_TRUE(client->up());
  EXPECT_EQ(redis.take(), "") << "what was sent is not sent again";
  EXPECT_EQ(stats.connects.get(), 2U);
}

TEST_F(RedisClient, TellsWhatWasLostWithTheConnection) {
  start();
  redis.welcome();
  ask("A");
  redis.stream().peer_closes();
  EXPECT_THAT(told, ElementsAre("lost"));
  EXPECT_FALSE(client->up());
}

TEST_F(RedisClient, WaitsLongerAfterEachFailureUpToALimit) {
  redis.refuses = true;
  start();
  shard.advance(seconds(60));
  EXPECT_GE(redis.dials, 60 / 5 + 4);
  EXPECT_LE(redis.dials, 60 * 2 / 5 + 12);
}

TEST_F(RedisClient, LeavesAServerThatIsNoRedis) {
  start();
  redis.take();
  redis.answer("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_TRUE(redis.stream().aborted);
  EXPECT_FALSE(client->up());
}

TEST_F(RedisClient, TellsEverybodyWhenItIsClosed) {
  start();
  redis.welcome();
  ask("A");
  client->close();
  ask("B");
  shard.turn();
  EXPECT_THAT(told, ElementsAre("closed", "closed"));
  shard.advance(seconds(10));
  EXPECT_EQ(redis.dials, 1);
}

}  // namespace
}  // namespace tutti::redis
