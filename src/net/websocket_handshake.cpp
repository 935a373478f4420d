#include "net/websocket_handshake.hpp"

#include <algorithm>
#include <cctype>

#include "codec/base64.hpp"
#include "codec/http1.hpp"
#include "codec/websocket.hpp"

namespace tutti::net {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the piece before the next separator off the front of `text`.
std::string_view next_piece(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view piece = trim(text.substr(0, end));
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return piece;
}

bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  const auto bytes = codec::decode_base64(key);
  return bytes && bytes->size() == 16;
}

// An offer that we can take: we always inflate with the largest window, so what the client says about its own does not
// matter; an offer that limits ours (server_max_window_bits other than 15) is declined.
bool acceptable_offer(std::string_view offer) {
  if (next_piece(offer, ';') != "permessage-deflate") return false;
  while (!offer.empty()) {
    std::string_view parameter = next_piece(offer, ';');
    const std::string_view name = next_piece(parameter, '=');
    if (name == "server_max_window_bits" && parameter != "15" && parameter != "\"15\"") return false;
  }
  return true;
}

bool offers_deflate(std::string_view extensions) {
  while (!extensions.empty()) {
    if (acceptable_offer(next_piece(extensions, ','))) return true;
  }
  return false;
}

}  // namespace

WebSocketHandshake accept_websocket(const HttpRequest& request, bool allow_deflate) {
  WebSocketHandshake result;
  const std::string_view key = request.header("sec-websocket-key");
  if (request.method != "GET" || request.minor_version != 1 || !request.upgrade) {
    result.status = 400;
    result.error = "Invalid WebSocket request";
  } else if (!is_key(key)) {
    result.status = 400;
    result.error = "Missing or invalid Sec-WebSocket-Key header";
  } else if (request.header("sec-websocket-version") != "13") {
    result.status = 426;
    result.error = "Missing or invalid Sec-WebSocket-Version header";
  }
  if (result.status != 101) return result;
  codec::append_status_line(result.head, 101);
  codec::append_header(result.head, "Upgrade", "websocket");
  codec::append_header(result.head, "Connection", "Upgrade");
  codec::append_header(result.head, "Sec-WebSocket-Accept", codec::websocket_accept(key));
  if (allow_deflate && offers_deflate(request.header("sec-websocket-extensions"))) {
    result.deflate = true;
    codec::append_header(result.head, "Sec-WebSocket-Extensions",
                         "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  }
  return result;
}

std::string upgrade_refusal(unsigned status, std::string_view text, std::string_view more_fields) {
  std::string out;
  codec::append_status_line(out, status);
  codec::append_header(out, "Connection", "close");
  codec::append_header(out, "Content-type", "text/html");
  codec::append_header(out, "Content-Length", std::to_string(text.size()));
  out += more_fields;
  out += "\r\n";
  out += text;
  return out;
}

}  // namespace tutti::net
