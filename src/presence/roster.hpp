// presence/roster.hpp: who is in one room: connections, in the order of joining, and how many users they are. Pure.
//
// A user with two connections counts once; every anonymous connection counts as a user of its own.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "presence/peer.hpp"
#include "presence/stored_json.hpp"

namespace tutti::presence {

struct Member {
  PeerPtr peer;
  StoredJson profile;
};

class Roster {
 public:
  // False: the connection was in already; its profile is replaced.
  bool join(Member member);
  // False: it was not in.
  bool leave(Connection connection);

  bool contains(Connection connection) const noexcept { return find(connection) != nullptr; }
  const Member* find(Connection connection) const noexcept;
  std::size_t size() const noexcept { return members_.size(); }  // connections
  std::size_t user_count() const noexcept { return users_.size() + anonymous_; }
  std::vector<Member> list(std::size_t limit) const;  // the oldest ones
  // All but `except`.
  std::vector<Connection> connections(Connection except = 0) const;

 private:
  struct Entry {
    Connection connection;
    Member member;
  };
  std::vector<Entry> members_;
  std::unordered_map<std::string, std::size_t> users_;  // verified user -> connections
  std::size_t anonymous_ = 0;
};

}  // namespace tutti::presence
