// documents/log/sqlite_store.hpp: the embedded store: one SQLite file in WAL mode, one thread that writes, one that
// reads.
//
// Tables and their meaning: docs/STORAGE.md. A crash at any moment loses nothing that was answered, as far as the
// durability says; the file opens cleanly.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "base/shard.hpp"
#include "documents/log.hpp"
#include "metrics/metric.hpp"

namespace tutti::documents {

enum class Durability : std::uint8_t {
  full,    // an answer means: on the disk, survives power loss
  normal,  // an answer means: with the operating system, survives a crash of the process
  memory,  // an answer means nothing: written within a moment; the epoch changes at the next start
};

struct SqliteOptions {
  std::string directory;  // made if it does not exist; the file is documents.db in it
  Durability durability = Durability::full;
  std::size_t group_max = 4096;                    // appends in one transaction
  std::chrono::milliseconds settle_after{10'000};  // how long a revision stays in the journal at most
  std::size_t settle_at = 64;                      // revisions of one document that are settled at once
  std::chrono::milliseconds memory_flush{200};     // durability memory: time between two transactions
  std::size_t memory_flush_bytes = 4 << 20;        // ... or so many bytes
  std::size_t documents_in_memory = 100'000;       // entries of the catalogue that are kept unused
  std::uint64_t wal_pages = 4000;                  // the WAL is checkpointed above it
};

struct SqliteStats {  // written by the store's threads, read by anyone
  metrics::Counter transactions;
  metrics::Counter transactions_failed;
  metrics::Counter revisions;
  metrics::Counter journal_bytes;
  metrics::Counter settled_documents;
  metrics::Counter reads;
  metrics::Counter damaged;                                    // records that could not be read
  metrics::Histogram commit_seconds{metrics::kSecondsBounds};  // one transaction, fsync included
  metrics::Histogram group_revisions{metrics::kSizeBounds};    // revisions of one transaction
};

class SqliteStore {
 public:
  // Opens or makes the file and starts the threads; the text of an error.
  static Result<std::unique_ptr<SqliteStore>, std::string> open(SqliteOptions options);
  ~SqliteStore();  // writes what was asked, then ends the threads; answers are posted still
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  // The log of one shard. It must be destroyed before the store, and the shard must outlive both.
  std::unique_ptr<Log> log(Shard& shard);
  const SqliteStats& stats() const noexcept;
  // A copy of the whole store in one file, consistent, while it runs. Blocks; thread-safe. The text of an error.
  std::optional<std::string> backup(const std::string& path);

  struct Threads;

 private:
  explicit SqliteStore(std::unique_ptr<Threads> threads);
  std::unique_ptr<Threads> threads_;
};

}  // namespace tutti::documents
