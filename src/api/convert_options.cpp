#include "api/convert_options.hpp"

#include <stdexcept>
#include <thread>

namespace tutti::api {
namespace {

class Request final : public HandshakeRequest {
 public:
  explicit Request(const net::HttpRequest& request) : request_(request) {}
  std::string_view target() const override { return request_.target; }
  std::string_view header(std::string_view name) const override { return request_.header(name); }
  std::string_view address() const override { return request_.peer_address; }

 private:
  const net::HttpRequest& request_;
};

// Decisions of the layer below are move-only; those of the API are plain functions.
void ask(const std::function<void(const HandshakeRequest&, AllowDecision)>& allow, const net::HttpRequest& request,
         engineio::Decision decide) {
  const auto decision = std::make_shared<engineio::Decision>(std::move(decide));
  allow(Request(request), [decision](std::optional<std::string> refusal) {
    if (!*decision) return;
    auto once = std::exchange(*decision, nullptr);
    if (!refusal) return once(std::nullopt);
    engineio::Refusal why;
    why.message = std::move(*refusal);
    once(std::move(why));
  });
}

}  // namespace

server::SocketIoServerOptions convert_options(const Options& options) {
  server::SocketIoServerOptions converted;
  converted.workers = options.workers > 0 ? options.workers : std::max(1U, std::thread::hardware_concurrency());

  engineio::Options& engine = converted.engineio;
  engine.path = options.path;
  engine.ping_interval = options.ping_interval;
  engine.ping_timeout = options.ping_timeout;
  engine.upgrade_timeout = options.upgrade_timeout;
  engine.max_payload = options.max_payload;
  engine.allow_polling = options.polling;
  engine.allow_websocket = options.websocket;
  engine.allow_upgrades = options.allow_upgrades;
  engine.http_compression = options.http_compression;
  engine.per_message_deflate = options.per_message_deflate;
  engine.allow_eio3 = options.allow_eio3;
  engine.cors.origins = options.cors.origins;
  engine.cors.credentials = options.cors.credentials;
  engine.cors.methods = options.cors.methods;
  if (options.cookie) {
    engine.cookie.emplace();
    engine.cookie->name = options.cookie->name;
    engine.cookie->path = options.cookie->path;
    engine.cookie->http_only = options.cookie->http_only;
    engine.cookie->secure = options.cookie->secure;
    engine.cookie->same_site = options.cookie->same_site;
    engine.cookie->max_age = options.cookie->max_age;
  }
  // Each worker has its share of the connections.
  engine.sessions_max = (options.max_connections + converted.workers - 1) / converted.workers;
  if (options.allow_request) {
    engine.allow_request = [allow = options.allow_request](const net::HttpRequest& request, engineio::Decision decide) {
      ask(allow, request, std::move(decide));
    };
  }

  if (options.redis) {
    auto url = redis::parse_url(options.redis->url);
    if (!url.has_value()) throw std::invalid_argument(url.error().message);
    converted.redis.emplace();
    converted.redis->url = std::move(*url);
    converted.redis->key = options.redis->key;
    converted.redis->requests_timeout = options.redis->requests_timeout;
    converted.redis->specific_response = options.redis->specific_response;
  }

  socketio::Options& io = converted.socketio;
  io.connect_timeout = options.connect_timeout;
  io.cleanup_empty_child_namespaces = options.cleanup_empty_child_namespaces;
  io.buffered_bytes_max = options.max_buffer;
  io.attachments_max = options.max_attachments;
  io.namespaces_max = options.max_namespaces;
  io.acks_max = options.max_pending_acks;
  if (options.recovery) {
    io.recovery.emplace();
    io.recovery->max_disconnection_duration = options.recovery->max_disconnection_duration;
    io.recovery->skip_middlewares = options.recovery->skip_middlewares;
    io.recovery->log_bytes_max = options.recovery->log_bytes_max;
  }
  return converted;
}

}  // namespace tutti::api
