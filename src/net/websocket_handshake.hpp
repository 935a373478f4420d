// net/websocket_handshake.hpp: the opening handshake of a WebSocket (RFC 6455, section 4.2; RFC 7692, section 7).
#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace tutti::net {

struct WebSocketHandshake {
  unsigned status = 101;   // else 400 or 426 (another version than 13)
  std::string_view error;  // text for the body of the refusal
  std::string head;        // "HTTP/1.1 101 …" with its fields, without the empty line that ends it
  bool deflate = false;    // permessage-deflate was agreed on, without context on either side
};

// What the request asks for, checked. Deflate is agreed on only if `allow_deflate` and the client offers it.
WebSocketHandshake accept_websocket(const HttpRequest& request, bool allow_deflate);

// A whole refusal of an upgrade as Node's engine.io writes it: the text alone, then the connection ends.
std::string upgrade_refusal(unsigned status, std::string_view text, std::string_view more_fields = {});

}  // namespace tutti::net
