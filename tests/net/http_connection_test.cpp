// The HTTP/1.1 driver over a stream in memory.
#include "net/http_connection.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include "net/http_text.hpp"
#include "net/memory_stream.hpp"

namespace tutti::net {
namespace {

using namespace std::chrono_literals;
using test::MemoryStream;
using test::take_answer;
using test::TestShard;

struct Asked {
  HttpRequest request;
  HttpExchange exchange;
};

// Keeps what it is asked; a test answers when it likes, or at once with `on_asked`.
class Handler final : public HttpHandler {
 public:
  void on_request(HttpRequest request, HttpExchange exchange) override {
    asked.push_back({std::move(request), std::move(exchange)});
    if (on_asked) on_asked(asked.back());
  }
  std::deque<Asked> asked;
  std::function<void(Asked&)> on_asked;
};

class HttpConnectionTest : public testing::Test {
 protected:
  std::shared_ptr<MemoryStream> connect() {
    auto stream = MemoryStream::make(shard_);
    server_.accept(*stream);
    return stream;
  }
  void answer(std::string_view body, std::size_t index = 0) {
    handler_.asked[index].exchange.respond(text_response(200, "text/plain", body));
  }
  static std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

  TestShard shard_;
  Handler handler_;
  Stats stats_;
  HttpLimits limits_;
  HttpServer server_{shard_, handler_, stats_, limits_};
};

TEST_F(HttpConnectionTest, GivesTheRequestToTheHandler) {
  const auto client = connect();
  client->deliver("GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-Name: v\r\n\r\n");
  ASSERT_EQ(handler_.asked.size(), 1u);
  const HttpRequest& request = handler_.asked[0].request;
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.query(), "b=c");
  EXPECT_EQ(request.header("x-name"), "v");
  EXPECT_TRUE(request.has_header("host"));
  EXPECT_FALSE(request.has_header("cookie"));
  EXPECT_EQ(request.peer_address, "192.0.2.7");
  EXPECT_EQ(request.peer_port, 4242);
  EXPECT_FALSE(request.upgrade);
}

TEST_F(HttpConnectionTest, AnswersAndKeepsTheConnection) {
  const auto client = connect();
  for (int i = 0; i < 3; ++i) {
    client->deliver(get("/"));
    answer("hello", static_cast<std::size_t>(i));
    shard_.turn();
    const auto got = take_answer(client->sent);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->status, 200u);
    EXPECT_EQ(got->body, "hello");
    EXPECT_EQ(got->field("content-type"), "text/plain");
    EXPECT_EQ(got->field("connection"), "keep-alive");
    EXPECT_EQ(got->field("keep-alive"), "timeout=5");
    EXPECT_TRUE(got->has("date"));
  }
  EXPECT_FALSE(client->ended());
  EXPECT_EQ(stats_.http_requests.get(), 3u);
}

TEST_F(HttpConnectionTest, AnswersLater) {
  const auto client = connect();
  client->deliver(get("/"));
  shard_.advance(60s);
  EXPECT_TRUE(client->sent.empty());
  EXPECT_FALSE(client->ended());
  answer("late");
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->body, "late");
}

TEST_F(HttpConnectionTest, PipelinedRequestsAreAnsweredInOrderOneAtATime) {
  const auto client = connect();
  client->deliver(get("/1") + get("/2") + get("/3"));
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(handler_.asked.size(), i + 1);
    answer(handler_.asked[i].request.target, i);
    EXPECT_EQ(handler_.asked.size(), i + 1) << "the next request came inside the answer";
    shard_.turn();
  }
  for (const char* path : {"/1", "/2", "/3"}) EXPECT_EQ(take_answer(client->sent)->body, path);
}

TEST_F(HttpConnectionTest, PipelinedRequestsAnsweredAtOnceGoOutTogether) {
  handler_.on_asked = [](Asked& asked) { asked.exchange.respond(text_response(200, "text/plain", "x")); };
  const auto client = connect();
  client->deliver(get("/1") + get("/2"));
  shard_.turn();
  EXPECT_EQ(client->sends, 1u);
  EXPECT_TRUE(take_answer(client->sent));
  EXPECT_TRUE(take_answer(client->sent));
}

TEST_F(HttpConnectionTest, ReadingPausesWhenTooMuchIsPipelined) {
  const auto client = connect();
  client->deliver(get("/"));
  client->deliver(std::string(limits_.pipelined_bytes_max, 'x'));
  EXPECT_FALSE(client->paused);
  client->deliver("x");
  EXPECT_TRUE(client->paused);
  answer("");
  EXPECT_FALSE(client->paused);
}

TEST_F(HttpConnectionTest, RequestsInSmallPieces) {
  handler_.on_asked = [](Asked& asked) {
    asked.exchange.read_body(100, [&asked](std::optional<std::string> body) {
      asked.exchange.respond(text_response(200, "text/plain", *body));
    });
  };
  const auto client = connect();
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  for (const char c : post + post) client->deliver(std::string(1, c));
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->body, "hello");
  EXPECT_EQ(take_answer(client->sent)->body, "hello");
}

TEST_F(HttpConnectionTest, ReadsAChunkedBody) {
  std::string got;
  handler_.on_asked = [&](Asked& asked) {
    asked.exchange.read_body(100, [&](std::optional<std::string> body) { got = *body; });
  };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(got, "abcde");
}

TEST_F(HttpConnectionTest, TheBodyMayBeReadLater) {
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
  std::string got;
  handler_.asked[0].exchange.read_body(100, [&](std::optional<std::string> body) { got = *body; });
  EXPECT_EQ(got, "");
  client->deliver("lo");
  EXPECT_EQ(got, "hello");
}

TEST_F(HttpConnectionTest, ABodyThatIsAnnouncedTooLargeIsSkippedAndTheConnectionLives) {
  bool too_large = false;
  handler_.on_asked = [&](Asked& asked) {
    if (asked.request.method == "GET") return answer("next", 1);
    asked.exchange.read_body(4, [&](std::optional<std::string> body) {
      too_large = !body;
      asked.exchange.respond({413, {}, {}, false});
    });
  };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  EXPECT_TRUE(too_large);
  client->deliver("llo" + get("/"));
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->status, 413u);
  EXPECT_EQ(take_answer(client->sent)->body, "next");
}

TEST_F(HttpConnectionTest, AChunkedBodyThatGrowsTooLargeEndsTheConnection) {
  handler_.on_asked = [&](Asked& asked) {
    asked.exchange.read_body(4, [&](std::optional<std::string> body) {
      EXPECT_FALSE(body);
      asked.exchange.respond({413, {}, {}, false});
    });
  };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n");
  shard_.turn();
  const auto got = take_answer(client->sent);
  EXPECT_EQ(got->status, 413u);
  EXPECT_EQ(got->field("connection"), "close");
  EXPECT_TRUE(client->closed);
}

TEST_F(HttpConnectionTest, ABodyNobodyReadsIsSkippedUnlessItIsHuge) {
  handler_.on_asked = [](Asked& asked) { asked.exchange.respond(text_response(404, "text/plain", "")); };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello" + get("/"));
  shard_.turn();
  EXPECT_EQ(handler_.asked.size(), 2u);
  client->take_sent();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->field("connection"), "close");
  EXPECT_TRUE(client->closed);
}

TEST_F(HttpConnectionTest, SendsContinueBeforeTheBodyIsSent) {
  handler_.on_asked = [](Asked& asked) {
    asked.exchange.read_body(100, [&asked](std::optional<std::string> body) {
      asked.exchange.respond(text_response(200, "text/plain", *body));
    });
  };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  shard_.turn();
  EXPECT_EQ(client->take_sent(), "HTTP/1.1 100 Continue\r\n\r\n");
  client->deliver("ok");
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->body, "ok");
}

TEST_F(HttpConnectionTest, ARefusalInsteadOfContinueEndsTheConnection) {
  handler_.on_asked = [](Asked& asked) { asked.exchange.respond({413, {}, {}, false}); };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(client->closed);
}

TEST_F(HttpConnectionTest, ReadRequestFillsTheBodyOrAnswers413) {
  std::string got;
  handler_.on_asked = [&](Asked& asked) {
    read_request(std::move(asked.request), std::move(asked.exchange), 5,
                 [&](HttpRequest request, HttpExchange exchange) {
                   got = request.body;
                   exchange.respond(text_response(200, "text/plain", ""));
                 });
  };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  shard_.turn();
  EXPECT_EQ(got, "hello");
  EXPECT_EQ(take_answer(client->sent)->status, 200u);
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nhello!");
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->status, 413u);
}

TEST_F(HttpConnectionTest, HeadHasLengthButNoBody) {
  handler_.on_asked = [](Asked& asked) { asked.exchange.respond(text_response(200, "text/plain", "hello")); };
  const auto client = connect();
  client->deliver("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  shard_.turn();
  const auto got = take_answer(client->sent, true);
  EXPECT_EQ(got->field("content-length"), "5");
  EXPECT_TRUE(client->sent.empty());
}

TEST_F(HttpConnectionTest, Http10ClosesUnlessAskedToKeep) {
  handler_.on_asked = [](Asked& asked) { asked.exchange.respond(text_response(200, "text/plain", "")); };
  const auto old = connect();
  old->deliver("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old->closed);
  const auto keeping = connect();
  keeping->deliver("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_FALSE(keeping->closed);
}

TEST_F(HttpConnectionTest, ClosesWhenTheClientAsksFor) {
  handler_.on_asked = [](Asked& asked) { asked.exchange.respond(text_response(200, "text/plain", "")); };
  const auto client = connect();
  client->deliver("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->field("connection"), "close");
  EXPECT_TRUE(client->closed);
}

TEST_F(HttpConnectionTest, BadRequestsAreAnsweredAndClosed) {
  const struct {
    const char* bytes;
    unsigned status;
  } cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.7\r\nHost: h\r\n\r\n", 505},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nOrigin: http://\x01\r\n\r\n", 400},
  };
  for (const auto& bad : cases) {
    const auto client = connect();
    client->deliver(bad.bytes);
    shard_.turn();
    const auto got = take_answer(client->sent);
    ASSERT_TRUE(got) << bad.bytes;
    EXPECT_EQ(got->status, bad.status) << bad.bytes;
    EXPECT_EQ(got->field("connection"), "close");
    EXPECT_TRUE(client->closed);
  }
  EXPECT_EQ(handler_.asked.size(), 0u);
  EXPECT_EQ(server_.connections(), 0u);
  EXPECT_EQ(stats_.http_rejected.get(), std::size(cases));
}

TEST_F(HttpConnectionTest, AHugeHeadIsRefused) {
  const auto client = connect();
  client->deliver("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x'));
  shard_.turn();
  EXPECT_EQ(take_answer(client->sent)->status, 431u);
  EXPECT_TRUE(client->closed);
}

TEST_F(HttpConnectionTest, AHeadThatDoesNotEndTimesOut) {
  const auto client = connect();
  for (int i = 0; i < 9; ++i) {
    client->deliver(i == 0 ? "GET / HTTP/1.1\r\n" : "X: y\r\n");
    shard_.advance(1s);
  }
  EXPECT_FALSE(client->ended());
  shard_.advance(1s);
  EXPECT_EQ(take_answer(client->sent)->status, 408u);
  EXPECT_TRUE(client->closed);
  EXPECT_EQ(stats_.http_timeouts.get(), 1u);
}

TEST_F(HttpConnectionTest, AConnectionThatSaysNothingIsClosedSilently) {
  const auto client = connect();
  shard_.advance(10s);
  EXPECT_TRUE(client->closed);
  EXPECT_TRUE(client->sent.empty());
}

TEST_F(HttpConnectionTest, AnIdleConnectionIsClosedAfterTheKeepAliveTime) {
  const auto client = connect();
  client->deliver(get("/"));
  answer("");
  shard_.advance(5999ms);
  EXPECT_FALSE(client->closed);
  shard_.advance(1ms);
  EXPECT_TRUE(client->closed);
  EXPECT_EQ(server_.connections(), 0u);
}

TEST_F(HttpConnectionTest, ABodyThatStopsTimesOut) {
  bool aborted = false;
  handler_.on_asked = [&](Asked& asked) {
    asked.exchange.on_abort([&] { aborted = true; });
    asked.exchange.read_body(100, [](std::optional<std::string>) { FAIL(); });
  };
  const auto client = connect();
  client->deliver("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nh");
  shard_.advance(29s);
  client->deliver("e");
  shard_.advance(29s);
  EXPECT_FALSE(client->ended());
  shard_.advance(1s);
  EXPECT_EQ(take_answer(client->sent)->status, 408u);
  EXPECT_TRUE(aborted);
}

TEST_F(HttpConnectionTest, TellsTheHandlerThatTheClientWentAway) {
  const auto client = connect();
  client->deliver(get("/"));
  int aborted = 0;
  handler_.asked[0].exchange.on_abort([&] { ++aborted; });
  client->peer_closes();
  EXPECT_EQ(aborted, 1);
  EXPECT_FALSE(handler_.asked[0].exchange.open());
  answer("nobody hears this");
  EXPECT_EQ(server_.connections(), 0u);
}

TEST_F(HttpConnectionTest, NoAbortAfterTheAnswer) {
  const auto client = connect();
  client->deliver(get("/"));
  handler_.asked[0].exchange.on_abort([] { FAIL(); });
  answer("");
  client->peer_closes();
}

TEST_F(HttpConnectionTest, AnExchangeDroppedWithoutAnswerCutsTheConnection) {
  const auto client = connect();
  client->deliver(get("/"));
  handler_.asked.clear();
  EXPECT_TRUE(client->aborted);
  EXPECT_EQ(server_.connections(), 0u);
}

TEST_F(HttpConnectionTest, UpgradeTakesTheStreamAndWhatCameBehindTheRequest) {
  const auto client = connect();
  client->deliver("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\nleft");
  ASSERT_TRUE(handler_.asked[0].request.upgrade);
  client->deliver("over");
  auto taken = handler_.asked[0].exchange.take_stream();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->stream, client.get());
  EXPECT_EQ(taken->leftover, "leftover");
  EXPECT_EQ(server_.connections(), 0u);
  shard_.advance(1h);
  EXPECT_FALSE(client->ended());
}

TEST_F(HttpConnectionTest, UpgradeInsideTheHandler) {
  std::string leftover;
  handler_.on_asked = [&](Asked& asked) { leftover = asked.exchange.take_stream()->leftover; };
  const auto client = connect();
  client->deliver("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframe");
  EXPECT_EQ(leftover, "frame");
  EXPECT_FALSE(client->ended());
}

TEST_F(HttpConnectionTest, AnotherProtocolThanWebSocketIsAPlainRequest) {
  const auto client = connect();
  client->deliver("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n");
  EXPECT_FALSE(handler_.asked[0].request.upgrade);
}

TEST_F(HttpConnectionTest, MovesToAnotherShardWithBodyAndPipelinedRequest) {
  TestShard other_shard(1);
  Handler other_handler;
  Stats other_stats;
  HttpServer other(other_shard, other_handler, other_stats);
  handler_.on_asked = [&](Asked& asked) { asked.exchange.hand_over(other, std::move(asked.request)); };
  std::string body;
  other_handler.on_asked = [&](Asked& asked) {
    if (asked.request.method != "POST") return;
    asked.exchange.read_body(100, [&](std::optional<std::string> text) {
      body = *text;
      asked.exchange.respond(text_response(200, "text/plain", "moved"));
    });
  };
  const auto client = connect();
  client->deliver("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
  EXPECT_EQ(server_.connections(), 0u);
  other_shard.turn();
  EXPECT_EQ(other.connections(), 1u);
  ASSERT_EQ(other_handler.asked.size(), 1u);
  EXPECT_EQ(other_handler.asked[0].request.target, "/x");
  EXPECT_EQ(other_handler.asked[0].request.peer_address, "192.0.2.7");
  client->deliver("lo" + get("/y"));
  other_shard.turn();
  EXPECT_EQ(body, "hello");
  EXPECT_EQ(take_answer(client->sent)->body, "moved");
  EXPECT_EQ(other_handler.asked.size(), 2u);
  EXPECT_EQ(stats_.hand_overs.get(), 1u);
}

TEST_F(HttpConnectionTest, DrainingClosesIdleConnectionsAndEndsTheOthersWithTheirAnswer) {
  const auto idle = connect();
  const auto busy = connect();
  busy->deliver(get("/"));
  server_.drain();
  EXPECT_TRUE(idle->closed);
  EXPECT_FALSE(busy->ended());
  answer("last");
  shard_.turn();
  EXPECT_EQ(take_answer(busy->sent)->field("connection"), "close");
  EXPECT_TRUE(busy->closed);
}

TEST_F(HttpConnectionTest, ResponseHeadersCannotBeSplit) {
  handler_.on_asked = [](Asked& asked) {
    HttpResponse response = text_response(200, "text/plain", "");
    response.headers.emplace_back("X-Name", "a\r\nSet-Cookie: evil=1");
    asked.exchange.respond(std::move(response));
  };
  const auto client = connect();
  client->deliver(get("/"));
  shard_.turn();
  EXPECT_FALSE(take_answer(client->sent)->has("set-cookie"));
}

TEST_F(HttpConnectionTest, NothingIsLeftWhenTheServerGoes) {
  const auto client = connect();
  {
    HttpServer short_lived(shard_, handler_, stats_);
    const auto another = MemoryStream::make(shard_);
    short_lived.accept(*another);
    another->deliver(get("/"));
    ASSERT_EQ(handler_.asked.size(), 1u);
  }
  EXPECT_FALSE(handler_.asked[0].exchange.open());
  answer("nobody hears this");
}

}  // namespace
}  // namespace tutti::net
