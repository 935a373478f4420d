// api/support.hpp: small things that several files of the public API need.
#pragma once

#include <exception>
#include <memory>
#include <string_view>

#include "base/log.hpp"
#include "socketio/socket.hpp"
#include "tutti/json.h"

namespace tutti::detail {
class NamespaceCore;
}

namespace tutti::api {

// Runs a function of the application: what it throws is logged and goes no further.
template <class F>
void call_guarded(std::string_view what, F&& function) {
  try {
    function();
  } catch (const std::exception& error) {
    log::error("socketio.callback_failed", {{"what", what}, {"error", error.what()}});
  } catch (...) {
    log::error("socketio.callback_failed", {{"what", what}});
  }
}

// Throws std::invalid_argument for a name that no event may have.
void check_event_name(std::string_view name);
json handshake_json(socketio::Socket& socket);
std::shared_ptr<detail::NamespaceCore> core_of(socketio::Socket& socket);

}  // namespace tutti::api
