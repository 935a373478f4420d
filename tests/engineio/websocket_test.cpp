// Sessions on a WebSocket: messages both ways, heartbeat, every way to end.
#include <fstream>
#include <nlohmann/json.hpp>

#include "engineio/fixture.hpp"
#include "net/deflate.hpp"

namespace tutti::test {
namespace {

class EngineWebSocket : public EngineTest {};

TEST_F(EngineWebSocket, EchoesTextAndBinary) {
  app_.echo = true;
  start();
  const auto stream = open_websocket();
  send_text(*stream, "4hello");
  EXPECT_EQ(next(*stream), "4hello");
  send(*stream, codec::Opcode::binary, "\x01\x02");
  const auto frame = take_frame(*stream);
  EXPECT_EQ(frame->opcode, codec::Opcode::binary);
  EXPECT_EQ(frame->payload, "\x01\x02");
}

TEST_F(EngineWebSocket, AllThatIsSentInATurnGoesOutTogether) {
  start();
  const auto stream = open_websocket();
  const std::size_t before = stream->sends;
  for (int i = 0; i < 16; ++i) seen().session->send(Outgoing::text(std::to_string(i)));
  turn();
  EXPECT_EQ(stream->sends, before + 1);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(next(*stream), "4" + std::to_string(i));
}

TEST_F(EngineWebSocket, FirstMessagesMayComeWithTheHandshake) {
  start();
  const auto stream = connect();
  std::string frame;
  codec::append_masked_frame(frame, codec::Opcode::text, "4early", 7);
  deliver(*stream, upgrade_request("EIO=4&transport=websocket") + frame);
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:early"}));
}

// The odd inputs captured from Node, one session each. "1" closes here, which Node leaves to the ping timeout.
TEST_F(EngineWebSocket, TheCapturedEdgeCases) {
  std::ifstream file(TUTTI_SOURCE_DIR "/tests/vectors/protocol/edge-cases-ws.json");
  const auto vectors = nlohmann::json::parse(file);
  app_.echo = true;
  start();
  const auto unhex = [](const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
  };
  std::size_t cases = 0;
  for (const auto& odd : vectors["engineio"]) {
    const std::string name = odd["name"];
    SCOPED_TRACE(name);
    ++cases;
    const auto stream = open_websocket();
    if (odd["sent"].is_object()) {
      send(*stream, codec::Opcode::binary, unhex(odd["sent"]["bin"]));
    } else if (name.starts_with("message of ")) {  // the file has only the beginning
      send_text(*stream, "4" + std::string(std::stoul(name.substr(11)) - 1, 'a'));
    } else {
      send_text(*stream, odd["sent"].get<std::string>());
    }
    for (const auto& received : odd["received"]) {
      const auto frame = take_frame(*stream);
      ASSERT_TRUE(frame);
      if (received.is_object()) {
        EXPECT_EQ(frame->opcode, codec::Opcode::binary);
        EXPECT_EQ(frame->payload, unhex(received["bin"]));
      } else if (name.starts_with("message of ")) {
        EXPECT_EQ(frame->payload.size(), 1'000'000u);
      } else {
        EXPECT_EQ(frame->payload, received.get<std::string>());
      }
    }
    if (name == "close packet") {
      EXPECT_EQ(next(*stream), "close");
      EXPECT_EQ(last().closed, "transport close");
    } else if (odd["clientSawClose"].is_null()) {
      EXPECT_TRUE(stream->sent.empty());
      EXPECT_FALSE(stream->ended());
      EXPECT_FALSE(last().closed);
    } else {
      const int code = odd["clientSawClose"]["code"];
      const std::string payload =
          code == 1005 ? "" : std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
      EXPECT_EQ(next(*stream), "close" + payload);
      EXPECT_TRUE(stream->closed);
      const std::string reason = odd["serverCloseReason"][0];
      EXPECT_TRUE(last().closed && last().closed->starts_with(reason)) << last().closed.value_or("not closed");
    }
  }
  EXPECT_EQ(cases, 18u);
}

TEST_F(EngineWebSocket, BadBase64IsAParseError) {
  start();
  const auto stream = open_websocket();
  send_text(*stream, "b???");
  EXPECT_EQ(next(*stream), "close");
  EXPECT_EQ(seen().closed, "parse error");
}

TEST_F(EngineWebSocket, BadUtf8IsClosedWith1007) {
  start();
  const auto stream = open_websocket();
  send_text(*stream, "4\xc3\x28");
  EXPECT_EQ(next(*stream), "close\x03\xef");
  EXPECT_TRUE(seen().closed->starts_with("transport error: ")) << *seen().closed;
}

TEST_F(EngineWebSocket, PingsAndTimesOut) {
  start();
  const auto stream = open_websocket();
  advance(25s);
  EXPECT_EQ(next(*stream), "2");
  advance(19s);
  send_text(*stream, "3");
  advance(25s);
  EXPECT_EQ(next(*stream), "2");
  advance(20s);
  EXPECT_EQ(next(*stream), "close");
  EXPECT_TRUE(stream->closed);
  EXPECT_EQ(seen().closed, "ping timeout");
}

TEST_F(EngineWebSocket, ControlFramesAreNoHeartbeat) {
  start();
  const auto stream = open_websocket();
  advance(25s);
  EXPECT_EQ(next(*stream), "2");
  send(*stream, codec::Opcode::pong, "");
  send(*stream, codec::Opcode::ping, "x");
  EXPECT_EQ(take_frame(*stream)->opcode, codec::Opcode::pong);
  advance(20s);
  EXPECT_EQ(seen().closed, "ping timeout");
}

TEST_F(EngineWebSocket, AnyPongCounts) {
  start();
  const auto stream = open_websocket();
  advance(25s);
  send_text(*stream, "3whatever");
  advance(24s);
  EXPECT_FALSE(seen().closed);
}

TEST_F(EngineWebSocket, ServerCloseSendsWhatIsQueuedAndAnEmptyCloseFrame) {
  start();
  const auto stream = open_websocket();
  seen().session->send(Outgoing::text("bye"));
  seen().session->close();
  EXPECT_FALSE(seen().closed);
  turn();
  EXPECT_EQ(next(*stream), "4bye");
  EXPECT_EQ(stream->sent, std::string("\x88\x00", 2));
  EXPECT_TRUE(stream->closed);
  EXPECT_EQ(seen().closed, "forced close");
}

TEST_F(EngineWebSocket, AClientThatClosesOrVanishesIsATransportClose) {
  start();
  auto stream = open_websocket();
  send(*stream, codec::Opcode::close, "\x03\xe8");
  EXPECT_EQ(next(*stream), "close\x03\xe8");
  EXPECT_EQ(last().closed, "transport close");
  stream = open_websocket();
  stream->peer_closes(false);
  turn();
  EXPECT_EQ(last().closed, "transport close");
}

TEST_F(EngineWebSocket, ASessionMayCloseItselfInsideAMessage) {
  start();
  const auto stream = open_websocket();
  std::string frames;
  codec::append_masked_frame(frames, codec::Opcode::text, "4close me", 1);
  codec::append_masked_frame(frames, codec::Opcode::text, "4more", 1);
  deliver(*stream, frames);
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:close me"}));
  EXPECT_EQ(seen().closed, "forced close");
}

TEST_F(EngineWebSocket, SendingAfterCloseDoesNothing) {
  start();
  const auto stream = open_websocket();
  seen().session->close();
  EXPECT_TRUE(seen().session->send(Outgoing::text("late")));
  seen().session->close();
  turn();
  EXPECT_EQ(next(*stream), "close");
  EXPECT_TRUE(stream->sent.empty());
}

TEST_F(EngineWebSocket, ASlowReaderIsSeenAndDrains) {
  start();
  const auto stream = open_websocket();
  stream->window = 10;
  seen().session->send(Outgoing::text(std::string(100, 'x')));
  EXPECT_TRUE(seen().session->writable());
  turn();
  EXPECT_FALSE(seen().session->writable());
  EXPECT_EQ(seen().session->buffered_bytes(), 93u);
  EXPECT_FALSE(seen().session->send(Outgoing::text("dropped"), {.volatile_ = true}));
  EXPECT_TRUE(seen().session->send(Outgoing::text("kept")));
  EXPECT_EQ(seen().drains, 0);
  stream->reads(1000);
  EXPECT_EQ(seen().drains, 1);
  EXPECT_EQ(next(*stream).size(), 101u);
  EXPECT_EQ(next(*stream), "4kept");
}

TEST_F(EngineWebSocket, ABufferWithoutEndCutsTheConnection) {
  engineio::Options options;
  options.buffered_bytes_max = 1000;
  start(options);
  const auto stream = open_websocket();
  stream->window = 0;
  for (int i = 0; i < 20 && !seen().closed; ++i) {
    seen().session->send(Outgoing::text(std::string(96, 'x')));
    turn();
  }
  EXPECT_EQ(seen().closed, "transport error: send buffer overflow");
  EXPECT_TRUE(stream->aborted);
}

TEST_F(EngineWebSocket, PollingRequestsOfAWebSocketSessionAreRefused) {
  start();
  open_websocket();
  EXPECT_EQ(get(seen().sid).body, R"({"code":3,"message":"Bad request"})");
  EXPECT_EQ(post(seen().sid, "4x").body, R"({"code":3,"message":"Bad request"})");
  EXPECT_FALSE(seen().closed);
}

TEST_F(EngineWebSocket, NoSecondWebSocketForOneSession) {
  start();
  const auto first = open_websocket();
  const auto second = start_upgrade(seen().sid);
  EXPECT_EQ(next(*second), "close");
  EXPECT_TRUE(second->closed);
  send_text(*first, "4still here");
  EXPECT_EQ(seen().messages.size(), 1u);
}

TEST_F(EngineWebSocket, OldBrowsersGetBinaryAsText) {
  start();
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket&b64=1"));
  take_head(*stream);
  next(*stream);
  seen().session->send(Outgoing::binary("\x01\x02\x03"));
  turn();
  const auto frame = take_frame(*stream);
  EXPECT_EQ(frame->opcode, codec::Opcode::text);
  EXPECT_EQ(frame->payload, "bAQID");
}

TEST_F(EngineWebSocket, NoCompressionUnlessSwitchedOn) {
  start();
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket",
                                   "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"));
  EXPECT_EQ(take_head(*stream).find("Extensions"), std::string::npos);
}

TEST_F(EngineWebSocket, CompressesBothWaysWhenAgreedOn) {
  app_.echo = true;
  engineio::Options options;
  options.per_message_deflate = true;
  start(options);
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket", "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  EXPECT_NE(take_head(*stream).find("permessage-deflate"), std::string::npos);
  next(*stream);
  const std::string text(3000, 'x');
  std::string frame;
  codec::append_masked_frame(frame, codec::Opcode::text, net::deflate("4" + text, net::DeflateFormat::message), 9,
                             true);
  deliver(*stream, frame);
  EXPECT_EQ(seen().messages, (std::vector<std::string>{"t:" + text}));
  const auto answer = take_frame(*stream);
  EXPECT_TRUE(answer->compressed);
  EXPECT_EQ(net::inflate_message(answer->payload, 10'000).bytes, "4" + text);
  seen().session->send(Outgoing::text(text), {.compress = false});
  turn();
  EXPECT_FALSE(take_frame(*stream)->compressed);
}

TEST_F(EngineWebSocket, CountsWhatHappens) {
  app_.echo = true;
  start();
  const auto stream = open_websocket();
  send_text(*stream, "4a");
  const engineio::Stats& stats = server().stats();
  EXPECT_EQ(stats.sessions_open.get(), 1u);
  EXPECT_EQ(stats.sessions_websocket.get(), 1u);
  EXPECT_EQ(stats.messages_received.get(), 1u);
  EXPECT_EQ(stats.messages_sent.get(), 1u);
  advance(25s);
  EXPECT_EQ(stats.pings_sent.get(), 1u);
  stream->peer_closes();
  turn();
  EXPECT_EQ(stats.sessions_open.get(), 0u);
  EXPECT_EQ(stats.sessions_websocket.get(), 0u);
  EXPECT_EQ(stats.closed[static_cast<std::size_t>(engineio::CloseReason::transport_close)].get(), 1u);
}

TEST_F(EngineWebSocket, ShutdownClosesEverySessionAtOnce) {
  start();
  const auto stream = open_websocket();
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  const std::string waiting = open_polling();
  server().close_all();
  turn();
  EXPECT_EQ(next(*stream), "close");
  EXPECT_EQ(take_answer(held->sent)->body, "1");
  for (const auto& one : app_.all) EXPECT_EQ(one->closed, "server shutting down");
  EXPECT_EQ(server().session_count(), 0u);
  EXPECT_EQ(get("").status, 503u);
}

}  // namespace
}  // namespace tutti::test
