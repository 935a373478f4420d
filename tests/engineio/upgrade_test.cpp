// From polling to WebSocket: probe, noop, upgrade; everything that can go wrong; sessions of another shard.
#include "engineio/fixture.hpp"

namespace tutti::test {
namespace {

class EngineUpgrade : public EngineTest {};

TEST_F(EngineUpgrade, TheWholeExchange) {
  app_.echo = true;
  start();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  EXPECT_EQ(next(*socket), "3probe");
  EXPECT_EQ(take_answer(held->sent)->body, "6");
  EXPECT_EQ(seen().session->transport(), engineio::TransportName::polling);
  send_text(*socket, "5");
  EXPECT_EQ(seen().session->transport(), engineio::TransportName::websocket);
  send_text(*socket, "4hello");
  EXPECT_EQ(next(*socket), "4hello");
  EXPECT_EQ(server().stats().upgrades.get(), 1u);
  EXPECT_EQ(server().stats().sessions_websocket.get(), 1u);
}

TEST_F(EngineUpgrade, AGetWhileUpgradingIsAnsweredWithANoop) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  EXPECT_EQ(next(*socket), "3probe");
  EXPECT_EQ(get(sid).body, "6");
  EXPECT_EQ(get(sid).body, "6");
}

TEST_F(EngineUpgrade, NoNoopIsNeededWithoutAGet) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  send_text(*socket, "5");
  EXPECT_EQ(next(*socket), "3probe");
  EXPECT_TRUE(socket->sent.empty());
}

TEST_F(EngineUpgrade, BufferedPacketsFollowInOrder) {
  start();
  const std::string sid = open_polling();
  seen().session->send(Outgoing::text("a"));
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  EXPECT_EQ(next(*socket), "3probe");
  seen().session->send(Outgoing::binary("b"));
  turn();
  send_text(*socket, "5");
  seen().session->send(Outgoing::text("c"));
  turn();
  EXPECT_EQ(next(*socket), "4a");
  EXPECT_EQ(next(*socket), "b");
  EXPECT_EQ(next(*socket), "4c");
}

TEST_F(EngineUpgrade, APingThatWaitedComesToo) {
  start();
  const std::string sid = open_polling();
  advance(25s);
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  send_text(*socket, "5");
  EXPECT_EQ(next(*socket), "3probe");
  EXPECT_EQ(next(*socket), "2");
  send_text(*socket, "3");
  advance(24s);
  EXPECT_FALSE(seen().closed);
}

TEST_F(EngineUpgrade, PostsBeforeTheUpgradeAreStillDelivered) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  EXPECT_EQ(post(sid, "4one").body, "ok");
  send_text(*socket, "5");
  send_text(*socket, "4two");
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:one", "t:two"}));
}

TEST_F(EngineUpgrade, UpgradeAndMessagesInOnePiece) {
  start();
  const auto socket = start_upgrade(open_polling());
  std::string frames;
  for (const char* text : {"2probe", "5", "4a", "4b"}) {
    codec::append_masked_frame(frames, codec::Opcode::text, text, 3);
  }
  deliver(*socket, frames);
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:a", "t:b"}));
}

TEST_F(EngineUpgrade, AHeldGetAndAnUnfinishedPostEndWithTheUpgrade) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  const auto posting = connect();
  deliver(*posting, request("POST", polling_target(sid), "Content-Length: 10\r\n") + "4ab");
  send_text(*socket, "5");
  EXPECT_EQ(take_answer(posting->sent)->status, 400u);
  EXPECT_FALSE(seen().closed);
}

TEST_F(EngineUpgrade, PollingIsOverAfterTheUpgrade) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  send_text(*socket, "5");
  EXPECT_EQ(get(sid).body, R"({"code":3,"message":"Bad request"})");
  EXPECT_EQ(post(sid, "4x").body, R"({"code":3,"message":"Bad request"})");
  const auto second = start_upgrade(sid);
  EXPECT_EQ(next(*second), "close");
  EXPECT_FALSE(seen().closed);
}

TEST_F(EngineUpgrade, OnlyOneProbeAtATime) {
  start();
  const std::string sid = open_polling();
  const auto first = start_upgrade(sid);
  const auto second = start_upgrade(sid);
  EXPECT_EQ(next(*second), "close");
  EXPECT_TRUE(second->closed);
  send_text(*first, "2probe");
  EXPECT_EQ(next(*first), "3probe");
}

TEST_F(EngineUpgrade, AnythingElseClosesTheProbeAndTheSessionLives) {
  for (const char* text : {"4hello", "2", "5", "3probe", "", "abc", "1"}) {
    SCOPED_TRACE(text);
    app_.all.clear();
    workers_.clear();
    shards_.clear();
    start();
    const std::string sid = open_polling();
    const auto socket = start_upgrade(sid);
    send_text(*socket, text);
    EXPECT_EQ(next(*socket), "close");
    EXPECT_TRUE(socket->closed);
    EXPECT_FALSE(seen().closed);
    EXPECT_TRUE(seen().messages.empty());
    const auto again = start_upgrade(sid);
    send_text(*again, "2probe");
    send_text(*again, "5");
    EXPECT_EQ(seen().session->transport(), engineio::TransportName::websocket);
    EXPECT_EQ(server().stats().upgrades_failed.get(), 1u);
    workers_.clear();
  }
}

TEST_F(EngineUpgrade, ABinaryProbeIsNoProbe) {
  start();
  const auto socket = start_upgrade(open_polling());
  send(*socket, codec::Opcode::binary, "2probe");
  EXPECT_EQ(next(*socket), "close");
}

TEST_F(EngineUpgrade, TheProbeTimesOut) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  send_text(*socket, "2probe");
  next(*socket);
  advance(10s - 1ms);
  EXPECT_FALSE(socket->closed);
  advance(1ms);
  EXPECT_TRUE(socket->closed);
  EXPECT_FALSE(seen().closed);
  const auto held = hold_get(sid);
  EXPECT_TRUE(held->sent.empty()) << "no more noops after a failed upgrade";
}

TEST_F(EngineUpgrade, AProbeThatVanishesLeavesTheSession) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  socket->peer_closes(false);
  turn();
  EXPECT_FALSE(seen().closed);
  EXPECT_EQ(post(sid, "4x").body, "ok");
}

TEST_F(EngineUpgrade, TheProbeEndsWithTheSession) {
  start();
  const std::string sid = open_polling();
  const auto socket = start_upgrade(sid);
  post(sid, "1");
  EXPECT_EQ(next(*socket), "close");
  EXPECT_TRUE(socket->closed);
  EXPECT_EQ(seen().closed, "transport close");
}

TEST_F(EngineUpgrade, UpgradesMayBeSwitchedOff) {
  engineio::Options options;
  options.allow_upgrades = false;
  start(options);
  const std::string sid = open_polling();
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket&sid=" + sid));
  EXPECT_EQ(take_answer(stream->sent)->status, 400u);
  EXPECT_TRUE(stream->closed);
}

class EngineShards : public EngineTest {
 protected:
  HttpAnswer exchange_at(std::uint32_t worker, std::string bytes) {
    const auto stream = connect(worker);
    deliver(*stream, std::move(bytes));
    return take_answer(stream->sent).value_or(HttpAnswer{});
  }
};

TEST_F(EngineShards, RequestsFindTheirSessionFromAnyShard) {
  app_.echo = true;
  start({}, 3);
  const std::string sid = open_polling();
  for (std::uint32_t worker = 0; worker < 3; ++worker) {
    EXPECT_EQ(exchange_at(worker, request("POST", polling_target(sid), "", "4hello")).body, "ok") << worker;
    EXPECT_EQ(exchange_at(worker, request("GET", polling_target(sid))).body, "4hello") << worker;
  }
  EXPECT_EQ(workers_[1]->net_stats.hand_overs.get(), 2u);
  EXPECT_EQ(workers_[0]->engine.stats().sessions_total.get(), 1u);
  EXPECT_EQ(workers_[1]->engine.stats().sessions_total.get(), 0u);
}

TEST_F(EngineShards, AConnectionThatMovedServesSessionsOfEveryShard) {
  app_.echo = true;
  start({}, 2);
  const std::string here = open_polling();
  const auto other = connect(1);
  deliver(*other, request("GET", polling_target("")));
  const std::string there = last().sid;
  take_answer(other->sent);
  for (int i = 0; i < 3; ++i) {
    deliver(*other, request("POST", polling_target(here), "", "4x"));
    EXPECT_EQ(take_answer(other->sent)->body, "ok");
    deliver(*other, request("POST", polling_target(there), "", "4x"));
    EXPECT_EQ(take_answer(other->sent)->body, "ok");
  }
}

TEST_F(EngineShards, UpgradeFromAnotherShard) {
  start({}, 2);
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  const auto socket = start_upgrade(sid, 1);
  send_text(*socket, "2probe");
  EXPECT_EQ(next(*socket), "3probe");
  EXPECT_EQ(take_answer(held->sent)->body, "6");
  send_text(*socket, "5");
  send_text(*socket, "4hello");
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:hello"}));
}

TEST_F(EngineShards, ABodyInPiecesArrivesWhole) {
  start({}, 2);
  const std::string sid = open_polling();
  const auto stream = connect(1);
  const std::string post = request("POST", polling_target(sid), "", "4" + std::string(1000, 'x'));
  for (std::size_t i = 0; i < post.size(); i += 100) deliver(*stream, post.substr(i, 100));
  EXPECT_EQ(take_answer(stream->sent)->body, "ok");
  EXPECT_EQ(seen().messages.size(), 1u);
}

TEST_F(EngineShards, AGuessedIdOfAnotherShardIsUnknown) {
  start({}, 2);
  std::string sid = open_polling();
  sid[0] = sid[0] == 'A' ? 'B' : 'A';
  EXPECT_NE(exchange_at(1, request("GET", polling_target(sid))).body.find("Session ID unknown"), std::string::npos);
  EXPECT_NE(exchange_at(0, request("GET", polling_target("AAAAAAAAAAAAAAAAAAAA"))).body.find("Session ID unknown"),
            std::string::npos);
  // A worker that this server does not have.
  EXPECT_NE(exchange_at(0, request("GET", polling_target("AAAAAAAAAAAAAAA-AAAA"))).body.find("Session ID unknown"),
            std::string::npos);
}

}  // namespace
}  // namespace tutti::test
