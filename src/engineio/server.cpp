#include "engineio/server.hpp"

#include <algorithm>

#include "codec/json_string.hpp"
#include "codec/url.hpp"
#include "engineio/cors.hpp"
#include "engineio/handshake.hpp"
#include "engineio/session_table.hpp"
#include "net/http_server.hpp"
#include "net/websocket_handshake.hpp"

namespace tutti::engineio {

struct Server::Request {
  net::HttpRequest http;
  net::HttpExchange exchange;
  std::string sid;
  bool has_sid = false;
  Transport transport = Transport::polling;
  Fields fields;  // CORS
};

namespace {

bool has_bad_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

std::string cookie_text(const CookieOptions& cookie, std::string_view sid) {
  std::string text = cookie.name + "=";
  text += sid;
  if (cookie.max_age) text += "; Max-Age=" + std::to_string(cookie.max_age->count());
  if (!cookie.domain.empty()) text += "; Domain=" + cookie.domain;
  if (!cookie.path.empty()) text += "; Path=" + cookie.path;
  if (cookie.http_only) text += "; HttpOnly";
  if (cookie.secure) text += "; Secure";
  if (!cookie.same_site.empty()) text += "; SameSite=" + cookie.same_site;
  return text;
}

std::string error_body(RequestError error, std::string_view message) {
  std::string body = R"({"code":)" + std::to_string(static_cast<int>(error)) + R"(,"message":)";
  codec::append_json_string(body, message);
  return body + "}";
}

std::string retry_after(const Refusal& refusal) {
  return refusal.retry_after ? std::to_string(refusal.retry_after->count()) : std::string{};
}

net::WebSocketOptions websocket_options(const Options& options, bool deflate) {
  net::WebSocketOptions result;
  result.limits.message_bytes_max = options.max_payload;
  result.deflate = deflate;
  return result;
}

void append_fields(std::string& head, const Fields& fields) {
  for (const auto& [name, value] : fields) head += name + ": " + value + "\r\n";
}

void refuse_upgrade(net::HttpExchange& exchange, unsigned status, std::string_view message, std::string_view fields) {
  const auto taken = exchange.take_stream();
  if (!taken) return;
  taken->stream->write(SharedBytes::copy(net::upgrade_refusal(status, message, fields)));
  taken->stream->close();
}

}  // namespace

Server::Server(Shard& shard, Options options, SessionAcceptor& acceptor)
    : shard_(shard),
      options_(std::move(options)),
      heartbeat_{options_.ping_interval, options_.ping_timeout},
      buffered_bytes_max_(options_.buffered_bytes_max == 0 ? SIZE_MAX : options_.buffered_bytes_max),
      acceptor_(acceptor),
      sessions_(std::make_unique<SessionTable>()),
      self_(std::make_shared<Server*>(this)) {
  if (options_.path.empty() || options_.path.back() != '/') options_.path += '/';
}

Server::~Server() {
  close_all();
  end_of_turn();
}

void Server::set_peers(std::vector<net::HttpServer*> http_servers) { peers_ = std::move(http_servers); }

bool Server::owns(const net::HttpRequest& request) const noexcept {
  return std::string_view(request.target).starts_with(options_.path);
}

std::size_t Server::session_count() const noexcept { return sessions_->size(); }

void Server::handle(net::HttpRequest http, net::HttpExchange exchange) {
  if (http.method == "OPTIONS" && options_.cors.enabled()) {
    return exchange.respond(preflight_response(options_.cors, http));
  }
  // As Node, which then listens for no upgrades: such a request is a plain one.
  if (!options_.allow_websocket) http.upgrade = false;
  Request request{std::move(http), std::move(exchange), {}, false, Transport::polling, {}};
  if (auto sid = codec::query_parameter(request.http.query(), "sid")) {
    request.sid = std::move(*sid);
    request.has_sid = !request.sid.empty();
  }
  if (move_to_owner(request)) return;
  request.fields = cors_fields(options_.cors, request.http);
  verify(std::move(request));
}

bool Server::move_to_owner(Request& request) {
  const auto place = request.has_sid ? place_of(request.sid) : std::nullopt;
  if (!place || place->worker == shard_.index() || place->worker >= peers_.size()) return false;
  request.exchange.hand_over(*peers_[place->worker], std::move(request.http));
  return true;
}

void Server::verify(Request request) {
  const auto transport = codec::query_parameter(request.http.query(), "transport");
  if (transport == "websocket" && options_.allow_websocket) {
    request.transport = Transport::websocket;
  } else if (transport != "polling" || !options_.allow_polling) {
    return refuse(std::move(request), RequestError::transport_unknown);
  }
  const std::string_view origin = request.http.header("origin");
  if (has_bad_character(origin)) return refuse(std::move(request), RequestError::bad_request);
  if (request.http.upgrade && options_.cors.enabled() && !is_same_origin(request.http) &&
      !origin_allowed(options_.cors, origin)) {
    return refuse(std::move(request), RequestError::forbidden);
  }
  if (!request.has_sid) return verify_handshake(std::move(request));
  SessionState* session = find_session(request.sid);
  if (!session) return refuse(std::move(request), RequestError::unknown_sid);
  verify_session(std::move(request), *session);
}

void Server::verify_session(Request request, SessionState& session) {
  if (request.http.upgrade) {
    if (request.transport != Transport::websocket) return refuse(std::move(request), RequestError::bad_request);
    return upgrade(std::move(request), session);
  }
  if (request.transport == Transport::websocket || session.transport() != TransportName::polling) {
    return refuse(std::move(request), RequestError::bad_request);
  }
  session.handle_polling(std::move(request.http), std::move(request.exchange), std::move(request.fields));
}

void Server::verify_handshake(Request request) {
  if (request.http.method != "GET") return refuse(std::move(request), RequestError::bad_handshake_method);
  const bool websocket = request.transport == Transport::websocket;
  if (websocket != request.http.upgrade) return refuse(std::move(request), RequestError::bad_request);
  if (closing_) return allowed(std::move(request), Refusal{"Server shutting down", 503, std::chrono::seconds(1)});
  if (sessions_->full() || (options_.sessions_max != 0 && sessions_->size() >= options_.sessions_max)) {
    return allowed(std::move(request), Refusal{"Too many connections", 503, std::chrono::seconds(5)});
  }
  if (!options_.allow_request) return allowed(std::move(request), std::nullopt);
  auto waiting = std::make_unique<Request>(std::move(request));
  const net::HttpRequest& http = waiting->http;
  options_.allow_request(http, [weak = std::weak_ptr<Server*>(self_),
                                waiting = std::move(waiting)](std::optional<Refusal> refusal) mutable {
    const auto server = weak.lock();
    if (server && waiting) (*server)->allowed(std::move(*std::exchange(waiting, nullptr)), std::move(refusal));
  });
}

void Server::allowed(Request request, std::optional<Refusal> refusal) {
  if (!request.exchange.open()) return;
  if (refusal) {
    stats_.refused[static_cast<std::size_t>(RequestError::forbidden)].add();
    const std::string retry = retry_after(*refusal);
    if (!retry.empty()) request.fields.emplace_back("Retry-After", retry);
    return refuse(std::move(request), RequestError::forbidden, refusal->message, refusal->status);
  }
  const auto protocol = codec::query_parameter(request.http.query(), "EIO");
  if (protocol != "4" && !(protocol == "3" && options_.allow_eio3)) {
    return refuse(std::move(request), RequestError::unsupported_protocol_version);
  }
  request.transport == Transport::websocket ? open_websocket(std::move(request)) : open_polling(std::move(request));
}

void Server::refuse(Request request, RequestError error) {
  stats_.refused[static_cast<std::size_t>(error)].add();
  refuse(std::move(request), error, message_of(error), status_of(error));
}

void Server::refuse(Request request, RequestError error, std::string_view message, unsigned status) {
  if (request.http.upgrade) {
    // As Node: 400 also for Forbidden. Being too busy is told apart, so that a proxy may try another server.
    std::string fields;
    if (status == 503) append_fields(fields, request.fields);
    return refuse_upgrade(request.exchange, status == 503 ? 503 : 400, message, fields);
  }
  net::HttpResponse response = net::text_response(status, "application/json", error_body(error, message));
  std::move(request.fields.begin(), request.fields.end(), std::back_inserter(response.headers));
  request.exchange.respond(std::move(response));
}

SessionState& Server::add_session(const net::HttpRequest& request) {
  const SessionId id = make_session_id(shard_.random(), {shard_.index(), sessions_->next_slot()});
  SessionState::Dialect dialect;
  if (codec::query_parameter(request.query(), "EIO") == "3") dialect.protocol = 3;
  dialect.plain_text = !codec::query_parameter(request.query(), "b64").value_or("").empty();
  auto session =
      std::make_unique<SessionState>(*this, id, dialect, keep_handshake(request, shard_.scheduler().wall_time_ms()));
  session->slot_ = sessions_->next_slot();
  return sessions_->insert(std::move(session));
}

SessionState* Server::find_session(std::string_view id) const noexcept {
  const auto place = place_of(id);
  if (!place || place->worker != shard_.index()) return nullptr;
  return sessions_->find(place->slot, id);
}

void Server::open_polling(Request request) {
  SessionState& session = add_session(request.http);
  if (options_.cookie) request.fields.emplace_back("Set-Cookie", cookie_text(*options_.cookie, session.sid()));
  session.open_polling(std::move(request.exchange), request.http, std::move(request.fields));
}

void Server::open_websocket(Request request) {
  net::WebSocketHandshake handshake = net::accept_websocket(request.http, options_.per_message_deflate);
  if (handshake.status != 101) {
    stats_.refused[static_cast<std::size_t>(RequestError::bad_request)].add();
    return refuse_upgrade(request.exchange, handshake.status, handshake.error,
                          handshake.status == 426 ? "Sec-WebSocket-Version: 13\r\n" : "");
  }
  auto stream = request.exchange.take_stream();
  if (!stream) return;
  append_fields(handshake.head, request.fields);
  add_session(request.http)
      .open_websocket(std::move(*stream), std::move(handshake.head), websocket_options(options_, handshake.deflate));
}

// A session that is on a WebSocket, or about to be, takes no second one: the handshake is completed, then closed.
void Server::upgrade(Request request, SessionState& session) {
  if (!options_.allow_upgrades) return refuse(std::move(request), RequestError::bad_request);
  net::WebSocketHandshake handshake = net::accept_websocket(request.http, options_.per_message_deflate);
  if (handshake.status != 101) {
    stats_.refused[static_cast<std::size_t>(RequestError::bad_request)].add();
    return refuse_upgrade(request.exchange, handshake.status, handshake.error,
                          handshake.status == 426 ? "Sec-WebSocket-Version: 13\r\n" : "");
  }
  auto stream = request.exchange.take_stream();
  if (!stream) return;
  append_fields(handshake.head, request.fields);
  if (session.can_upgrade()) {
    return session.start_upgrade(std::move(*stream), std::move(handshake.head),
                                 websocket_options(options_, handshake.deflate));
  }
  handshake.head += "\r\n";
  codec::append_close_frame(handshake.head, codec::CloseCode::none);
  stream->stream->write(SharedBytes::copy(handshake.head));
  stream->stream->close();
}

void Server::close_all() {
  closing_ = true;
  sessions_->for_each([](SessionState& session) {
    if (session.status_ == SessionState::Status::lingering) return session.server_.forget(session);
    session.close(CloseReason::server_shutting_down);
  });
}

void Server::end_of_turn_for(SessionState& session) {
  pending_.push_back(&session);
  schedule();
}

void Server::closed(SessionState& session, bool stays_known) {
  stats_.sessions_open.subtract();
  stats_.closed[static_cast<std::size_t>(session.reason_)].add();
  closed_.push_back(&session);
  if (!stays_known) dead_.push_back(sessions_->remove(session.slot_));
  schedule();
}

void Server::forget(SessionState& session) {
  session.status_ = SessionState::Status::closed;
  session.linger_timer_.reset();
  dead_.push_back(sessions_->remove(session.slot_));
  schedule();
}

void Server::bury(std::unique_ptr<UpgradeProbe> probe) {
  dead_probes_.push_back(std::move(probe));
  schedule();
}

void Server::schedule() {
  if (scheduled_) return;
  scheduled_ = true;
  shard_.defer([weak = std::weak_ptr<Server*>(self_)] {
    if (const auto server = weak.lock()) (*server)->end_of_turn();
  });
}

void Server::end_of_turn() {
  scheduled_ = false;
  for (SessionState* session : std::exchange(pending_, {})) session->end_of_turn();
  const auto probes = std::exchange(dead_probes_, {});
  const auto closed = std::exchange(closed_, {});
  const auto dead = std::exchange(dead_, {});
  for (SessionState* session : closed) session->notify_closed();
  for (const auto& session : dead) {
    if (session->in_pending_) std::erase(pending_, session.get());
  }
}

}  // namespace tutti::engineio
