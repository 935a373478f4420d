// documents/revision_builder.hpp: makes one revision of the operations that wait: each is moved over the history since
// its base and over those before it, checked against the newest content, and added.
//
// k operations cost O(k log k): what precedes is kept as a tree (ot/batch.hpp).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "documents/access.hpp"
#include "documents/limits.hpp"
#include "documents/pending.hpp"
#include "documents/window.hpp"
#include "ot/batch.hpp"

namespace tutti::documents {

struct BuiltRevision {
  RevisionPtr revision;  // null: nothing is left to commit
  struct Refused {
    AuthorEntry* author;
    std::uint64_t seq;
    Error error;
  };
  std::vector<Refused> refused;
  std::size_t hook_changes = 0;
};

class RevisionBuilder {
 public:
  RevisionBuilder(const Limits& limits, OperationHook* hook) : limits_(limits), hook_(hook) {}

  // `content` is the document at window.version(). Operations that are no longer waited for (author->waiting_seq) are
  // left out.
  BuiltRevision build(const std::string& document, std::span<const Pending> pending, const Window& window,
                      const Content& content, std::int64_t time_ms);

 private:
  Change hooked(const std::string& document, const Author& author, Change change, BuiltRevision& built);

  const Limits& limits_;
  OperationHook* hook_;
  ot::Batch batch_;
};

}  // namespace tutti::documents
