#include "documents/log/memory_log.hpp"

#include <algorithm>

namespace tutti::documents {
namespace {

LoadedDocument loaded_from(const MemoryStore::Document& document) {
  LoadedDocument loaded{document.type, document.epoch, document.first, nullptr, {}};
  std::uint64_t after = document.first;
  if (!document.snapshots.empty()) {
    loaded.snapshot = document.snapshots.rbegin()->second;
    after = loaded.snapshot->version;
  }
  loaded.revisions.assign(document.revisions.begin() + static_cast<std::ptrdiff_t>(after - document.first),
                          document.revisions.end());
  return loaded;
}

}  // namespace

MemoryStore::Document* MemoryStore::find(std::string_view id) {
  const auto found = documents_.find(id);
  return found == documents_.end() ? nullptr : &found->second;
}

MemoryStore::Document& MemoryStore::create(std::string_view id, const Log::Create& create) {
  if (Document* document = find(id)) return *document;
  Document& document = documents_[std::string(id)];
  document.type = create.type;
  document.epoch = create.epoch;
  document.created_ms = document.changed_ms = create.time_ms;
  return document;
}

bool MemoryStore::remove(std::string_view id) {
  const auto found = documents_.find(id);
  if (found == documents_.end()) return false;
  documents_.erase(found);
  return true;
}

AppendResult MemoryStore::append(std::string_view id, std::string_view epoch, std::uint64_t expected,
                                 RevisionPtr revision) {
  using Status = AppendResult::Status;
  Document* document = find(id);
  if (document == nullptr || document->epoch != epoch || expected < document->first) return {Status::gone, {}};
  if (expected > document->head()) return {Status::shorter, {}};
  if (expected < document->head()) {
    const auto begin = document->revisions.begin() + static_cast<std::ptrdiff_t>(expected - document->first);
    return {Status::conflict, {begin, document->revisions.end()}};
  }
  document->changed_ms = revision->time_ms;
  document->revisions.push_back(std::move(revision));
  return {Status::ok, {}};
}

MemoryLog::MemoryLog(Scheduler& scheduler, MemoryStore& store)
    : store_(store), timer_(scheduler, [this] { answer(); }) {}

void MemoryLog::later(Task task) {
  answers_.push_back(std::move(task));
  if (!timer_.armed()) timer_.arm(Duration::zero());
}

void MemoryLog::answer() {
  // What is asked meanwhile is answered in the next turn.
  for (std::size_t left = answers_.size(); left > 0; --left) {
    Task task = std::move(answers_.front());
    answers_.pop_front();
    task();
  }
  if (!answers_.empty()) timer_.arm(Duration::zero());
}

void MemoryLog::load(std::string_view id, Loaded loaded) {
  Result<LoadedDocument, LogError> result = LogError::not_found;
  if (const MemoryStore::Document* document = store_.find(id)) result = loaded_from(*document);
  later([loaded = std::move(loaded), result = std::move(result)]() mutable { loaded(std::move(result)); });
}

void MemoryLog::load_or_create(std::string_view id, Create create, Loaded loaded) {
  LoadedDocument document = loaded_from(store_.create(id, create));
  later([loaded = std::move(loaded), document = std::move(document)]() mutable { loaded(std::move(document)); });
}

void MemoryLog::append(std::string_view id, std::string_view epoch, std::uint64_t expected, RevisionPtr revision,
                       Appended appended) {
  AppendResult result = store_.append(id, epoch, expected, std::move(revision));
  later([appended = std::move(appended), result = std::move(result)]() mutable { appended(std::move(result)); });
}

void MemoryLog::read(std::string_view id, std::uint64_t from, std::uint64_t to, std::size_t limit, Read read) {
  Result<ReadRevisions, LogError> result = LogError::not_found;
  if (const MemoryStore::Document* document = store_.find(id)) {
    ReadRevisions found{document->epoch, document->first, document->head(), {}};
    for (std::uint64_t at = std::max(from, found.first); at < std::min(to, found.head); ++at) {
      if (found.revisions.size() == limit) break;
      found.revisions.push_back(document->revisions[at - found.first]);
    }
    result = std::move(found);
  }
  later([read = std::move(read), result = std::move(result)]() mutable { read(std::move(result)); });
}

void MemoryLog::read_spans(std::string_view id, std::string_view epoch, std::uint64_t from, std::uint64_t to,
                           Spans spans) {
  Result<std::vector<Change>, LogError> result = LogError::not_found;
  const MemoryStore::Document* document = store_.find(id);
  if (document != nullptr && document->epoch == epoch && from >= document->first && from <= to &&
      to <= document->head()) {
    std::vector<Change> changes;
    for (std::uint64_t at = from; at < to; ++at) changes.push_back(document->revisions[at - document->first]->composed);
    result = std::move(changes);
  }
  later([spans = std::move(spans), result = std::move(result)]() mutable { spans(std::move(result)); });
}

void MemoryLog::read_snapshot(std::string_view id, std::string_view epoch, std::uint64_t version, Snapshots snapshots) {
  Result<SnapshotPtr, LogError> result = LogError::not_found;
  const MemoryStore::Document* document = store_.find(id);
  if (document != nullptr && document->epoch == epoch) {
    const auto after = document->snapshots.upper_bound(version);
    result = after != document->snapshots.begin() ? std::prev(after)->second : nullptr;
  }
  later([snapshots = std::move(snapshots), result = std::move(result)]() mutable { snapshots(std::move(result)); });
}

void MemoryLog::save_snapshot(std::string_view id, std::string_view epoch, SnapshotPtr snapshot,
                              const Retention& retention, Saved saved) {
  Result<std::uint64_t, LogError> result = LogError::not_found;
  MemoryStore::Document* document = store_.find(id);
  if (document != nullptr && document->epoch == epoch && snapshot->version <= document->head()) {
    const std::uint64_t version = snapshot->version;
    document->snapshots[version] = std::move(snapshot);
    while (!document->revisions.empty()) {
      const Revision& oldest = *document->revisions.front();
      const bool kept = oldest.version > version || oldest.version + retention.revisions > document->head() ||
                        oldest.time_ms >= retention.not_before_ms;
      if (kept) break;
      document->first = oldest.version;
      document->revisions.pop_front();
    }
    // One snapshot at or before `first` is needed; older ones are not.
    const auto needed = document->snapshots.upper_bound(document->first);
    if (needed != document->snapshots.begin()) {
      document->snapshots.erase(document->snapshots.begin(), std::prev(needed));
    }
    result = document->first;
  }
  later([saved = std::move(saved), result]() mutable { saved(result); });
}

void MemoryLog::renew_epoch(std::string_view id, std::string epoch, Done done) {
  MemoryStore::Document* document = store_.find(id);
  if (document != nullptr) document->epoch = std::move(epoch);
  later([done = std::move(done), found = document != nullptr]() mutable {
    done(found ? Result<void, LogError>() : LogError::not_found);
  });
}

void MemoryLog::remove(std::string_view id, Done done) {
  const bool found = store_.remove(id);
  later([done = std::move(done), found]() mutable { done(found ? Result<void, LogError>() : LogError::not_found); });
}

void MemoryLog::list(std::string_view after, std::size_t limit, Listed listed) {
  std::vector<DocumentInfo> infos;
  const auto& all = store_.documents();
  for (auto it = all.upper_bound(after); it != all.end() && infos.size() < limit; ++it) {
    const MemoryStore::Document& document = it->second;
    infos.push_back({it->first, document.type, document.epoch, document.head(), document.first, document.created_ms,
                     document.changed_ms});
  }
  later([listed = std::move(listed), infos = std::move(infos)]() mutable { listed(std::move(infos)); });
}

void MemoryLog::save_version(std::string_view id, NamedVersion version, Done done) {
  MemoryStore::Document* document = store_.find(id);
  if (document != nullptr) document->versions[version.name] = std::move(version);
  later([done = std::move(done), found = document != nullptr]() mutable {
    done(found ? Result<void, LogError>() : LogError::not_found);
  });
}

void MemoryLog::remove_version(std::string_view id, std::string_view name, Done done) {
  MemoryStore::Document* document = store_.find(id);
  const bool found = document != nullptr && document->versions.erase(std::string(name)) > 0;
  later([done = std::move(done), found]() mutable { done(found ? Result<void, LogError>() : LogError::not_found); });
}

void MemoryLog::list_versions(std::string_view id, Versions versions) {
  Result<std::vector<NamedVersion>, LogError> result = LogError::not_found;
  if (const MemoryStore::Document* document = store_.find(id)) {
    std::vector<NamedVersion> found;
    for (const auto& [name, version] : document->versions) found.push_back(version);
    std::sort(found.begin(), found.end(), [](const NamedVersion& a, const NamedVersion& b) {
      return a.version != b.version ? a.version < b.version : a.name < b.name;
    });
    result = std::move(found);
  }
  later([versions = std::move(versions), result = std::move(result)]() mutable { versions(std::move(result)); });
}

}  // namespace tutti::documents
