// documents/stats.hpp: what the documents and rooms of one shard have done. Written by the shard, read by anyone.
#pragma once

#include <array>

#include "documents/errors.hpp"
#include "metrics/metric.hpp"

namespace tutti::documents {

struct Stats {
  metrics::Counter operations;           // committed by this server
  metrics::Counter revisions;            // committed by this server
  metrics::Counter duplicates;           // operations that were in the log, or waiting, already
  metrics::Counter conflicts;            // appends that lost the race for a version
  metrics::Counter foreign_revisions;    // read from the log: committed by other servers
  metrics::Counter appends_unavailable;  // appends that the log could not do
  metrics::Counter hook_changes;         // operations that a hook changed: their authors must correct their guess
  metrics::Counter updates;              // deliveries without an own operation, one a member
  metrics::Counter acknowledgements;     // deliveries with one
  metrics::Counter catch_ups;            // deliveries that were made from the log, for members long behind
  metrics::Counter wholes;               // contents sent where no delivery could be made
  metrics::Counter presence_messages;    // one a member
  metrics::Counter presence_dropped;     // bad, or about a version that is gone
  metrics::Counter loads;
  metrics::Counter unloads;
  metrics::Counter snapshots;
  metrics::Counter epochs_renewed;
  metrics::Gauge open_documents;
  metrics::Gauge members;
  metrics::Gauge slow_members;
  metrics::Gauge rooms;
  std::array<metrics::Counter, kErrorCodes> refusals;          // by ErrorCode
  metrics::Histogram flush_operations{metrics::kSizeBounds};   // operations of one revision
  metrics::Histogram commit_seconds{metrics::kSecondsBounds};  // from arrival to committed
};

}  // namespace tutti::documents
