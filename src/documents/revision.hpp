// documents/revision.hpp: what the log is made of. Immutable once made; shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "documents/type.hpp"

namespace tutti::documents {

// One editor instance of one user: (`userId`, `client`). With `seq` it is the identity of an operation.
struct Author {
  std::string user_id;
  std::string client;
  friend bool operator==(const Author&, const Author&) = default;
};
using AuthorPtr = std::shared_ptr<const Author>;

struct Operation {
  AuthorPtr author;
  std::uint64_t seq = 0;
  Change change;  // as committed: it stands on the result of the operations before it
};

// What one flush commits: the operations that lead from version - 1 to version, and their composition.
struct Revision {
  std::uint64_t version = 0;
  std::int64_t time_ms = 0;  // since 1970
  std::vector<Operation> operations;
  Change composed;
};
using RevisionPtr = std::shared_ptr<const Revision>;

}  // namespace tutti::documents
