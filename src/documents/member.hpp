// documents/member.hpp: the members of one document: one a connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "documents/authors.hpp"
#include "documents/messages.hpp"
#include "limits/token_bucket.hpp"

namespace tutti::documents {

struct Member {
  // A request for an operation that is not answered yet.
  struct Waiting {
    std::uint64_t seq;
    std::uint64_t ack;
  };

  PeerPtr peer;
  AuthorEntry* author = nullptr;  // null: opened without `client`
  Access access = Access::read;
  std::uint64_t sent = 0;    // the version it was last brought to
  std::uint64_t opened = 0;  // the number of its document:open, in order of arrival
  // Gets nothing: its outgoing buffer is above the limit, or what it lacks is being read from the log.
  bool slow = false;
  bool catching_up = false;
  bool presence_due = true;      // gets all cursors when it stands at the newest version
  std::vector<Waiting> waiting;  // in order of arrival
  std::vector<ReplyTo> closing;  // document:close, answered after the last of `waiting`
  std::size_t position = 0;      // in Members
  limits::TokenBucket operations;

  Member(PeerPtr connection_peer, const limits::Rate& rate, TimePoint now)
      : peer(std::move(connection_peer)), operations(rate, now) {}
  Connection connection() const noexcept { return peer->connection; }
  bool reachable() const noexcept { return !slow && !catching_up; }
};

// Iterates in an order that depends only on who came and went.
class Members {
 public:
  Member& add(std::unique_ptr<Member> member);
  std::unique_ptr<Member> remove(Connection connection);  // null: none
  Member* find(Connection connection) noexcept;
  std::size_t size() const noexcept { return list_.size(); }
  bool empty() const noexcept { return list_.empty(); }
  auto begin() const noexcept { return list_.begin(); }
  auto end() const noexcept { return list_.end(); }

 private:
  std::vector<std::unique_ptr<Member>> list_;
  std::unordered_map<Connection, Member*> by_connection_;
};

}  // namespace tutti::documents
