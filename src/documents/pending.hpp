// documents/pending.hpp: operations that have arrived and wait to be committed.
#pragma once

#include <cstdint>

#include "base/scheduler.hpp"
#include "documents/authors.hpp"

namespace tutti::documents {

struct Pending {
  AuthorEntry* author = nullptr;  // author->waiting_seq == seq until it is committed or refused
  std::uint64_t seq = 0;
  std::uint64_t base = 0;  // the version that `change` stands on
  Change change;
  TimePoint arrived{};
};

}  // namespace tutti::documents
