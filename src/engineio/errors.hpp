// engineio/errors.hpp: what a refused request is answered with. The numbers are Node's and are on the wire.
//
// Plain request: JSON {"code":N,"message":"..."}, status 400, code 4 with 403 (or what the allow hook says).
// Upgrade request: plain text, status 400, then the connection ends. The session, if any, lives on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tutti::engineio {

enum class RequestError : std::uint8_t {
  transport_unknown = 0,
  unknown_sid = 1,
  bad_handshake_method = 2,
  bad_request = 3,
  forbidden = 4,
  unsupported_protocol_version = 5,
};

constexpr std::string_view message_of(RequestError error) {
  constexpr std::string_view kMessages[] = {"Transport unknown", "Session ID unknown", "Bad handshake method",
                                            "Bad request",       "Forbidden",          "Unsupported protocol version"};
  return kMessages[static_cast<std::size_t>(error)];
}
constexpr unsigned status_of(RequestError error) { return error == RequestError::forbidden ? 403 : 400; }

}  // namespace tutti::engineio
