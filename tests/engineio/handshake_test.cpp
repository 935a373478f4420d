// The handshake: what is answered, what is refused and in which order, what the layer above sees of it.
#include "engineio/handshake.hpp"
#include "engineio/fixture.hpp"
#include "net/deflate.hpp"

namespace tutti::test {
namespace {

class EngineHandshake : public EngineTest {
 protected:
  // The error of a plain request.
  std::string error_of(std::string_view method, std::string_view query, std::string_view fields = "") {
    const auto answer = exchange(request(method, "/engine.io/?" + std::string(query), fields));
    if (!answer) return "no answer";
    EXPECT_EQ(answer->field("content-type"), "application/json");
    return std::to_string(answer->status) + " " + answer->body;
  }
  // The same for an upgrade: status, text; the connection must have ended.
  std::string upgrade_error(std::string_view query, std::string_view fields = "") {
    const auto stream = connect();
    deliver(*stream, upgrade_request(query, fields));
    const auto answer = take_answer(stream->sent);
    if (!answer) return "no answer";
    EXPECT_EQ(answer->field("connection"), "close");
    EXPECT_EQ(answer->field("content-type"), "text/html");
    EXPECT_TRUE(stream->closed);
    return std::to_string(answer->status) + " " + answer->body;
  }
};

constexpr const char* kTransportUnknown = R"(400 {"code":0,"message":"Transport unknown"})";
constexpr const char* kUnknownSid = R"(400 {"code":1,"message":"Session ID unknown"})";
constexpr const char* kBadMethod = R"(400 {"code":2,"message":"Bad handshake method"})";
constexpr const char* kBadRequest = R"(400 {"code":3,"message":"Bad request"})";
constexpr const char* kUnsupported = R"(400 {"code":5,"message":"Unsupported protocol version"})";

TEST_F(EngineHandshake, PollingGetsTheOpenPacketWithExactlyFiveKeys) {
  start();
  const HttpAnswer answer = get("");
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.field("content-type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(answer.field("cache-control"), "no-store");
  EXPECT_EQ(answer.body, R"(0{"sid":")" + seen().sid +
                             R"(","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,)"
                             R"("maxPayload":1000000})");
  EXPECT_EQ(seen().session->transport(), engineio::TransportName::polling);
}

TEST_F(EngineHandshake, WebSocketGetsTheOpenPacketWithoutUpgrades) {
  start();
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket"));
  EXPECT_EQ(take_head(*stream),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  EXPECT_EQ(next(*stream), R"(0{"sid":")" + seen().sid +
                               R"(","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})");
  EXPECT_EQ(seen().session->transport(), engineio::TransportName::websocket);
}

TEST_F(EngineHandshake, SaysWhatTheOptionsSay) {
  engineio::Options options;
  options.ping_interval = 300ms;
  options.ping_timeout = 200ms;
  options.max_payload = 12345;
  options.allow_upgrades = false;
  start(options);
  const std::string body = get("").body;
  EXPECT_NE(body.find(R"("upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":12345})"), std::string::npos)
      << body;
}

TEST_F(EngineHandshake, AnInitialPacketFollowsTheOpenPacket) {
  engineio::Options options;
  options.initial_packet = "welcome";
  start(options);
  EXPECT_TRUE(
      get("").body.ends_with("}\x1e"
                             "4welcome"));
  const auto stream = open_websocket();
  EXPECT_EQ(next(*stream), "4welcome");
}

TEST_F(EngineHandshake, WhatIsSentAtOnceIsNotMixedIntoTheOpenPacket) {
  start();
  const std::string sid = open_polling();
  seen().session->send(Outgoing::text("first"));
  turn();
  EXPECT_EQ(get(sid).body, "4first");
}

TEST_F(EngineHandshake, RefusesInTheOrderOfNode) {
  start();
  EXPECT_EQ(error_of("GET", "EIO=4"), kTransportUnknown);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=abc"), kTransportUnknown);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=webtransport"), kTransportUnknown);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=abc&sid=zzz"), kTransportUnknown);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=polling&sid=zzz"), kUnknownSid);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=polling&sid=__proto__"), kUnknownSid);
  EXPECT_EQ(error_of("POST", "EIO=4&transport=websocket"), kBadMethod);
  EXPECT_EQ(error_of("POST", "EIO=4&transport=polling"), kBadMethod);
  EXPECT_EQ(error_of("PUT", "EIO=3&transport=polling"), kBadMethod);
  EXPECT_EQ(error_of("OPTIONS", "EIO=4&transport=polling"), kBadMethod);
  EXPECT_EQ(error_of("GET", "EIO=3&transport=websocket"), kBadRequest);
  EXPECT_EQ(error_of("GET", "transport=polling"), kUnsupported);
  EXPECT_EQ(error_of("GET", "EIO=3&transport=polling"), kUnsupported);
  EXPECT_EQ(error_of("GET", "EIO=abc&transport=polling"), kUnsupported);
  EXPECT_EQ(app_.all.size(), 0u);
}

TEST_F(EngineHandshake, CountsRefusalsByCode) {
  start();
  error_of("GET", "EIO=4&transport=abc");
  error_of("GET", "EIO=4&transport=polling&sid=zzz");
  error_of("GET", "EIO=4&transport=polling&sid=zzz");
  EXPECT_EQ(server().stats().refused[0].get(), 1u);
  EXPECT_EQ(server().stats().refused[1].get(), 2u);
}

TEST_F(EngineHandshake, HeadIsRefusedWithoutABody) {
  start();
  const auto answer = exchange(request("HEAD", "/engine.io/?EIO=4&transport=polling"), true);
  EXPECT_EQ(answer->status, 400u);
}

TEST_F(EngineHandshake, UpgradesAreRefusedWithPlainText) {
  start();
  EXPECT_EQ(upgrade_error("EIO=4&transport=abc"), "400 Transport unknown");
  EXPECT_EQ(upgrade_error("EIO=4&transport=websocket&sid=zzz"), "400 Session ID unknown");
  EXPECT_EQ(upgrade_error("EIO=3&transport=websocket"), "400 Unsupported protocol version");
  EXPECT_EQ(upgrade_error("EIO=4&transport=polling"), "400 Bad request");
  const auto stream = connect();
  deliver(*stream, request("POST", "/engine.io/?EIO=4&transport=websocket",
                           "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_EQ(take_answer(stream->sent)->body, "Bad handshake method");
  EXPECT_EQ(app_.all.size(), 0u);
}

TEST_F(EngineHandshake, WebSocketWithoutKeyOrOfAnotherVersion) {
  start();
  auto stream = connect();
  deliver(*stream, request("GET", "/engine.io/?EIO=4&transport=websocket",
                           "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"));
  auto answer = take_answer(stream->sent);
  EXPECT_EQ(answer->status, 400u);
  EXPECT_EQ(answer->body, "Missing or invalid Sec-WebSocket-Key header");
  stream = connect();
  deliver(*stream, request("GET", "/engine.io/?EIO=4&transport=websocket",
                           "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  answer = take_answer(stream->sent);
  EXPECT_EQ(answer->status, 426u);
  EXPECT_EQ(answer->field("sec-websocket-version"), "13");
}

TEST_F(EngineHandshake, TransportsThatAreSwitchedOffAreUnknown) {
  engineio::Options options;
  options.allow_websocket = false;
  start(options);
  EXPECT_NE(get("").body.find(R"("upgrades":[])"), std::string::npos);
  // Node does not even listen for upgrades then: a plain request.
  const auto answer = exchange(upgrade_request("EIO=4&transport=websocket"));
  EXPECT_EQ(answer->status, 400u);
  EXPECT_EQ(answer->body, R"({"code":0,"message":"Transport unknown"})");
}

TEST_F(EngineHandshake, PollingMayBeSwitchedOff) {
  engineio::Options options;
  options.allow_polling = false;
  start(options);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=polling"), kTransportUnknown);
  open_websocket();
}

TEST_F(EngineHandshake, PathIsMatchedByPrefix) {
  engineio::Options options;
  options.path = "/my/path";
  start(options);
  EXPECT_EQ(exchange(request("GET", "/my/path/?EIO=4&transport=polling"))->status, 200u);
  EXPECT_EQ(exchange(request("GET", "/my/path/extra?EIO=4&transport=polling"))->status, 200u);
  EXPECT_EQ(exchange(request("GET", "/my/path?EIO=4&transport=polling"))->status, 404u);
  EXPECT_EQ(exchange(request("GET", "/other"))->status, 404u);
}

TEST_F(EngineHandshake, TheAllowHookRefusesWithItsMessage) {
  engineio::Options options;
  options.allow_request = [](const net::HttpRequest& asked, engineio::Decision decide) {
    if (asked.has_header("x-deny")) return decide(engineio::Refusal{"go \"away\"", 403, std::nullopt});
    decide(std::nullopt);
  };
  start(options);
  EXPECT_EQ(error_of("GET", "EIO=4&transport=polling", "X-Deny: 1\r\n"), R"(403 {"code":4,"message":"go \"away\""})");
  EXPECT_EQ(upgrade_error("EIO=4&transport=websocket", "X-Deny: 1\r\n"), "400 go \"away\"");
  EXPECT_EQ(get("").status, 200u);
  EXPECT_EQ(error_of("GET", "EIO=3&transport=polling", "X-Deny: 1\r\n"), R"(403 {"code":4,"message":"go \"away\""})");
}

TEST_F(EngineHandshake, TheAllowHookMayTakeItsTime) {
  std::vector<engineio::Decision> waiting;
  engineio::Options options;
  options.allow_request = [&](const net::HttpRequest&, engineio::Decision decide) {
    waiting.push_back(std::move(decide));
  };
  start(options);
  const auto polling = hold_get("");
  const auto websocket = connect();
  deliver(*websocket, upgrade_request("EIO=4&transport=websocket"));
  const auto gone = hold_get("");
  gone->peer_closes();
  advance(5s);
  EXPECT_TRUE(polling->sent.empty());
  for (engineio::Decision& decide : waiting) decide(std::nullopt);
  turn();
  EXPECT_EQ(take_answer(polling->sent)->status, 200u);
  EXPECT_TRUE(take_head(*websocket).starts_with("HTTP/1.1 101"));
  EXPECT_EQ(app_.all.size(), 2u);
}

TEST_F(EngineHandshake, ADecisionAfterTheServerIsGoneDoesNothing) {
  engineio::Decision waiting;
  engineio::Options options;
  options.allow_request = [&](const net::HttpRequest&, engineio::Decision decide) { waiting = std::move(decide); };
  start(options);
  hold_get("");
  workers_.clear();
  waiting(std::nullopt);
}

TEST_F(EngineHandshake, TheHookIsNotAskedForASessionThatExists) {
  int asked = 0;
  engineio::Options options;
  options.allow_request = [&](const net::HttpRequest&, engineio::Decision decide) {
    ++asked;
    decide(std::nullopt);
  };
  start(options);
  post(open_polling(), "4x");
  EXPECT_EQ(asked, 1);
}

TEST_F(EngineHandshake, TooManySessionsAreTurnedAwayForAWhile) {
  engineio::Options options;
  options.sessions_max = 1;
  start(options);
  const std::string sid = open_polling();
  const HttpAnswer answer = get("");
  EXPECT_EQ(answer.status, 503u);
  EXPECT_EQ(answer.field("retry-after"), "5");
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket"));
  EXPECT_EQ(take_answer(stream->sent)->status, 503u);
  post(sid, "1");
  EXPECT_EQ(get("").status, 200u);
}

TEST_F(EngineHandshake, AForeignOriginMayNotOpenAWebSocket) {
  engineio::Options options;
  options.cors.origins = {"http://good.example", "https://*.good.example"};
  start(options);
  EXPECT_EQ(upgrade_error("EIO=4&transport=websocket", "Origin: http://evil.example\r\n"), "400 Forbidden");
  open_websocket("Origin: http://good.example\r\n");
  open_websocket("Origin: https://a.good.example\r\n");
  open_websocket();  // no browser
  const std::string sid = open_polling();
  EXPECT_EQ(upgrade_error("EIO=4&transport=websocket&sid=" + sid, "Origin: http://evil.example\r\n"), "400 Forbidden");
}

TEST_F(EngineHandshake, OneFixedOriginGuardsTheWebSocketToo) {
  engineio::Options options;
  options.cors.origins = {"http://good.example"};
  start(options);
  EXPECT_EQ(get("", "Origin: http://evil.example\r\n").field("access-control-allow-origin"), "http://good.example");
  EXPECT_EQ(upgrade_error("EIO=4&transport=websocket", "Origin: http://evil.example\r\n"), "400 Forbidden");
}

TEST_F(EngineHandshake, CorsFieldsAreOnEveryAnswer) {
  engineio::Options options;
  options.cors.origins = {"http://a.example"};
  options.cors.credentials = true;
  start(options);
  const std::string sid = open_polling();
  const auto held = hold_get(sid);
  for (const auto& answer :
       {get(""), get("zzz"), post(sid, "4x"), *exchange(request("PUT", polling_target(sid), "", "x")),
        post(sid, std::string(1'000'001, 'x')), get("")}) {
    EXPECT_EQ(answer.field("access-control-allow-origin"), "http://a.example") << answer.status;
    EXPECT_EQ(answer.field("access-control-allow-credentials"), "true");
  }
  seen().session->send(Outgoing::text("x"));
  turn();
  EXPECT_EQ(take_answer(held->sent)->field("access-control-allow-origin"), "http://a.example");
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket", "Origin: http://a.example\r\n"));
  EXPECT_NE(take_head(*stream).find("\r\nAccess-Control-Allow-Origin: http://a.example\r\n"), std::string::npos);
}

TEST_F(EngineHandshake, PreflightIsAnswered) {
  engineio::Options options;
  options.cors.origins = {"*"};
  start(options);
  const auto answer = exchange(request("OPTIONS", "/engine.io/?EIO=4&transport=polling"));
  EXPECT_EQ(answer->status, 204u);
  EXPECT_EQ(answer->field("content-length"), "0");
  EXPECT_EQ(answer->field("access-control-allow-origin"), "*");
}

TEST_F(EngineHandshake, TheCookieIsOnThePollingHandshakeOnly) {
  engineio::Options options;
  options.cookie.emplace();
  start(options);
  const std::string set_cookie = get("").field("set-cookie");
  EXPECT_EQ(set_cookie, "io=" + seen().sid + "; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_FALSE(post(seen().sid, "4x").has("set-cookie"));
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket"));
  EXPECT_EQ(take_head(*stream).find("Cookie"), std::string::npos);
}

TEST_F(EngineHandshake, TheCookieIsConfigurable) {
  engineio::CookieOptions cookie;
  cookie.name = "sticky";
  cookie.path = "/x";
  cookie.http_only = false;
  cookie.secure = true;
  cookie.same_site = "Strict";
  cookie.max_age = std::chrono::seconds(86400);
  engineio::Options options;
  options.cookie = cookie;
  start(options);
  const std::string set_cookie = get("").field("set-cookie");
  EXPECT_EQ(set_cookie, "sticky=" + seen().sid + "; Max-Age=86400; Path=/x; Secure; SameSite=Strict");
}

TEST_F(EngineHandshake, KeepsTheRequest) {
  start();
  exchange(request("GET", "/engine.io/?EIO=4&transport=polling&token=abc&t=1", "X-One: 1\r\nX-Two: 2\r\n"));
  const engineio::Handshake& kept = seen().session->handshake();
  EXPECT_EQ(kept.target(), "/engine.io/?EIO=4&transport=polling&token=abc&t=1");
  EXPECT_EQ(kept.header("x-one"), "1");
  EXPECT_EQ(kept.header("x-three"), "");
  ASSERT_EQ(kept.headers().size(), 3u);
  EXPECT_EQ(kept.headers()[0].first, "host");
  EXPECT_EQ(kept.headers()[2].second, "2");
  EXPECT_EQ(kept.address(), "192.0.2.7");
  EXPECT_EQ(kept.issued_ms(), shard().clock().wall_time_ms());
  EXPECT_FALSE(kept.secure());
}

TEST_F(EngineHandshake, AnAcceptorMayRefuse) {
  app_.refuse = true;
  start();
  EXPECT_EQ(get("").status, 200u);
  turn();
  const auto stream = connect();
  deliver(*stream, upgrade_request("EIO=4&transport=websocket"));
  EXPECT_TRUE(stream->closed);
}

TEST(EngineHandshakeBlock, SurvivesZeroBytes) {
  net::HttpRequest request;
  request.target = std::string("/a\0b", 4);
  request.headers = {{"x", std::string("1\0002", 3)}, {"y", "2"}};
  const auto kept = engineio::keep_handshake(request, 5);
  EXPECT_EQ(kept->target(), "/a b");
  EXPECT_EQ(kept->header("x"), "1 2");
  EXPECT_EQ(kept->header("y"), "2");
}

}  // namespace
}  // namespace tutti::test
