// presence/peer.hpp: who asks, and how the answer finds the way back.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace tutti::presence {

// One connection (socket) of this server; a number is not used twice while a server runs. 0: none.
using Connection = std::uint64_t;

// All users without a verified token share this user id. As authors they are told apart by `client`; in `userCount`
// each of their connections counts as one user.
inline constexpr std::string_view kAnonymous = "anonymous";

// One connection as a member of documents and rooms. Immutable, shared by the shards.
struct Peer {
  Connection connection = 0;
  std::string socket_id;
  std::string user_id;  // verified, or kAnonymous
  bool anonymous = false;
  // Of one who asks over HTTP: what the access rules know of them; opaque here. Sockets are looked up by socket_id.
  std::shared_ptr<const void> credentials = nullptr;
};
using PeerPtr = std::shared_ptr<const Peer>;

// Where an answer goes: to an acknowledgement of a connection, or nowhere.
struct ReplyTo {
  static constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
  Connection connection = 0;
  std::uint64_t ack = kNone;
  bool wanted() const noexcept { return ack != kNone; }
  friend bool operator==(const ReplyTo&, const ReplyTo&) = default;
};

}  // namespace tutti::presence
