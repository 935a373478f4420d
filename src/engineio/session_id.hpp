// engineio/session_id.hpp: the id of a session says where it lives: 11 random bytes, the worker, the slot in its table.
//
// 88 random bits: whoever knows the id owns the session, so it must not be guessable. 20 characters, as Node's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/random.hpp"

namespace tutti::engineio {

constexpr std::size_t kSessionIdSize = 20;
using SessionId = std::array<char, kSessionIdSize>;

struct SessionPlace {
  std::uint32_t worker;
  std::uint32_t slot;
};
constexpr std::uint32_t kWorkersMax = 1u << 8;
constexpr std::uint32_t kSlotsMax = 1u << 24;

SessionId make_session_id(Random& random, SessionPlace place);
// Where a session of that id would be; nullopt if it cannot be an id of ours.
std::optional<SessionPlace> place_of(std::string_view id) noexcept;
// Takes the same time wherever the two differ.
bool same_id(const SessionId& id, std::string_view text) noexcept;

}  // namespace tutti::engineio
