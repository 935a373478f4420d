// documents/log/sqlite_writer.hpp: the one thread that writes: all appends that have come in meanwhile share one
// transaction and one fsync.
//
// An append adds its revision to the transaction's row in the journal. In the background revisions are settled: moved
// from the journal into the segments of their documents, many at once, so that a page of the file is not written for
// every keystroke.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "documents/log.hpp"
#include "documents/log/record_codec.hpp"
#include "documents/log/sqlite_catalogue.hpp"
#include "documents/log/sqlite_db.hpp"
#include "documents/log/sqlite_jobs.hpp"
#include "documents/log/sqlite_segments.hpp"
#include "documents/log/sqlite_store.hpp"

namespace tutti::documents {

class SqliteWriter;

class WriteJob : public Job {
 public:
  using Job::Job;
  // Inside the transaction. False: the store failed, the transaction must be undone.
  virtual bool run(SqliteWriter& writer) = 0;
  // The transaction was committed, or undone.
  virtual void settle(SqliteWriter& writer, bool committed) = 0;
  virtual bool is_append() const noexcept { return false; }
  virtual bool ends_group() const noexcept { return false; }  // nothing else comes into its transaction behind it
};

class SqliteWriter {
 public:
  SqliteWriter(const SqliteOptions& options, Catalogue& catalogue, SqliteStats& stats);

  // Opens the file, makes or migrates the tables, takes in the journal. The text of an error, or nullopt.
  std::optional<std::string> open(const std::string& path);
  // The thread: until the queue is closed; then settles everything.
  void run(JobQueue<WriteJob>& queue);

  // For jobs, inside the transaction.
  StoredDocument* find(std::string_view id);  // nullptr: no such document; or the store failed: failed()
  bool failed() const noexcept { return failed_; }
  StoredDocument* create(std::string_view id, const Log::Create& create);
  // Whether the revision is part of the transaction now; else why not.
  AppendResult::Status append(std::string_view id, std::string_view epoch, std::uint64_t expected,
                              const RevisionPtr& revision);
  bool set_epoch(StoredDocument& document, std::string_view epoch);
  bool remove(StoredDocument& document);
  bool save_snapshot(StoredDocument& document, std::uint64_t version, std::int64_t time_ms, std::string_view content,
                     std::string_view authors, const Log::Retention& retention, std::uint64_t& first);
  bool save_version(StoredDocument& document, const NamedVersion& version, std::string_view content);
  bool remove_version(StoredDocument& document, std::string_view name, bool& found);
  // After it was committed: the revisions behind `from`. nullopt: some are missing.
  std::optional<std::vector<RevisionPtr>> revisions_after(std::string_view id, std::uint64_t from);
  // Changes the catalogue when the transaction is committed, and not if it is undone.
  void when_committed(std::function<void()> change) { changes_.push_back(std::move(change)); }

 private:
  struct Appended {
    StoredDocument* document;
    RevisionPtr revision;
  };
  bool prepare();
  bool configure();
  bool renew_doubtful_epochs();
  std::optional<std::string> take_in_journal();
  bool replay_row(std::uint64_t row, std::string_view bytes);
  std::optional<StoredDocument> load(Statement& statement);

  using Jobs = std::vector<std::unique_ptr<WriteJob>>;
  void run_group(Jobs jobs);
  bool commit_due(const Jobs& jobs) const;
  bool commit();
  void publish();
  void committed();
  void undone();
  void finish(Jobs jobs);
  bool in_memory() const noexcept { return options_.durability == Durability::memory; }

  // Settling (sqlite_settle.cpp)
  bool settle_due();
  bool settle(StoredDocument& document);
  bool trim(StoredDocument& document, std::uint64_t snapshot_version, const Log::Retention& retention,
            std::uint64_t& first);
  bool thin_snapshots(StoredDocument& document, std::uint64_t first);
  void add_to_tail(StoredDocument& document, RevisionPtr revision, std::uint64_t row);

  const SqliteOptions& options_;
  Catalogue& catalogue_;
  SqliteStats& stats_;
  const std::string run_id_;
  Database database_;
  SegmentReader segments_;
  SegmentWriter segment_writer_;
  Statement find_, find_number_, last_segment_, insert_document_, set_epoch_, set_unsafe_, set_first_;
  Statement insert_journal_, delete_journal_;
  Statement insert_snapshot_, snapshot_versions_, delete_snapshot_, newest_segment_to_;
  Statement delete_segments_, delete_spans_, insert_version_, delete_version_;
  Statement remove_all_[6];

  bool failed_ = false;
  std::uint64_t next_row_ = 1;
  std::string journal_;
  std::unique_ptr<ChunkWriter> journal_writer_;
  std::vector<Appended> appended_;
  std::vector<std::function<void()>> changes_;
  std::vector<StoredDocument*> created_;
  std::vector<StoredDocument*> removed_;
  TimePoint last_commit_{};
  bool settle_all_ = false;
  std::uint64_t oldest_row_ = 1;  // of the journal
  struct Settled {
    StoredDocument* document;
    std::size_t revisions;
    std::uint64_t open_segment;
  };
  std::vector<Settled> settled_;
  // Documents with a tail, the one with the oldest journal row first.
  std::list<StoredDocument*> to_settle_;
};

}  // namespace tutti::documents
