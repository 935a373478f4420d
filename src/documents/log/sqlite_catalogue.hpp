// documents/log/sqlite_catalogue.hpp: what the store holds in memory of documents in use: above all their newest
// revisions, which are in the journal but not in segments yet.
//
// Thread-safe by one lock, held for moments. Only the writer changes it; a document that is not here has nothing in the
// journal.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/scheduler.hpp"
#include "documents/revision.hpp"

namespace tutti::documents {

struct StoredDocument {
  std::int64_t number = 0;
  std::string id;
  std::string type;
  std::string epoch;
  std::string unsafe_run;     // the run of a program without durability that wrote it last
  std::uint64_t first = 0;    // oldest version that can be a base
  std::uint64_t settled = 0;  // newest version in the segments
  std::int64_t created_ms = 0;
  std::int64_t changed_ms = 0;   // as far as it is settled
  std::deque<RevisionPtr> tail;  // settled + 1 ...
  std::uint64_t head() const noexcept { return settled + tail.size(); }

  // The writer's own, not under the lock.
  std::uint64_t appending = 0;     // revisions of the transaction under way
  std::uint64_t tail_row = 0;      // journal row of the first in `tail`
  TimePoint tail_since{};          // when that was
  std::uint64_t open_segment = 0;  // revisions in the last segment, if it takes more; 0: a new one begins
  bool waits_to_settle = false;    // is in the writer's list, at `place`
  bool removed = false;            // by the transaction under way
  std::list<StoredDocument*>::iterator place{};
};

class Catalogue {
 public:
  // What a reader needs, as it is at this moment. nullopt: nothing in memory.
  std::optional<StoredDocument> copy(std::string_view id) const;

  // For the writer. Addresses stay until forget().
  StoredDocument* find(std::string_view id);
  StoredDocument* find_number(std::int64_t number);
  StoredDocument& insert(StoredDocument document);
  void change(const std::function<void()>& change);  // under the lock
  void remove(StoredDocument& document);
  // Forgets documents without unsettled revisions if there are more than `most` in all.
  void forget(std::size_t most);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const noexcept { return std::hash<std::string_view>()(id); }
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<StoredDocument>, Hash, std::equal_to<>> by_id_;
  std::unordered_map<std::int64_t, StoredDocument*> by_number_;
};

}  // namespace tutti::documents
