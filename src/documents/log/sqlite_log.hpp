// documents/log/sqlite_log.hpp: the Log of one shard over the embedded store.
#pragma once

#include "documents/log.hpp"
#include "documents/log/sqlite_jobs.hpp"
#include "documents/log/sqlite_reader.hpp"
#include "documents/log/sqlite_writer.hpp"

namespace tutti::documents {

class SqliteLog final : public Log {
 public:
  SqliteLog(Shard& shard, JobQueue<WriteJob>& writes, JobQueue<ReadJob>& reads)
      : mailbox_(std::make_shared<Mailbox>(shard)), writes_(writes), reads_(reads) {}
  ~SqliteLog() override { mailbox_->open = false; }

  void load(std::string_view document, Loaded loaded) override;
  void load_or_create(std::string_view document, Create create, Loaded loaded) override;
  void append(std::string_view document, std::string_view epoch, std::uint64_t expected_version, RevisionPtr revision,
              Appended appended) override;
  void read(std::string_view document, std::uint64_t from, std::uint64_t to, std::size_t limit, Read read) override;
  void read_spans(std::string_view document, std::string_view epoch, std::uint64_t from, std::uint64_t to,
                  Spans spans) override;
  void read_snapshot(std::string_view document, std::string_view epoch, std::uint64_t version,
                     Snapshots snapshot) override;
  void save_snapshot(std::string_view document, std::string_view epoch, SnapshotPtr snapshot,
                     const Retention& retention, Saved saved) override;
  void renew_epoch(std::string_view document, std::string epoch, Done done) override;
  void remove(std::string_view document, Done done) override;
  void list(std::string_view after, std::size_t limit, Listed listed) override;
  void save_version(std::string_view document, NamedVersion version, Done done) override;
  void remove_version(std::string_view document, std::string_view name, Done done) override;
  void list_versions(std::string_view document, Versions versions) override;

 private:
  const MailboxPtr mailbox_;
  JobQueue<WriteJob>& writes_;
  JobQueue<ReadJob>& reads_;
};

}  // namespace tutti::documents
