#include "documents/errors.hpp"

#include <array>

namespace tutti::documents {

std::string_view to_string(ErrorCode code) noexcept {
  static constexpr std::array<std::string_view, kErrorCodes> kNames{
      "invalid-request", "invalid-operation",    "unauthenticated", "forbidden", "not-found",
      "not-open",        "type-mismatch",        "stale",           "too-large", "rate-limited",
      "unavailable",     "unsupported-protocol", "shutting-down"};
  return kNames[static_cast<std::size_t>(code)];
}

}  // namespace tutti::documents
