// Streams of net/epoll over real sockets.
#include "net/epoll/stream.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/epoll/worker_pool.hpp"
#include "net/epoll_support.hpp"

namespace tutti::net::epoll {
namespace {

using namespace std::chrono_literals;
using test::Pair;
using test::RecordingHandler;
using test::run_until;

// Bytes that tell where they are.
std::string pattern(std::size_t size, unsigned seed = 0) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 31 + seed + (i >> 8)) & 0xff);
  return bytes;
}

class EpollStreamTest : public testing::Test {
 protected:
  Loop loop_;
  Pair pair_{loop_};
  Stream& server() { return *pair_.server.stream; }
  Stream& client() { return *pair_.client.stream; }
};

TEST_F(EpollStreamTest, CarriesBytesBothWays) {
  client().write(SharedBytes::copy("ping"));
  run_until(loop_, [&] { return pair_.server.received == "ping"; });
  server().write(SharedBytes::copy("pong"));
  run_until(loop_, [&] { return pair_.client.received == "pong"; });
}

TEST_F(EpollStreamTest, WritesOfATurnAreOneSystemCall) {
  const auto sends = loop_.stats().sends.get();
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string piece = "message " + std::to_string(i);
    all += piece;
    server().write(SharedBytes::copy(piece));
  }
  EXPECT_EQ(server().buffered_bytes(), all.size());
  loop_.turn(0s);
  EXPECT_EQ(server().buffered_bytes(), 0u);
  EXPECT_EQ(loop_.stats().sends.get(), sends + 1);
  run_until(loop_, [&] { return pair_.client.received == all; });
}

TEST_F(EpollStreamTest, EmptyWritesAreNothing) {
  server().write({});
  server().write(SharedBytes::copy("x"));
  server().write({});
  run_until(loop_, [&] { return pair_.client.received == "x"; });
}

TEST_F(EpollStreamTest, TheSamePiecesForManyConnectionsArriveWhole) {
  Pair other(loop_);
  std::string all;
  for (int i = 0; i < 16; ++i) {
    const SharedBytes message = SharedBytes::copy(pattern(64, static_cast<unsigned>(i)));
    all += message.view();
    server().write(message);
    other.server.stream->write(message);
  }
  other.server.stream->write(SharedBytes::copy("only here"));
  run_until(loop_, [&] { return pair_.client.received == all && other.client.received == all + "only here"; });
}

TEST_F(EpollStreamTest, MixedSizesArriveInOrder) {
  std::string all;
  for (const std::size_t size : {1u, 100'000u, 3u, 70'000u, 9'000u, 9'000u, 1u, 300'000u, 2u}) {
    const std::string piece = pattern(size, static_cast<unsigned>(size));
    all += piece;
    server().write(SharedBytes::copy(piece));
  }
  run_until(loop_, [&] { return pair_.client.received.size() == all.size(); });
  EXPECT_EQ(pair_.client.received, all);
}

TEST_F(EpollStreamTest, ASlowReaderBlocksAndDrains) {
  client().pause_reading();
  const std::string piece = pattern(100'000);
  std::string all;
  while (!server().blocked()) {
    server().write(SharedBytes::copy(piece));
    all += piece;
    loop_.turn(0s);
    ASSERT_LT(all.size(), 100u << 20);
  }
  server().write(SharedBytes::copy("last"));
  all += "last";
  loop_.turn(0s);
  EXPECT_GT(server().buffered_bytes(), 4u);
  EXPECT_EQ(pair_.server.drains, 0);
  EXPECT_GT(loop_.stats().sends_blocked.get(), 0u);
  client().resume_reading();
  run_until(loop_, [&] { return pair_.client.received.size() == all.size(); });
  EXPECT_EQ(pair_.client.received, all);
  EXPECT_EQ(pair_.server.drains, 1);
  EXPECT_FALSE(server().blocked());
  EXPECT_EQ(server().buffered_bytes(), 0u);
}

TEST_F(EpollStreamTest, PausedMeansNothingIsDelivered) {
  server().pause_reading();
  client().write(SharedBytes::copy("wait"));
  for (int i = 0; i < 5; ++i) loop_.turn(1ms);
  EXPECT_EQ(pair_.server.received, "");
  server().resume_reading();
  run_until(loop_, [&] { return pair_.server.received == "wait"; });
}

TEST_F(EpollStreamTest, CloseSendsEverythingFirst) {
  const std::string bytes = pattern(3'000'000);
  server().write(SharedBytes::copy(bytes));
  server().close();
  pair_.server.stream = nullptr;
  run_until(loop_, [&] { return pair_.client.closed; });
  EXPECT_EQ(pair_.client.received, bytes);
  EXPECT_TRUE(pair_.client.closed_clean);
  EXPECT_FALSE(pair_.server.closed) << "the one who closed is told nothing";
}

TEST_F(EpollStreamTest, CloseThrowsAwayWhatStillComes) {
  server().write(SharedBytes::copy("answer"));
  client().write(SharedBytes::copy("more of the request"));
  server().close();
  pair_.server.stream = nullptr;
  run_until(loop_, [&] { return pair_.client.closed; });
  EXPECT_EQ(pair_.client.received, "answer");
  EXPECT_TRUE(pair_.client.closed_clean) << "it was reset and the answer may have been lost";
  EXPECT_EQ(pair_.server.received, "");
}

TEST_F(EpollStreamTest, ClosedStreamsAreGoneWhenThePeerCloses) {
  server().close();
  pair_.server.stream = nullptr;
  run_until(loop_, [&] { return pair_.client.closed; });
  run_until(loop_, [&] { return loop_.stats().connections_open.get() == 0; });
}

TEST_F(EpollStreamTest, APeerThatSendsWithoutEndAfterTheCloseIsCut) {
  server().close();
  pair_.server.stream = nullptr;
  // The client's handler is told of the end once; keep a raw peer that goes on writing.
  run_until(loop_, [&] { return pair_.client.closed; });
  Pair other(loop_);
  other.server.stream->close();
  other.server.stream = nullptr;
  other.client.stream->pause_reading();
  const SharedBytes piece = SharedBytes::copy(pattern(500'000));
  run_until(loop_, [&] {
    if (!other.client.closed && !other.client.stream->blocked()) other.client.stream->write(piece);
    return other.client.closed;
  });
  EXPECT_FALSE(other.client.closed_clean);
}

TEST_F(EpollStreamTest, AbortCutsAtOnce) {
  server().abort();
  pair_.server.stream = nullptr;
  run_until(loop_, [&] { return pair_.client.closed; });
  EXPECT_FALSE(pair_.server.closed);
}

TEST_F(EpollStreamTest, AbortWithBytesQueuedIsAReset) {
  server().write(SharedBytes::copy("never sent"));
  server().abort();
  pair_.server.stream = nullptr;
  run_until(loop_, [&] { return pair_.client.closed; });
  EXPECT_FALSE(pair_.client.closed_clean);
  EXPECT_EQ(pair_.client.received, "");
}

TEST_F(EpollStreamTest, TellsThatThePeerEnded) {
  client().close();
  pair_.client.stream = nullptr;
  run_until(loop_, [&] { return pair_.server.closed; });
  EXPECT_TRUE(pair_.server.closed_clean);
}

TEST_F(EpollStreamTest, AResetIsNoticedWhilePaused) {
  server().pause_reading();
  client().write(SharedBytes::copy("unsent"));
  client().abort();
  pair_.client.stream = nullptr;
  run_until(loop_, [&] { return pair_.server.closed; });
  EXPECT_FALSE(pair_.server.closed_clean);
}

TEST(EpollHalfClose, APeerThatOnlyStoppedSendingGetsWhatIsQueued) {
  Loop loop;
  RecordingHandler server;
  Listener listener(loop, *ListenSocket::open({}), [&](Stream& stream) {
    server.stream = &stream;
    stream.set_handler(&server);
    server.on_bytes = [&] { server.stream->write(SharedBytes::copy("answer")); };
  });
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener.port());
  ASSERT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::send(client, "request", 7, 0), 7);
  ::shutdown(client, SHUT_WR);
  run_until(loop, [&] { return server.closed; });
  EXPECT_TRUE(server.closed_clean);
  char answer[16] = {};
  EXPECT_EQ(::recv(client, answer, sizeof answer, 0), 6);
  EXPECT_STREQ(answer, "answer");
  ::close(client);
}

TEST_F(EpollStreamTest, AHandlerMayAbortWhileItIsGivenBytes) {
  pair_.server.on_bytes = [&] {
    server().abort();
    pair_.server.stream = nullptr;
  };
  client().write(SharedBytes::copy("x"));
  run_until(loop_, [&] { return pair_.client.closed; });
  EXPECT_FALSE(pair_.server.closed);
}

TEST_F(EpollStreamTest, WritingToABrokenConnectionIsHarmless) {
  client().abort();
  pair_.client.stream = nullptr;
  for (int i = 0; i < 3; ++i) {
    server().write(SharedBytes::copy("into the void"));
    loop_.turn(1ms);
    if (pair_.server.closed) break;
  }
  run_until(loop_, [&] { return pair_.server.closed; });
}

TEST_F(EpollStreamTest, KnowsThePeer) {
  const PeerAddress address = server().peer();
  EXPECT_EQ(address.address, "127.0.0.1");
  EXPECT_NE(address.port, 0);
}

TEST_F(EpollStreamTest, CountsBytes) {
  const auto received = loop_.stats().bytes_received.get();
  const auto sent = loop_.stats().bytes_sent.get();
  client().write(SharedBytes::copy("12345"));
  run_until(loop_, [&] { return pair_.server.received.size() == 5; });
  EXPECT_EQ(loop_.stats().bytes_received.get(), received + 5);
  EXPECT_EQ(loop_.stats().bytes_sent.get(), sent + 5);
}

TEST_F(EpollStreamTest, MovesToAnotherLoop) {
  WorkerPool pool(1);
  RecordingHandler there;
  Stream* moved = nullptr;
  server().write(SharedBytes::copy("sent before"));
  auto detached = server().detach();
  ASSERT_TRUE(detached);
  pair_.server.stream = nullptr;
  client().write(SharedBytes::copy("to the new home"));
  pool.loop(0).post([&, detached = std::move(detached)] {
    moved = detached->attach(pool.loop(0), there);
    there.on_bytes = [&] { moved->write(SharedBytes::copy(", sent after")); };
  });
  pool.start();
  run_until(loop_, [&] { return pair_.client.received == "sent before, sent after"; });
  pool.stop();
  EXPECT_EQ(there.received, "to the new home");
  EXPECT_EQ(loop_.stats().connections_open.get(), 1u);
  moved->abort();
}

TEST_F(EpollStreamTest, ADetachedConnectionThatNobodyTakesIsCut) {
  server().detach().reset();
  pair_.server.stream = nullptr;
  run_until(loop_, [&] { return pair_.client.closed; });
}

TEST_F(EpollStreamTest, AnIdleStreamIsSmall) { EXPECT_LE(sizeof(EpollStream), 88u); }

TEST(EpollLinger, EndsWithTheLoop) {
  Loop loop;
  Pair pair(loop);
  pair.server.stream->close();
  pair.server.stream = nullptr;
}

TEST(EpollLinger, IsCutAfterTenSeconds) {
  // The peer neither reads nor closes: only the clock can end it.
  Loop loop;
  Pair pair(loop);
  pair.client.stream->pause_reading();
  pair.server.stream->close();
  pair.server.stream = nullptr;
  loop.turn(0s);
  ASSERT_TRUE(loop.wait_limit());
  EXPECT_LE(*loop.wait_limit(), 10s);
  EXPECT_GT(*loop.wait_limit(), 9s);
}

}  // namespace
}  // namespace tutti::net::epoll
