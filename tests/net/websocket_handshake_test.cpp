#include "net/websocket_handshake.hpp"

#include <gtest/gtest.h>

namespace tutti::net {
namespace {

HttpRequest upgrade_request() {
  HttpRequest request;
  request.method = "GET";
  request.target = "/";
  request.upgrade = true;
  request.headers = {{"upgrade", "websocket"},
                     {"connection", "Upgrade"},
                     {"sec-websocket-version", "13"},
                     {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  return request;
}

void set(HttpRequest& request, std::string_view name, std::string_view value) {
  for (auto& [key, old] : request.headers) {
    if (key == name) {
      old = value;
      return;
    }
  }
  request.headers.emplace_back(name, value);
}

TEST(WebSocketHandshake, AnswersTheExampleOfTheRfc) {
  const WebSocketHandshake handshake = accept_websocket(upgrade_request(), false);
  EXPECT_EQ(handshake.status, 101u);
  EXPECT_EQ(handshake.head,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
}

TEST(WebSocketHandshake, RefusesBadKeys) {
  for (const char* key :
       {"", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ==x", "!!!!!!!!!!!!!!!!!!!!!!=="}) {
    HttpRequest request = upgrade_request();
    set(request, "sec-websocket-key", key);
    const WebSocketHandshake handshake = accept_websocket(request, false);
    EXPECT_EQ(handshake.status, 400u) << key;
    EXPECT_EQ(handshake.error, "Missing or invalid Sec-WebSocket-Key header");
  }
}

TEST(WebSocketHandshake, RefusesOtherVersionsMethodsAndHttp10) {
  HttpRequest request = upgrade_request();
  set(request, "sec-websocket-version", "8");
  EXPECT_EQ(accept_websocket(request, false).status, 426u);
  request = upgrade_request();
  request.method = "POST";
  EXPECT_EQ(accept_websocket(request, false).status, 400u);
  request = upgrade_request();
  request.minor_version = 0;
  EXPECT_EQ(accept_websocket(request, false).status, 400u);
  request = upgrade_request();
  request.upgrade = false;
  EXPECT_EQ(accept_websocket(request, false).status, 400u);
}

TEST(WebSocketHandshake, TakesDeflateOnlyIfOfferedAndAllowed) {
  const struct {
    const char* offer;
    bool taken;
  } cases[] = {
      {"permessage-deflate", true},
      {"permessage-deflate; client_max_window_bits", true},
      {"x-webkit-deflate-frame, permessage-deflate; client_max_window_bits=10", true},
      {"permessage-deflate; server_max_window_bits=10, permessage-deflate", true},
      {"permessage-deflate; server_max_window_bits=10", false},
      {"x-webkit-deflate-frame", false},
      {"", false},
  };
  for (const auto& offered : cases) {
    HttpRequest request = upgrade_request();
    set(request, "sec-websocket-extensions", offered.offer);
    EXPECT_EQ(accept_websocket(request, true).deflate, offered.taken) << offered.offer;
    EXPECT_FALSE(accept_websocket(request, false).deflate);
  }
}

TEST(WebSocketHandshake, KeepsNoDeflateContext) {
  HttpRequest request = upgrade_request();
  set(request, "sec-websocket-extensions", "permessage-deflate");
  EXPECT_NE(
      accept_websocket(request, true)
          .head.find(
              "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
      std::string::npos);
}

TEST(WebSocketHandshake, RefusalIsPlainTextAndTheEnd) {
  EXPECT_EQ(upgrade_refusal(400, "Bad request"),
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: 11\r\n\r\n"
            "Bad request");
}

}  // namespace
}  // namespace tutti::net
