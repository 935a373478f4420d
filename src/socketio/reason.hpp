// socketio/reason.hpp: why a socket left its namespace, in the words of the Node server.
#pragma once

#include <cstdint>
#include <string_view>

#include "engineio/session.hpp"

namespace tutti::socketio {

enum class DisconnectReason : std::uint8_t {
  transport_error,
  transport_close,
  forced_close,
  ping_timeout,
  parse_error,
  server_shutting_down,
  forced_server_close,
  client_namespace_disconnect,
  server_namespace_disconnect,
  slow_consumer,  // ours: the outgoing buffer was above its limit
};
std::string_view to_string(DisconnectReason reason);  // "transport error", ...
DisconnectReason from_close_reason(engineio::CloseReason reason);
// Whether the session can be recovered afterwards (connection state recovery).
bool is_recoverable(DisconnectReason reason);

}  // namespace tutti::socketio
