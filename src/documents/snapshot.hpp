// documents/snapshot.hpp: a document at one version, as the log stores it: everything that a session needs to go on
// from there without the revisions before it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "documents/revision.hpp"
#include "documents/seq_set.hpp"

namespace tutti::documents {

// What is remembered of an author: the newest committed operation and the version it made.
struct AuthorState {
  AuthorPtr author;
  SeqSet committed;
  std::uint64_t version = 0;           // the revision that holds the newest one
  std::uint64_t previous_version = 0;  // that of the one before it; 0: none
  std::int64_t time_ms = 0;
};

struct Snapshot {
  std::uint64_t version = 0;
  std::int64_t time_ms = 0;
  std::shared_ptr<const Content> content;  // a clone: whoever stores it reads it on a thread of its own
  std::vector<AuthorState> authors;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace tutti::documents
