// documents/connections.hpp: the connections of one worker that use documents or rooms, by number, and what each is in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "documents/identity.hpp"
#include "socketio/native.hpp"

namespace tutti::documents {

// One socket, as long as it is connected. Kept with it (Slot::documents).
struct ConnectionState final : socketio::SlotState {
  PeerPtr peer;
  socketio::Peer* socket = nullptr;
  bool slow = false;
  std::unordered_set<std::string> documents;  // asked for: a member, on the way in, or refused
  std::unordered_set<std::string> entered;    // a member
  std::unordered_set<std::string> rooms;
};

class Connections {
 public:
  explicit Connections(std::uint32_t worker) : worker_(worker) {}

  // The state of this socket, made if it is new.
  ConnectionState& of(socketio::Peer& socket);
  // nullptr: it has gone.
  ConnectionState* find(Connection connection) noexcept;
  // The state goes with the socket.
  void remove(Connection connection) noexcept;

 private:
  struct Place {
    ConnectionState* state = nullptr;
    std::uint32_t generation = 1;
  };
  static constexpr unsigned kPlaceBits = 20;  // a million sockets a worker; the rest counts generations

  const std::uint32_t worker_;
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
};

}  // namespace tutti::documents
