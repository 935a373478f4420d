// presence/encode.hpp: people, as payloads (docs/PROTOCOL.md). Pure.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "codec/writer.hpp"
#include "presence/roster.hpp"

namespace tutti::presence {

// {userId, socketId, profile?}
void write_member(codec::ValueWriter& writer, const Member& member);
// The two fields `users` and `userCount` of an object.
void write_users_fields(codec::ValueWriter& writer, const std::vector<Member>& users, std::size_t count);
// user-joined, user-left: {room, userId, socketId, profile?}
void write_announcement(codec::ValueWriter& writer, std::string_view room, const Member& member);
// user-count: {room, userCount, users?}
void write_user_count(codec::ValueWriter& writer, std::string_view room, std::size_t count,
                      const std::vector<Member>* users);

}  // namespace tutti::presence
