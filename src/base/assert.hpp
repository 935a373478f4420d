// base/assert.hpp: checks of our own invariants, kept on in release builds. Never reachable from peer input.
#pragma once

namespace tutti {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace tutti

#define TUTTI_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::tutti::assertion_failed(#condition, __FILE__, __LINE__))
