// api/convert_options.hpp: the options of the public API as those of the layers below.
#pragma once

#include "server/socketio_server.hpp"
#include "tutti/options.h"

namespace tutti::api {

server::SocketIoServerOptions convert_options(const Options& options);

}  // namespace tutti::api
