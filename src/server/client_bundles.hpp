// server/client_bundles.hpp: the stock browser client, served below the Socket.IO path as the Node server does.
#pragma once

#include <optional>
#include <string_view>

#include "net/http.hpp"

namespace tutti::server {

// The answer to GET or HEAD for <path>socket.io.js, .min.js, .esm.min.js, .msgpack.min.js or a .map of these;
// nothing for any other request, or in a build without the bundles.
std::optional<net::HttpResponse> client_bundle(const net::HttpRequest& request, std::string_view path);

}  // namespace tutti::server
