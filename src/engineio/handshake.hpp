// engineio/handshake.hpp: the request that opened a session, kept as one compact block.
#pragma once

#include <memory>

#include "engineio/session.hpp"
#include "net/http.hpp"

namespace tutti::engineio {

// One allocation, about as large as the request was.
std::unique_ptr<Handshake> keep_handshake(const net::HttpRequest& request, std::int64_t issued_ms);

}  // namespace tutti::engineio
