// documents/errors.hpp: what a client is told when a request is refused. The codes are part of the protocol
// (docs/PROTOCOL.md, "Error codes") and are never reused for another meaning.
//
//   code                  sent when                                                     the client
//   invalid-request       a field is missing, of a wrong type or against the rules      undoes the operation
//   invalid-operation     the change is malformed or does not fit the document          undoes the operation
//   unauthenticated       the token is missing, bad or expired                          gets a token, reconnects
//   forbidden             the access rules say no                                       undoes the operation
//   not-found             there is no such document                                     undoes the operation
//   not-open              this connection has not opened the document                   opens it, sends again
//   type-mismatch         the document is of another type                               undoes the operation
//   stale                 the base is older than the log keeps, or of another epoch     rebases over the answer
//   too-large             a named limit is exceeded                                     undoes the operation
//   rate-limited          too many operations                                           sends again after retryAfter
//   unavailable           the store cannot commit now                                   sends again after retryAfter
//   unsupported-protocol  hello names a version this server does not speak              gives up
//   shutting-down         the server is going away                                      sends again after retryAfter
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tutti::documents {

enum class ErrorCode : std::uint8_t {
  invalid_request,
  invalid_operation,
  unauthenticated,
  forbidden,
  not_found,
  not_open,
  type_mismatch,
  stale,
  too_large,
  rate_limited,
  unavailable,
  unsupported_protocol,
  shutting_down,
};
inline constexpr std::size_t kErrorCodes = 13;
std::string_view to_string(ErrorCode code) noexcept;  // "invalid-request", ...

struct Error {
  ErrorCode code{};
  std::string message;
  std::int64_t retry_after_ms = 0;       // 0: not said
  std::optional<std::uint64_t> first{};  // stale history: the oldest version there is
};

}  // namespace tutti::documents
