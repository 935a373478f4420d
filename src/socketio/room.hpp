// socketio/room.hpp: the sockets of one worker that are in one room. Joining, leaving and walking cost O(1) a socket:
// each side keeps its place in the other's list.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tutti::socketio {

class Socket;

struct Room {
  struct Member {
    Socket* socket;
    std::uint32_t place;  // of this room in the socket's list
  };
  std::string name;
  std::vector<Member> members;
};

struct Joined {
  Room* room;
  std::uint32_t place;  // of the socket in the room's list
};

}  // namespace tutti::socketio
