// documents/log.hpp: the log is the truth. Documents as lists of revisions, committed by compare-and-append.
//
// Any number of sessions, in any number of servers, may append to one document: of two that expect the same version one
// wins, the other gets the revisions it missed. Nothing is told to anyone before its append was answered with `ok`.
//
// One Log object serves one shard: all calls are made on that shard, and each callback runs there exactly once, in a
// later turn, except that nothing is called any more after the Log was destroyed. Calls for one document are carried
// out in order. All implementations pass tests/documents/log_contract.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.hpp"
#include "base/result.hpp"
#include "documents/revision.hpp"
#include "documents/snapshot.hpp"

namespace tutti::documents {

enum class LogError : std::uint8_t {
  unavailable,  // the store cannot do it now; for append: it may or may not have been committed
  not_found,    // no such document (or named version)
  corrupt,      // what is stored cannot be read; logged with the reason
};

struct LoadedDocument {
  std::string type;
  std::string epoch;
  std::uint64_t first = 0;             // oldest version that can be a base
  SnapshotPtr snapshot;                // the newest; nullptr: the log is whole
  std::vector<RevisionPtr> revisions;  // all after the snapshot
};

struct AppendResult {
  enum class Status : std::uint8_t {
    ok,
    conflict,     // the log is ahead: `missing` holds all revisions after the expected version
    shorter,      // the log ends before the expected version: acknowledged revisions were lost
    gone,         // the document was deleted, or made anew with another epoch, or the missing revisions are trimmed
    unavailable,  // not committed as far as is known: read before appending again
  };
  Status status = Status::unavailable;
  std::vector<RevisionPtr> missing;
};

struct ReadRevisions {
  std::string epoch;
  std::uint64_t first = 0;  // as in LoadedDocument, now
  std::uint64_t head = 0;   // newest version, now
  std::vector<RevisionPtr> revisions;
};

struct DocumentInfo {
  std::string id;
  std::string type;
  std::string epoch;
  std::uint64_t version = 0;
  std::uint64_t first = 0;
  std::int64_t created_ms = 0;
  std::int64_t changed_ms = 0;
};

struct NamedVersion {
  std::string name;
  std::uint64_t version = 0;
  std::int64_t time_ms = 0;
  std::string user_id;
  SnapshotPtr snapshot;  // its content, kept beyond the log's window; authors are empty
};

class Log {
 public:
  using Loaded = UniqueFunction<void(Result<LoadedDocument, LogError>)>;
  using Appended = UniqueFunction<void(AppendResult)>;
  using Read = UniqueFunction<void(Result<ReadRevisions, LogError>)>;
  using Spans = UniqueFunction<void(Result<std::vector<Change>, LogError>)>;
  using Done = UniqueFunction<void(Result<void, LogError>)>;
  using Listed = UniqueFunction<void(Result<std::vector<DocumentInfo>, LogError>)>;
  using Versions = UniqueFunction<void(Result<std::vector<NamedVersion>, LogError>)>;
  using Snapshots = UniqueFunction<void(Result<SnapshotPtr, LogError>)>;
  using Saved = UniqueFunction<void(Result<std::uint64_t, LogError>)>;

  // What the log may forget: revisions of which both hold.
  struct Retention {
    std::uint64_t revisions = 0;     // it is not among this many newest ones
    std::int64_t not_before_ms = 0;  // it is older than this
  };

  struct Create {
    std::string type;
    std::string epoch;
    std::int64_t time_ms = 0;
  };

  virtual ~Log() = default;

  // Finds the document: not_found if there is none.
  virtual void load(std::string_view document, Loaded loaded) = 0;
  // Finds it, or makes it, empty at version 0. What exists keeps its type and epoch.
  virtual void load_or_create(std::string_view document, Create create, Loaded loaded) = 0;

  // Commits `revision` (whose version is expected_version + 1) if the document is of that epoch and its newest version
  // is expected_version.
  virtual void append(std::string_view document, std::string_view epoch, std::uint64_t expected_version,
                      RevisionPtr revision, Appended appended) = 0;

  // The revisions from + 1 ... min(to, head), at most `limit`; those before `first` are left out.
  virtual void read(std::string_view document, std::uint64_t from, std::uint64_t to, std::size_t limit, Read read) = 0;
  // Changes that lead from version `from` to version `to`, one after the other, as few as the log has composed them to:
  // O(log(to - from)) of them. not_found if a part is trimmed or not there yet, or the document is of another epoch.
  virtual void read_spans(std::string_view document, std::string_view epoch, std::uint64_t from, std::uint64_t to,
                          Spans spans) = 0;
  // The newest stored snapshot at or before `version`; nullptr: there is none, the log starts from empty at 0.
  // not_found: the document is gone or of another epoch.
  virtual void read_snapshot(std::string_view document, std::string_view epoch, std::uint64_t version,
                             Snapshots snapshot) = 0;

  // Keeps the snapshot, and forgets revisions before it as far as the retention allows. Answers the oldest version that
  // can be a base; not_found for another epoch. Failing is harmless.
  virtual void save_snapshot(std::string_view document, std::string_view epoch, SnapshotPtr snapshot,
                             const Retention& retention, Saved saved) = 0;
  // Gives the document a new epoch: acknowledged revisions may be missing.
  virtual void renew_epoch(std::string_view document, std::string epoch, Done done) = 0;
  virtual void remove(std::string_view document, Done done) = 0;  // not_found: there was none
  // In order of id (bytes), those behind `after`, at most `limit`.
  virtual void list(std::string_view after, std::size_t limit, Listed listed) = 0;

  // Named versions are kept with their content, also when the log has forgotten the revisions around them. A name that
  // exists is replaced.
  virtual void save_version(std::string_view document, NamedVersion version, Done done) = 0;
  virtual void remove_version(std::string_view document, std::string_view name, Done done) = 0;
  virtual void list_versions(std::string_view document, Versions versions) = 0;  // oldest first
};

}  // namespace tutti::documents
