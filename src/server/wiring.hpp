// server/wiring.hpp: settings -> the options of each layer. Pure.
#pragma once

#include "documents/limits.hpp"
#include "server/gatekeeper.hpp"
#include "server/settings.hpp"
#include "server/socketio_server.hpp"

namespace tutti::server {

SocketIoServerOptions transport_options(const Settings& settings);
documents::Limits document_limits(const Settings& settings);

}  // namespace tutti::server
