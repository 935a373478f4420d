// documents/log/sqlite_reader.hpp: the thread that reads documents, with a connection of its own, so that a long read
// holds up no commit. It also turns contents into bytes for the writer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "documents/log.hpp"
#include "documents/log/sqlite_catalogue.hpp"
#include "documents/log/sqlite_db.hpp"
#include "documents/log/sqlite_jobs.hpp"
#include "documents/log/sqlite_segments.hpp"
#include "documents/log/sqlite_store.hpp"

namespace tutti::documents {

class SqliteReader;
class WriteJob;

class ReadJob : public Job {
 public:
  using Job::Job;
  virtual void run(SqliteReader& reader) = 0;
  // Not null: what the writer has to do next; this job is not answered then.
  virtual std::unique_ptr<WriteJob> next();
};

class SqliteReader {
 public:
  SqliteReader(const Catalogue& catalogue, SqliteStats& stats) : catalogue_(catalogue), stats_(stats) {}
  std::optional<std::string> open(const std::string& path);  // the text of an error, or nullopt

  // Each reads one consistent state.
  Result<LoadedDocument, LogError> load(std::string_view id);
  Result<ReadRevisions, LogError> read(std::string_view id, std::uint64_t from, std::uint64_t to, std::size_t limit);
  Result<std::vector<Change>, LogError> read_spans(std::string_view id, std::string_view epoch, std::uint64_t from,
                                                   std::uint64_t to);
  Result<SnapshotPtr, LogError> read_snapshot(std::string_view id, std::string_view epoch, std::uint64_t version);
  Result<std::vector<DocumentInfo>, LogError> list(std::string_view after, std::size_t limit);
  Result<std::vector<NamedVersion>, LogError> list_versions(std::string_view id);

 private:
  class Snapshot;  // a read transaction
  Result<StoredDocument, LogError> find(std::string_view id);
  std::optional<StoredDocument> take_row();
  Result<SnapshotPtr, LogError> snapshot_at(const StoredDocument& document, std::uint64_t version);
  LogError damaged(std::string_view id, std::string_view what);
  LogError failure();

  const Catalogue& catalogue_;
  SqliteStats& stats_;
  Database database_;
  SegmentReader segments_;
  Statement find_, last_segment_, snapshot_, list_, versions_;
};

}  // namespace tutti::documents
