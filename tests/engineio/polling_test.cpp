// Long-polling: packets in the answers to held GETs, packets from POSTs, and what happens out of order.
#include <zlib.h>

#include "engineio/fixture.hpp"

namespace tutti::test {
namespace {

class EnginePolling : public EngineTest {};

TEST_F(EnginePolling, AMessageAnswersTheHeldGet) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  EXPECT_TRUE(held->sent.empty());
  seen().session->send(Outgoing::text("hello"));
  turn();
  const auto answer = take_answer(held->sent);
  EXPECT_EQ(answer->body, "4hello");
  EXPECT_EQ(answer->field("content-type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(answer->field("cache-control"), "no-store");
}

TEST_F(EnginePolling, AllThatIsSentInATurnGoesInOneAnswer) {
  start();
  const auto held = hold_get(open_polling());
  seen().session->send(Outgoing::text("a"));
  seen().session->send(Outgoing::binary("\x01\x02\x03\x04"));
  seen().session->send(Outgoing::text("b"));
  turn();
  EXPECT_EQ(take_answer(held->sent)->body,
            "4a\x1e"
            "bAQIDBA==\x1e"
            "4b");
}

TEST_F(EnginePolling, PacketsWithoutAGetAreBufferedAndAnsweredAtOnce) {
  start();
  const std::string sid = open_polling();
  seen().session->send(Outgoing::text("a"));
  turn();
  seen().session->send(Outgoing::text("b"));
  turn();
  EXPECT_EQ(seen().session->buffered_bytes(), 2u * 4);
  EXPECT_EQ(seen().drains, 0);
  EXPECT_EQ(get(sid).body,
            "4a\x1e"
            "4b");
  EXPECT_EQ(seen().drains, 1);
  EXPECT_EQ(seen().session->buffered_bytes(), 0u);
}

TEST_F(EnginePolling, PostedPacketsAreDeliveredInOrderAndAnsweredWithOk) {
  start();
  const std::string sid = open_polling();
  const HttpAnswer answer = post(sid,
                                 "4a\x1e"
                                 "bAQIDBA==\x1e"
                                 "4b",
                                 "Content-Type: text/plain;charset=UTF-8\r\n");
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.body, "ok");
  EXPECT_EQ(answer.field("content-type"), "text/html");
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:a", "b:\x01\x02\x03\x04", "t:b"}));
}

TEST_F(EnginePolling, EchoOverTheSameKeptAliveConnection) {
  app_.echo = true;
  start();
  const std::string sid = open_polling();
  const auto stream = connect();
  for (int i = 0; i < 3; ++i) {
    deliver(*stream, request("POST", polling_target(sid), "", "4x"));
    EXPECT_EQ(take_answer(stream->sent)->body, "ok");
    deliver(*stream, request("GET", polling_target(sid)));
    EXPECT_EQ(take_answer(stream->sent)->body, "4x");
  }
}

TEST_F(EnginePolling, ASecondGetClosesTheSession) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  const HttpAnswer second = get(sid);
  EXPECT_EQ(second.status, 400u);
  EXPECT_EQ(second.body, "");
  EXPECT_EQ(take_answer(held->sent)->body, "1");
  EXPECT_EQ(seen().closed, "transport error: overlap from client");
  EXPECT_EQ(get(sid).status, 400u);
}

TEST_F(EnginePolling, AClientThatDropsItsGetIsGone) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  held->peer_closes();
  turn();
  EXPECT_EQ(seen().closed, "transport error: poll connection closed prematurely");
  EXPECT_NE(get(sid).body.find("Session ID unknown"), std::string::npos);
}

TEST_F(EnginePolling, AClientThatDropsItsPostIsGone) {
  start();
  const std::string sid = open_polling();
  const auto stream = connect();
  deliver(*stream, request("POST", polling_target(sid), "Content-Length: 10\r\n") + "4ab");
  stream->peer_closes(false);
  turn();
  EXPECT_EQ(seen().closed, "transport error: data request connection closed prematurely");
}

TEST_F(EnginePolling, AnIdleConnectionThatEndsIsNoHarm) {
  start();
  const std::string sid = open_polling();
  const auto stream = connect();
  deliver(*stream, request("POST", polling_target(sid), "", "4x"));
  stream->peer_closes();
  turn();
  EXPECT_FALSE(seen().closed);
}

TEST_F(EnginePolling, ASecondPostWhileOneArrivesClosesTheSession) {
  start();
  const std::string sid = open_polling();
  const auto first = connect();
  deliver(*first, request("POST", polling_target(sid), "Content-Length: 10\r\n") + "4ab");
  const HttpAnswer second = post(sid, "4x");
  EXPECT_EQ(second.status, 400u);
  EXPECT_EQ(second.body, "");
  EXPECT_TRUE(first->aborted);
  EXPECT_EQ(seen().closed, "transport error: data request overlap from client");
  EXPECT_TRUE(seen().messages.empty());
}

TEST_F(EnginePolling, OctetStreamsAreRefusedAndCloseTheSession) {
  start();
  const std::string sid = open_polling();
  const HttpAnswer answer = post(sid, "4hello", "Content-Type: application/octet-stream\r\n");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(seen().closed, "transport error: invalid content");
}

TEST_F(EnginePolling, OtherMethodsGet500) {
  start();
  const std::string sid = open_polling();
  const auto answer = exchange(request("PUT", polling_target(sid), "", "x"));
  EXPECT_EQ(answer->status, 500u);
  EXPECT_EQ(answer->body, "");
  EXPECT_FALSE(seen().closed);
}

TEST_F(EnginePolling, ABodyOfMaxPayloadIsTakenOneMoreIsNot) {
  start();
  const std::string sid = open_polling();
  const HttpAnswer refused = post(sid, "4" + std::string(1'000'000, 'a'));
  EXPECT_EQ(refused.status, 413u);
  EXPECT_EQ(refused.body, "");
  EXPECT_FALSE(seen().closed);
  EXPECT_EQ(post(sid, "4" + std::string(999'999, 'a')).body, "ok");
  ASSERT_EQ(seen().messages.size(), 1u);
  EXPECT_EQ(seen().messages[0].size(), 2u + 999'999);
}

TEST_F(EnginePolling, MaxPayloadCountsBytes) {
  engineio::Options options;
  options.max_payload = 10;
  start(options);
  const std::string sid = open_polling();
  EXPECT_EQ(post(sid, "4\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac").status, 200u);
  EXPECT_EQ(post(sid, "4\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac!").status, 413u);
}

TEST_F(EnginePolling, UndecodablePacketsCloseAfterOk) {
  for (const char* body : {"abc", "7", "", "4a\x1e",
                           "4a\x1e"
                           "9\x1e"
                           "4b",
                           "b!!!", "4\xff"}) {
    app_.all.clear();
    shards_.clear();
    workers_.clear();
    start();
    const HttpAnswer answer = post(open_polling(), body);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.body, "ok");
    EXPECT_EQ(seen().closed, "parse error") << body;
    EXPECT_LE(seen().messages.size(), 1u);
    if (std::string_view(body).starts_with("4a")) {
      EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:a"}));
    }
    workers_.clear();
  }
}

TEST_F(EnginePolling, APingFromTheClientIsTheWrongDirection) {
  start();
  EXPECT_EQ(post(open_polling(), "2").body, "ok");
  EXPECT_EQ(seen().closed, "transport error: invalid heartbeat direction");
}

TEST_F(EnginePolling, PacketsThatMeanNothingAreIgnored) {
  start();
  const std::string sid = open_polling();
  EXPECT_EQ(post(sid,
                 "0\x1e"
                 "5\x1e"
                 "6\x1e"
                 "3\x1e"
                 "3xyz\x1e"
                 "4")
                .body,
            "ok");
  EXPECT_FALSE(seen().closed);
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:"}));
}

TEST_F(EnginePolling, AClosePacketClosesAndTheHeldGetGetsANoop) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  EXPECT_EQ(post(sid, "1").body, "ok");
  EXPECT_EQ(take_answer(held->sent)->body, "6");
  EXPECT_EQ(seen().closed, "transport close");
  EXPECT_NE(get(sid).body.find("Session ID unknown"), std::string::npos);
}

TEST_F(EnginePolling, ServerCloseAnswersTheHeldGet) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  seen().session->send(Outgoing::text("bye"));
  seen().session->close();
  EXPECT_FALSE(seen().closed) << "on_close came from inside close()";
  turn();
  EXPECT_EQ(take_answer(held->sent)->body,
            "4bye\x1e"
            "1");
  EXPECT_EQ(seen().closed, "forced close");
  EXPECT_NE(get(sid).body.find("Session ID unknown"), std::string::npos);
}

TEST_F(EnginePolling, ServerCloseWithoutAGetWaitsForOne) {
  start();
  const std::string sid = open_polling();
  seen().session->send(Outgoing::text("bye"));
  seen().session->close();
  turn();
  EXPECT_EQ(seen().closed, "forced close");
  advance(29s);
  EXPECT_EQ(post(sid, "4ignored").body, "ok");
  EXPECT_TRUE(seen().messages.empty());
  EXPECT_EQ(get(sid).body,
            "4bye\x1e"
            "1");
  EXPECT_NE(get(sid).body.find("Session ID unknown"), std::string::npos);
}

TEST_F(EnginePolling, ServerCloseWithNothingToSayPutsANoopInFront) {
  start();
  const std::string sid = open_polling();
  seen().session->close();
  turn();
  EXPECT_EQ(get(sid).body,
            "6\x1e"
            "1");
}

TEST_F(EnginePolling, ServerCloseIsForgottenAfterThirtySeconds) {
  start();
  const std::string sid = open_polling();
  seen().session->close();
  turn();
  EXPECT_EQ(server().session_count(), 1u);
  advance(30s);
  EXPECT_EQ(server().session_count(), 0u);
  EXPECT_NE(get(sid).body.find("Session ID unknown"), std::string::npos);
}

TEST_F(EnginePolling, ASessionMayCloseItselfInsideAMessage) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  EXPECT_EQ(post(sid,
                 "4close me\x1e"
                 "4more")
                .body,
            "ok");
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:close me"}));
  EXPECT_EQ(take_answer(held->sent)->body, "1");
  EXPECT_EQ(seen().closed, "forced close");
}

TEST_F(EnginePolling, PingsGoInTheHeldGet) {
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  advance(25s);
  EXPECT_EQ(take_answer(held->sent)->body, "2");
  EXPECT_EQ(post(sid, "3").body, "ok");
  const auto again = hold_get(sid);
  advance(24s);
  EXPECT_TRUE(again->sent.empty());
  advance(1s);
  EXPECT_EQ(take_answer(again->sent)->body, "2");
}

TEST_F(EnginePolling, WithoutPongTheSessionTimesOut) {
  start();
  const std::string sid = open_polling();
  hold_get(sid);
  advance(25s);
  const auto held = hold_get(sid);
  advance(20s);
  EXPECT_EQ(seen().closed, "ping timeout");
  EXPECT_EQ(take_answer(held->sent)->body, "1");
  EXPECT_NE(post(sid, "3").body.find("Session ID unknown"), std::string::npos);
}

TEST_F(EnginePolling, VolatileMessagesNeedAHeldGet) {
  start();
  const std::string sid = open_polling();
  EXPECT_FALSE(seen().session->writable());
  EXPECT_FALSE(seen().session->send(Outgoing::text("lost"), {.volatile_ = true}));
  EXPECT_TRUE(seen().session->send(Outgoing::text("kept")));
  turn();
  EXPECT_EQ(get(sid).body, "4kept");
  const auto held = hold_get(sid);
  EXPECT_TRUE(seen().session->writable());
  EXPECT_TRUE(seen().session->send(Outgoing::text("now"), {.volatile_ = true}));
  turn();
  EXPECT_EQ(take_answer(held->sent)->body, "4now");
  EXPECT_EQ(server().stats().volatile_dropped.get(), 1u);
}

TEST_F(EnginePolling, ABufferWithoutEndClosesTheSession) {
  engineio::Options options;
  options.buffered_bytes_max = 1000;
  start(options);
  const std::string sid = open_polling();
  for (int i = 0; i < 10; ++i) seen().session->send(Outgoing::text(std::string(97, 'x')));
  turn();
  EXPECT_EQ(seen().session->buffered_bytes(), 1000u);
  EXPECT_FALSE(seen().closed);
  seen().session->send(Outgoing::text("x"));
  turn();
  EXPECT_EQ(seen().closed, "transport error: send buffer overflow");
  EXPECT_NE(get(sid).body.find("Session ID unknown"), std::string::npos);
  EXPECT_EQ(server().stats().buffer_overflows.get(), 1u);
}

TEST_F(EnginePolling, B64ChangesNothing) {
  start();
  const std::string sid = open_polling();
  const auto answer = exchange(request("POST", polling_target(sid) + "&b64=1", "", "bAQID"));
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"b:\x01\x02\x03"}));
}

class EngineCompression : public EngineTest {
 protected:
  HttpAnswer poll(std::string_view accept, std::size_t size, engineio::SendOptions send = {}) {
    const std::string sid = open_polling();
    last().session->send(Outgoing::text(std::string(size - 1, 'z')), send);
    turn();
    return get(sid, "Accept-Encoding: " + std::string(accept) + "\r\n");
  }
  static std::string unpack(const std::string& bytes) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 32);
    std::string out(100'000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
  }
};

TEST_F(EngineCompression, CompressesFrom1024BytesOn) {
  start();
  const HttpAnswer gzip = poll("gzip, deflate", 1024);
  EXPECT_EQ(gzip.field("content-encoding"), "gzip");
  EXPECT_EQ(unpack(gzip.body), "4" + std::string(1023, 'z'));
  EXPECT_LT(gzip.body.size(), 100u);
  EXPECT_FALSE(poll("gzip, deflate", 1023).has("content-encoding"));
}

TEST_F(EngineCompression, TakesWhatTheClientAccepts) {
  start();
  const HttpAnswer deflated = poll("br, deflate;q=0.5, gzip;q=0", 2000);
  EXPECT_EQ(deflated.field("content-encoding"), "deflate");
  EXPECT_EQ(unpack(deflated.body).size(), 2000u);
  EXPECT_EQ(poll("GZip", 2000).field("content-encoding"), "gzip");
  EXPECT_EQ(poll("*", 2000).field("content-encoding"), "gzip");
  EXPECT_FALSE(poll("identity", 2000).has("content-encoding"));
  EXPECT_FALSE(poll("br", 2000).has("content-encoding"));
  EXPECT_FALSE(poll("gzip;q=0.0, deflate;q=0", 2000).has("content-encoding"));
}

TEST_F(EngineCompression, NotIfTheMessageOrTheServerSaysNo) {
  start();
  EXPECT_FALSE(poll("gzip", 2000, {.compress = false}).has("content-encoding"));
  workers_.clear();
  shards_.clear();
  engineio::Options options;
  options.http_compression = false;
  start(options);
  EXPECT_FALSE(poll("gzip", 2000).has("content-encoding"));
}

}  // namespace
}  // namespace tutti::test
