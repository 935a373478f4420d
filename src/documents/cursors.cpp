#include "documents/cursors.hpp"

#include <algorithm>
#include <utility>

#include "ot/position.hpp"

namespace tutti::documents {
namespace {

// Following each author's cursor through each operation is exact; above this many steps a revision is taken as a whole.
constexpr std::size_t kExactSteps = 4096;

void move(Cursor& cursor, const Change& change, ot::Gravity gravity) {
  const ot::Range moved = ot::transform_range(change, {cursor.anchor, cursor.head}, gravity);
  cursor = {moved.anchor, moved.head};
}

void move_author(Cursor& cursor, const Revision& revision, std::size_t own) {
  for (std::size_t i = 0; i < revision.operations.size(); ++i) {
    move(cursor, revision.operations[i].change, i == own ? ot::Gravity::pushed : ot::Gravity::stays);
  }
}

}  // namespace

void Cursors::set(const PeerPtr& peer, std::optional<Cursor> cursor, presence::StoredJson data) {
  Entry& entry = entries_[peer->connection];
  entry.peer = peer;
  entry.cursor = cursor;
  entry.data = std::move(data);
  entry.stamp = next_stamp_++;
  if (!std::exchange(entry.changed, true)) changed_.push_back(peer->connection);
}

void Cursors::remove(Connection connection) {
  const auto found = entries_.find(connection);
  if (found == entries_.end()) return;
  gone_.push_back({found->second.peer->socket_id, found->second.peer->user_id, true, std::nullopt, {}});
  entries_.erase(found);
}

void Cursors::clear() { *this = {}; }

void Cursors::move_over(const Revision& revision, std::span<const Mover> movers) {
  if (entries_.empty() || revision.composed.empty()) return;
  const bool exact = movers.size() * revision.operations.size() <= kExactSteps;
  std::vector<std::pair<Cursor*, Cursor>> authors;  // where each author's cursor goes
  for (const Mover& mover : movers) {
    const auto found = entries_.find(mover.connection);
    if (found == entries_.end() || !found->second.cursor) continue;
    Cursor moved = *found->second.cursor;
    exact ? move_author(moved, revision, mover.index) : move(moved, revision.composed, ot::Gravity::pushed);
    authors.emplace_back(&*found->second.cursor, moved);
  }
  std::vector<ot::Mark> marks;
  marks.reserve(entries_.size() * 2);
  for (auto& [connection, entry] : entries_) {
    if (entry.cursor) marks.insert(marks.end(), {{entry.cursor->anchor}, {entry.cursor->head}});
  }
  ot::transform_marks(revision.composed, marks);
  std::size_t next = 0;
  for (auto& [connection, entry] : entries_) {
    if (!entry.cursor) continue;
    *entry.cursor = {marks[next].position, marks[next + 1].position};
    next += 2;
  }
  for (const auto& [cursor, moved] : authors) *cursor = moved;
}

PresenceEntry Cursors::shown(const Entry& entry) {
  return {entry.peer->socket_id, entry.peer->user_id, false, entry.cursor, entry.data};
}

Connection Cursors::sole_source() const noexcept {
  return gone_.empty() && changed_.size() == 1 ? changed_.front() : 0;
}

std::vector<PresenceEntry> Cursors::take_news(std::size_t limit) {
  std::vector<PresenceEntry> news = std::exchange(gone_, {});
  while (!changed_.empty() && news.size() < limit) {
    const auto found = entries_.find(changed_.back());
    changed_.pop_back();
    if (found == entries_.end()) continue;  // left meanwhile
    found->second.changed = false;
    news.push_back(shown(found->second));
  }
  return news;
}

std::vector<PresenceEntry> Cursors::all(std::size_t limit, Connection except) const {
  std::vector<const Entry*> newest;
  for (const auto& [connection, entry] : entries_) {
    if (connection != except) newest.push_back(&entry);
  }
  std::sort(newest.begin(), newest.end(), [](const Entry* a, const Entry* b) { return a->stamp > b->stamp; });
  if (newest.size() > limit) newest.resize(limit);
  std::vector<PresenceEntry> entries;
  for (const Entry* entry : newest) entries.push_back(shown(*entry));
  return entries;
}

}  // namespace tutti::documents
