#include "presence/encode.hpp"

namespace tutti::presence {
namespace {

void identity_fields(codec::ValueWriter& writer, const Member& member) {
  writer.field("userId", member.peer->user_id);
  writer.field("socketId", member.peer->socket_id);
  if (member.profile.absent()) return;
  writer.key("profile");
  member.profile.write(writer);
}

std::size_t identity_size(const Member& member) { return member.profile.absent() ? 2 : 3; }

}  // namespace

void write_member(codec::ValueWriter& writer, const Member& member) {
  writer.begin_object(identity_size(member));
  identity_fields(writer, member);
  writer.end_object();
}

void write_users_fields(codec::ValueWriter& writer, const std::vector<Member>& users, std::size_t count) {
  writer.key("users");
  writer.begin_array(users.size());
  for (const Member& member : users) write_member(writer, member);
  writer.end_array();
  writer.field("userCount", static_cast<std::int64_t>(count));
}

void write_announcement(codec::ValueWriter& writer, std::string_view room, const Member& member) {
  writer.begin_object(1 + identity_size(member));
  writer.field("room", room);
  identity_fields(writer, member);
  writer.end_object();
}

void write_user_count(codec::ValueWriter& writer, std::string_view room, std::size_t count,
                      const std::vector<Member>* users) {
  writer.begin_object(users != nullptr ? 3 : 2);
  writer.field("room", room);
  if (users != nullptr) {
    write_users_fields(writer, *users, count);
  } else {
    writer.field("userCount", static_cast<std::int64_t>(count));
  }
  writer.end_object();
}

}  // namespace tutti::presence
