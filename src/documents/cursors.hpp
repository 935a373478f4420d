// documents/cursors.hpp: where the members of one document are, moved along with every revision, and who is to be told.
//
// A cursor is in the content at the newest version. An insert at its very place pushes it to the right only if its
// owner made it. Bounded: one entry a member that has sent presence.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "documents/identity.hpp"
#include "documents/messages.hpp"

namespace tutti::documents {

class Cursors {
 public:
  void set(const PeerPtr& peer, std::optional<Cursor> cursor, presence::StoredJson data);
  void remove(Connection connection);
  void clear();

  struct Mover {  // a member whose operation is in the revision
    Connection connection;
    std::size_t index;
  };
  void move_over(const Revision& revision, std::span<const Mover> movers);

  bool has_news() const noexcept { return !changed_.empty() || !gone_.empty(); }
  // What changed since the last call, newest first, at most `limit`; the rest is for the next call.
  std::vector<PresenceEntry> take_news(std::size_t limit);
  // If all news is about one connection: that one, which need not be told; else 0.
  Connection sole_source() const noexcept;
  // The newest `limit` entries of all but `except`.
  std::vector<PresenceEntry> all(std::size_t limit, Connection except) const;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    PeerPtr peer;
    std::optional<Cursor> cursor;
    presence::StoredJson data;
    std::uint64_t stamp = 0;  // order of setting
    bool changed = false;     // is in changed_
  };
  static PresenceEntry shown(const Entry& entry);

  std::unordered_map<Connection, Entry> entries_;
  std::vector<Connection> changed_;  // oldest first
  std::vector<PresenceEntry> gone_;
  std::uint64_t next_stamp_ = 1;
};

}  // namespace tutti::documents
