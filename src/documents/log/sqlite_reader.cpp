#include "documents/log/sqlite_reader.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "documents/log/record_codec.hpp"

namespace tutti::documents {

// What is read while this lives is one state of the file. The catalogue is asked before: what it no longer holds is in
// the file then.
class SqliteReader::Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(database) { database_.exec("BEGIN"); }
  ~Snapshot() { database_.exec("COMMIT"); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Database& database_;
};

std::optional<std::string> SqliteReader::open(const std::string& path) {
  const bool ok =
      database_.open(path, true) && segments_.prepare(database_) &&
      find_.prepare(database_,
                    "SELECT number, id, type, epoch, unsafe_run, first, created_ms FROM documents WHERE id = ?1") &&
      last_segment_.prepare(database_,
                            "SELECT last, newest_ms FROM segments WHERE document = ?1 ORDER BY last DESC LIMIT 1") &&
      snapshot_.prepare(
          database_,
          "SELECT version, time_ms, content, authors FROM snapshots WHERE document = ?1 AND version <= ?2 "
          "ORDER BY version DESC LIMIT 1") &&
      list_.prepare(database_,
                    "SELECT number, id, type, epoch, unsafe_run, first, created_ms FROM documents WHERE id > ?1 "
                    "ORDER BY id LIMIT ?2") &&
      versions_.prepare(database_,
                        "SELECT name, version, time_ms, user_id, content FROM named_versions WHERE document = ?1 "
                        "ORDER BY version, name");
  return ok ? std::nullopt : std::optional(database_.error());
}

LogError SqliteReader::failure() {
  log::error("documents.store_failed", {{"error", database_.error()}, {"code", database_.error_code()}});
  return LogError::unavailable;
}

LogError SqliteReader::damaged(std::string_view id, std::string_view what) {
  stats_.damaged.add();
  log::error("documents.record_damaged", {{"document", id}, {"record", what}});
  return LogError::corrupt;
}

Result<StoredDocument, LogError> SqliteReader::find(std::string_view id) {
  stats_.reads.add();
  if (auto known = catalogue_.copy(id)) return std::move(*known);
  StoredDocument document;
  {
    const Use use(find_);
    find_.bind_text(1, id);
    const auto step = find_.step();
    if (step == Statement::Step::failed) return failure();
    if (step == Statement::Step::done) return LogError::not_found;
    document.number = find_.integer(0);
    document.id = find_.bytes(1);
    document.type = find_.bytes(2);
    document.epoch = find_.bytes(3);
    document.unsafe_run = find_.bytes(4);
    document.first = document.settled = find_.number(5);
    document.created_ms = document.changed_ms = find_.integer(6);
  }
  const Use use(last_segment_);
  last_segment_.bind(1, document.number);
  const auto step = last_segment_.step();
  if (step == Statement::Step::failed) return failure();
  if (step == Statement::Step::row) {
    document.settled = last_segment_.number(0);
    document.changed_ms = last_segment_.integer(1);
  }
  return document;
}

Result<SnapshotPtr, LogError> SqliteReader::snapshot_at(const StoredDocument& document, std::uint64_t version) {
  const Use use(snapshot_);
  snapshot_.bind(1, document.number).bind(2, version);
  const auto step = snapshot_.step();
  if (step == Statement::Step::failed) return failure();
  if (step == Statement::Step::done) return SnapshotPtr();
  const DocumentType* type = find_type(document.type);
  const auto change = decode_change(snapshot_.bytes(2));
  auto authors = decode_authors(snapshot_.bytes(3));
  if (type == nullptr || !change || !authors) return damaged(document.id, "snapshot");
  auto content = type->load(*change);
  if (!content.has_value()) return damaged(document.id, "snapshot");
  return std::make_shared<const documents::Snapshot>(
      documents::Snapshot{snapshot_.number(0), snapshot_.integer(1), std::move(*content), std::move(*authors)});
}

Result<LoadedDocument, LogError> SqliteReader::load(std::string_view id) {
  auto found = find(id);
  if (!found.has_value()) return found.error();
  const Snapshot state(database_);
  StoredDocument& document = *found;
  LoadedDocument loaded{document.type, document.epoch, document.first, nullptr, {}};
  auto snapshot = snapshot_at(document, document.head());
  if (!snapshot.has_value()) return snapshot.error();
  loaded.snapshot = std::move(*snapshot);
  const std::uint64_t from = loaded.snapshot ? loaded.snapshot->version : document.first;
  if (!loaded.snapshot && document.first > 0) return damaged(id, "snapshot");
  if (from < document.settled && !segments_.read(document.number, from, document.settled, SIZE_MAX, loaded.revisions)) {
    return damaged(id, "segment");
  }
  for (RevisionPtr& revision : document.tail) {
    if (revision->version > from) loaded.revisions.push_back(std::move(revision));
  }
  return loaded;
}

Result<ReadRevisions, LogError> SqliteReader::read(std::string_view id, std::uint64_t from, std::uint64_t to,
                                                   std::size_t limit) {
  auto found = find(id);
  if (!found.has_value()) return found.error();
  const Snapshot state(database_);
  StoredDocument& document = *found;
  ReadRevisions result{document.epoch, document.first, document.head(), {}};
  from = std::max(from, document.first);
  to = std::min(to, result.head);
  if (from < std::min(to, document.settled) &&
      !segments_.read(document.number, from, std::min(to, document.settled), limit, result.revisions)) {
    return damaged(id, "segment");
  }
  for (RevisionPtr& revision : document.tail) {
    if (revision->version <= from || revision->version > to || result.revisions.size() >= limit) continue;
    result.revisions.push_back(std::move(revision));
  }
  return result;
}

Result<std::vector<Change>, LogError> SqliteReader::read_spans(std::string_view id, std::string_view epoch,
                                                               std::uint64_t from, std::uint64_t to) {
  auto found = find(id);
  if (!found.has_value()) return found.error();
  const Snapshot state(database_);
  const StoredDocument& document = *found;
  if (document.epoch != epoch || from < document.first || from > to || to > document.head()) return LogError::not_found;
  std::vector<Change> changes;
  if (from < document.settled &&
      !segments_.read_spans(document.number, from, std::min(to, document.settled), changes)) {
    return damaged(id, "span");
  }
  for (const RevisionPtr& revision : document.tail) {
    if (revision->version > from && revision->version <= to) changes.push_back(revision->composed);
  }
  return changes;
}

Result<SnapshotPtr, LogError> SqliteReader::read_snapshot(std::string_view id, std::string_view epoch,
                                                          std::uint64_t version) {
  const auto found = find(id);
  if (!found.has_value()) return found.error();
  if (found->epoch != epoch) return LogError::not_found;
  return snapshot_at(*found, version);
}

Result<std::vector<DocumentInfo>, LogError> SqliteReader::list(std::string_view after, std::size_t limit) {
  std::vector<std::string> ids;
  {
    const Use use(list_);
    list_.bind_text(1, after).bind(2, static_cast<std::int64_t>(limit));
    for (;;) {
      const auto step = list_.step();
      if (step == Statement::Step::failed) return failure();
      if (step == Statement::Step::done) break;
      ids.emplace_back(list_.bytes(1));
    }
  }
  std::vector<DocumentInfo> infos;
  for (const std::string& id : ids) {
    const auto found = find(id);
    if (!found.has_value()) continue;  // deleted meanwhile
    const StoredDocument& it = *found;
    infos.push_back({it.id, it.type, it.epoch, it.head(), it.first, it.created_ms,
                     it.tail.empty() ? it.changed_ms : it.tail.back()->time_ms});
  }
  return infos;
}

Result<std::vector<NamedVersion>, LogError> SqliteReader::list_versions(std::string_view id) {
  const auto found = find(id);
  if (!found.has_value()) return found.error();
  const DocumentType* type = find_type(found->type);
  std::vector<NamedVersion> versions;
  const Use use(versions_);
  versions_.bind(1, found->number);
  for (;;) {
    const auto step = versions_.step();
    if (step == Statement::Step::failed) return failure();
    if (step == Statement::Step::done) return versions;
    const auto change = decode_change(versions_.bytes(4));
    if (type == nullptr || !change) return damaged(id, "named version");
    auto content = type->load(*change);
    if (!content.has_value()) return damaged(id, "named version");
    NamedVersion version{std::string(versions_.bytes(0)), versions_.number(1), versions_.integer(2),
                         std::string(versions_.bytes(3)), nullptr};
    version.snapshot = std::make_shared<const documents::Snapshot>(
        documents::Snapshot{version.version, version.time_ms, std::move(*content), {}});
    versions.push_back(std::move(version));
  }
}

}  // namespace tutti::documents
