// server/same_origin.hpp: whether a request comes from a page that this server served itself. Pure.
#pragma once

#include "net/http.hpp"

namespace tutti::server {

// True without an Origin (no browser, or a plain navigation) and where the Origin's host and port are those of the
// Host field. The scheme is not compared: a proxy may end TLS in front of us.
bool is_same_origin(const net::HttpRequest& request);

}  // namespace tutti::server
