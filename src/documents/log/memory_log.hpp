// documents/log/memory_log.hpp: a log in memory, for tests and for servers that need not remember anything.
//
// A MemoryStore holds the documents; each shard or server has a MemoryLog of its own over the same store. Answers come
// by a timer, in order. Not thread-safe: one thread uses a store.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/scheduler.hpp"
#include "documents/log.hpp"

namespace tutti::documents {

class MemoryStore {
 public:
  struct Document {
    std::string type;
    std::string epoch;
    std::int64_t created_ms = 0;
    std::int64_t changed_ms = 0;
    std::uint64_t first = 0;
    std::deque<RevisionPtr> revisions;               // those after `first`
    std::map<std::uint64_t, SnapshotPtr> snapshots;  // by version
    std::map<std::string, NamedVersion> versions;    // by name
    std::uint64_t head() const { return first + revisions.size(); }
  };

  Document* find(std::string_view id);
  Document& create(std::string_view id, const Log::Create& create);
  bool remove(std::string_view id);
  const std::map<std::string, Document, std::less<>>& documents() const { return documents_; }

  AppendResult append(std::string_view id, std::string_view epoch, std::uint64_t expected, RevisionPtr revision);

 private:
  std::map<std::string, Document, std::less<>> documents_;
};

class MemoryLog final : public Log {
 public:
  MemoryLog(Scheduler& scheduler, MemoryStore& store);

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
  void later(Task task);
  void answer();

  MemoryStore& store_;
  std::deque<Task> answers_;
  CallbackTimer timer_;
};

}  // namespace tutti::documents
