// documents/bridge.hpp: what leads from an old version, which only the log still has, to one that is in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "documents/log.hpp"

namespace tutti::documents {

struct Bridge {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Change before;    // from -> the version before `own`, or -> to
  RevisionPtr own;  // the revision that holds the member's own operation, if it is in between
  Change after;     // own -> to

  Change whole() const;  // from -> to
};

// Reads it with a few calls of the log, one after the other. `own`: the version of the member's own revision, 0: none;
// one behind `to` is not looked for. nullopt: the log does not have it (any more), or cannot say now.
void read_bridge(Log& log, std::string document, std::string epoch, std::uint64_t from, std::uint64_t own,
                 std::uint64_t to, UniqueFunction<void(std::optional<Bridge>)> done);

}  // namespace tutti::documents
