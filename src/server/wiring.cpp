#include "server/wiring.hpp"

#include <algorithm>
#include <thread>

#include "engineio/cors.hpp"

namespace tutti::server {
namespace {

// Pages of the server itself may connect, and those that the operator names: over polling too, where CORS fields alone
// leave it to the browser.
auto refuse_foreign_pages(engineio::CorsOptions named) {
  return [named = std::move(named)](const net::HttpRequest& request, engineio::Decision decide) {
    if (engineio::is_same_origin(request) || engineio::origin_allowed(named, request.header("origin"))) {
      return decide(std::nullopt);
    }
    engineio::Refusal refusal;
    refusal.message = "Origin not allowed";
    decide(std::move(refusal));
  };
}

// The limit of the process, shared out: connections are spread over the workers evenly.
std::size_t sessions_of_a_worker(const Settings& settings, std::uint32_t workers) {
  return (settings.max_connections + workers - 1) / workers;
}

}  // namespace

SocketIoServerOptions transport_options(const Settings& settings) {
  SocketIoServerOptions options;
  options.workers = settings.workers > 0 ? settings.workers : std::max(1U, std::thread::hardware_concurrency());
  options.listen.host = settings.host;
  options.listen.port = settings.port;
  options.serve_client = settings.web;

  engineio::Options& engineio = options.engineio;
  engineio.ping_interval = settings.ping_interval;
  engineio.ping_timeout = settings.ping_timeout;
  engineio.max_payload = settings.max_payload;
  engineio.sessions_max = sessions_of_a_worker(settings, options.workers);
  engineio.per_message_deflate = settings.compression;
  engineio.cors.origins = settings.client_url;
  engineio.cors.credentials = !settings.client_url.empty();
  engineio.allow_request = refuse_foreign_pages(engineio.cors);

  socketio::Options& socketio = options.socketio;
  socketio.connect_timeout = settings.connect_timeout;
  socketio.packet_bytes_max = std::max<std::size_t>(socketio.packet_bytes_max, settings.max_payload);
  // Members of documents are held back long before their connection is closed for being slow.
  socketio.buffered_bytes_max = std::max<std::size_t>(socketio.buffered_bytes_max, 16 * settings.max_buffer);
  return options;
}

documents::Limits document_limits(const Settings& settings) {
  documents::Limits limits;
  limits.payload_bytes = settings.max_payload;
  limits.operation_bytes = settings.max_operation_size;
  limits.document_bytes = settings.max_document_size;
  limits.member_buffer_bytes = settings.max_buffer;
  limits.users = settings.max_users_listed;
  limits.history = settings.max_history;
  limits.operations_per_member = {settings.max_operations_per_second, 0};
  limits.batch_interval = settings.batch_interval;
  limits.log_window_revisions = settings.log_window;
  return limits;
}

}  // namespace tutti::server
