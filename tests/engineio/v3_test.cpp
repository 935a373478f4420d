// Engine.IO v3: its payloads, and whole sessions of old clients.
#include "engineio/v3.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/utf8.hpp"
#include "engineio/fixture.hpp"
#include "engineio/payload.hpp"

namespace tutti::test {
namespace {

namespace v3 = engineio::v3;
using Next = v3::PayloadReader::Next;

std::vector<std::string> parts_of(std::string_view payload, bool binary_form) {
  std::vector<std::string> parts;
  v3::PayloadReader reader(payload, binary_form);
  for (;;) {
    v3::Part part;
    const Next next = reader.next(part);
    if (next == Next::part) {
      parts.push_back((part.binary ? "b:" : "t:") + std::string(part.packet));
      continue;
    }
    if (next == Next::malformed) parts.push_back("malformed");
    return parts;
  }
}

using Parts = std::vector<std::string>;

TEST(EngineV3Payload, CountsUtf16Units) {
  std::string out;
  for (const char* packet : {"4hello", "2", "4\xe2\x82\xac\xf0\x9f\x98\x80"}) v3::append_packet(out, packet);
  EXPECT_EQ(out, "6:4hello1:24:4\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(parts_of(out, false), (Parts{"t:4hello", "t:2", "t:4\xe2\x82\xac\xf0\x9f\x98\x80"}));
}

TEST(EngineV3Payload, BinaryForm) {
  std::string out;
  v3::append_binary_form(out, false, "4hello");
  v3::append_binary_form(out, true, v3::binary_packet("\x01\x02"));
  v3::append_binary_form(out, false, "4" + std::string(11, 'x'));
  EXPECT_EQ(out, std::string("\0\x06\xff", 3) + "4hello" + "\x01\x03\xff\x04\x01\x02" +
                     std::string("\0\x01\x02\xff", 4) + "4xxxxxxxxxxx");
  EXPECT_EQ(parts_of(out, true), (Parts{"t:4hello", "b:\x04\x01\x02", "t:4xxxxxxxxxxx"}));
}

TEST(EngineV3Payload, RefusesWhatIsNoPayload) {
  for (const char* text : {"", ":", "x:4", "5", "3:4a", "-1:4", "99999999999:4", "2:4\xf0\x9f\x98\x80", "1:43"}) {
    EXPECT_EQ(parts_of(text, false).back(), "malformed") << text;
  }
  for (const std::string& bytes : {std::string("\0\xff", 2),
                                   std::string("\x02\x01\xff"
                                               "4"),
                                   std::string("\0\x02\xff"
                                               "4",
                                               4),
                                   std::string("\0\x0b\xff"
                                               "4",
                                               4),
                                   std::string("\0\x01", 2)}) {
    EXPECT_EQ(parts_of(bytes, true).back(), "malformed");
  }
}

RC_GTEST_PROP(EngineV3PayloadProperty, NeverReadsOutside, (const std::string& bytes, bool binary_form)) {
  v3::PayloadReader reader(bytes, binary_form);
  std::size_t total = 0;
  v3::Part part;
  while (reader.next(part) == Next::part) total += part.packet.size();
  RC_ASSERT(total <= bytes.size());
}

class EngineV3 : public EngineTest {
 protected:
  void SetUp() override {
    engineio::Options options;
    options.allow_eio3 = true;
    start(options);
  }
  static std::string target(std::string_view sid, std::string_view more = "") {
    return "/engine.io/?EIO=3&transport=polling" + (sid.empty() ? "" : "&sid=" + std::string(sid)) + std::string(more);
  }
  std::string open_v3(std::string_view more = "") {
    const std::string body = exchange(request("GET", target("", more)))->body;
    EXPECT_EQ(parts_of(body, false).front().substr(0, 3), "t:0") << body;
    return last().sid;
  }
  HttpAnswer poll(std::string_view sid) { return exchange(request("GET", target(sid))).value_or(HttpAnswer{}); }
  HttpAnswer send_body(std::string_view sid, std::string_view body, std::string_view fields = "") {
    return exchange(request("POST", target(sid), fields, body)).value_or(HttpAnswer{});
  }
};

TEST_F(EngineV3, HandshakeHasALength) {
  const auto answer = exchange(request("GET", target("")));
  EXPECT_EQ(answer->field("content-type"), "text/plain; charset=UTF-8");
  const std::size_t colon = answer->body.find(':');
  EXPECT_EQ(std::stoul(answer->body), answer->body.size() - colon - 1);
  EXPECT_EQ(seen().session->protocol(), 3u);
  open_websocket();
  EXPECT_EQ(last().session->protocol(), 4u);
}

TEST_F(EngineV3, TextBothWays) {
  const std::string sid = open_v3();
  EXPECT_EQ(send_body(sid, "6:4hello3:4\xc3\xa9!").body, "ok");
  EXPECT_EQ(seen().messages, (Parts{"t:hello", "t:\xc3\xa9!"}));
  seen().session->send(Outgoing::text("a\xc3\xa9"));
  seen().session->send(Outgoing::text("b"));
  turn();
  EXPECT_EQ(poll(sid).body,
            "3:4a\xc3\xa9"
            "2:4b");
}

TEST_F(EngineV3, BinaryMessagesOfAPost) {
  const std::string sid = open_v3();
  send_body(sid,
            std::string("\x01\x03\xff\x04\x01\x02\0\x02\xff"
                        "4x",
                        11),
            "Content-Type: application/octet-stream\r\n");
  send_body(sid, "6:b4AQID");
  EXPECT_EQ(seen().messages, (Parts{"b:\x01\x02", "t:x", "b:\x01\x02\x03"}));
}

TEST_F(EngineV3, BinaryAnswers) {
  const std::string sid = open_v3();
  seen().session->send(Outgoing::text("x"));
  seen().session->send(Outgoing::binary("\x01\x02"));
  turn();
  const HttpAnswer answer = poll(sid);
  EXPECT_EQ(answer.field("content-type"), "application/octet-stream");
  EXPECT_EQ(parts_of(answer.body, true), (Parts{"t:4x", "b:\x04\x01\x02"}));
}

TEST_F(EngineV3, OldBrowsersGetBinaryAsText) {
  const std::string sid = open_v3("&b64=1");
  seen().session->send(Outgoing::binary("\x01\x02\x03"));
  turn();
  EXPECT_EQ(poll(sid).body, "6:b4AQID");
}

TEST_F(EngineV3, TheClientPings) {
  const std::string sid = open_v3();
  advance(44s);
  EXPECT_EQ(send_body(sid, "1:2").body, "ok");
  EXPECT_EQ(poll(sid).body, "1:3");
  advance(44s);
  EXPECT_FALSE(seen().closed);
  advance(1s);
  EXPECT_EQ(seen().closed, "ping timeout");
}

TEST_F(EngineV3, APongIsTheWrongDirection) {
  send_body(open_v3(), "1:3");
  EXPECT_EQ(seen().closed, "transport error: invalid heartbeat direction");
}

TEST_F(EngineV3, MalformedPayloadsClose) {
  for (const char* body : {"4hello", "9:4a", "1:9", "", "4:b9AA", "3:b4?"}) {
    const std::string sid = open_v3();
    EXPECT_EQ(send_body(sid, body).body, "ok");
    EXPECT_EQ(last().closed, "parse error") << body;
  }
}

TEST_F(EngineV3, WebSocketCarriesTheTypeInBinary) {
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=3&transport=websocket"));
  take_head(*stream);
  EXPECT_EQ(next(*stream).substr(0, 1), "0");
  send(*stream, codec::Opcode::binary, "\x04\x01\x02");
  send_text(*stream, "b4AQID");
  send_text(*stream, "4text");
  EXPECT_EQ(seen().messages, (Parts{"b:\x01\x02", "b:\x01\x02\x03", "t:text"}));
  seen().session->send(Outgoing::binary("\x07"));
  seen().session->send(Outgoing::text("x"));
  turn();
  EXPECT_EQ(next(*stream), "\x04\x07");
  EXPECT_EQ(next(*stream), "4x");
  send_text(*stream, "2");
  EXPECT_EQ(next(*stream), "3");
  send(*stream, codec::Opcode::binary, "\x01");
  EXPECT_EQ(seen().closed, "parse error");
}

TEST_F(EngineV3, Upgrades) {
  const std::string sid = open_v3();
  const auto held = connect();
  deliver(*held, request("GET", target(sid)));
  const auto socket = connect();
  deliver(*socket, upgrade_request("EIO=3&transport=websocket&sid=" + sid));
  take_head(*socket);
  send_text(*socket, "2probe");
  EXPECT_EQ(next(*socket), "3probe");
  EXPECT_EQ(take_answer(held->sent)->body, "1:6");
  seen().session->send(Outgoing::binary("\x07"));
  turn();
  send_text(*socket, "5");
  EXPECT_EQ(next(*socket), "\x04\x07");
}

TEST_F(EngineV3, CloseHasALengthToo) {
  const std::string sid = open_v3();
  const auto held = connect();
  deliver(*held, request("GET", target(sid)));
  seen().session->close();
  turn();
  EXPECT_EQ(take_answer(held->sent)->body, "1:1");
}

}  // namespace
}  // namespace tutti::test
