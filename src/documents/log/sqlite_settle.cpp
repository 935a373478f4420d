// What the writer does in the background: revisions from the journal into segments, old ones forgotten, snapshots kept
// and thinned; and, at the start, what the journal holds taken in.
#include <algorithm>

#include "base/log.hpp"
#include "documents/log/sqlite_writer.hpp"

namespace tutti::documents {
namespace {

// Documents settled by age in one transaction, so that it stays short.
constexpr std::size_t kSettledByAge = 64;

// Snapshots are kept ever farther apart the older they are: a version is at most an eighth of its age away from one.
constexpr std::uint64_t kSnapshotSpacing = 8;

}  // namespace

bool SqliteWriter::settle_due() {
  const TimePoint now = std::chrono::steady_clock::now();
  std::size_t by_age = 0;
  std::uint64_t needed = next_row_;  // the oldest row whose revisions are not all settled
  for (StoredDocument* document : to_settle_) {
    const bool many = document->tail.size() >= options_.settle_at;
    const bool old = now - document->tail_since >= options_.settle_after && by_age < kSettledByAge;
    if (document->removed || (!many && !old && !settle_all_)) {
      if (!document->removed) needed = std::min(needed, document->tail_row);
      continue;
    }
    by_age += many ? 0 : 1;
    if (!settle(*document)) return false;
  }
  if (needed <= oldest_row_) return true;
  oldest_row_ = needed;
  return delete_journal_.bind(1, needed).run();
}

bool SqliteWriter::settle(StoredDocument& document) {
  std::uint64_t open = document.open_segment;
  const std::vector<RevisionPtr> revisions(document.tail.begin(), document.tail.end());
  if (!segment_writer_.add(document.number, document.settled, open, revisions)) return false;
  settled_.push_back({&document, revisions.size(), open});
  stats_.settled_documents.add();
  return true;
}

// ---- snapshots

bool SqliteWriter::save_snapshot(StoredDocument& document, std::uint64_t version, std::int64_t time_ms,
                                 std::string_view content, std::string_view authors, const Log::Retention& retention,
                                 std::uint64_t& first) {
  insert_snapshot_.bind(1, document.number).bind(2, version).bind(3, time_ms).bind_blob(4, content);
  insert_snapshot_.bind_blob(5, authors);
  return insert_snapshot_.run() && trim(document, version, retention, first);
}

bool SqliteWriter::trim(StoredDocument& document, std::uint64_t snapshot_version, const Log::Retention& retention,
                        std::uint64_t& first) {
  const std::uint64_t head = document.head();
  first = document.first;
  if (head > retention.revisions) {
    const std::uint64_t most = std::min(snapshot_version, head - retention.revisions);
    const Use use(newest_segment_to_);
    newest_segment_to_.bind(1, document.number).bind(2, most).bind(3, retention.not_before_ms);
    if (newest_segment_to_.step() != Statement::Step::row) return false;
    if (!newest_segment_to_.is_null(0)) first = std::max(first, newest_segment_to_.number(0));
  }
  if (first > document.first) {
    if (!delete_segments_.bind(1, document.number).bind(2, first).run() ||
        !delete_spans_.bind(1, document.number).bind(2, first).run() ||
        !set_first_.bind(1, document.number).bind(2, first).run()) {
      return false;
    }
    when_committed([&document, trimmed = first] { document.first = trimmed; });
  }
  return thin_snapshots(document, first);
}

bool SqliteWriter::thin_snapshots(StoredDocument& document, std::uint64_t first) {
  std::vector<std::uint64_t> versions;  // newest first
  {
    const Use use(snapshot_versions_);
    snapshot_versions_.bind(1, document.number);
    while (snapshot_versions_.step() == Statement::Step::row) versions.push_back(snapshot_versions_.number(0));
  }
  std::uint64_t kept = 0;
  bool have_base = false;  // one at or before `first`
  for (const std::uint64_t version : versions) {
    const bool base = version <= first && !have_base;
    const bool spaced = version > first && kept - version >= (versions.front() - version) / kSnapshotSpacing;
    if (version == versions.front() || base || spaced) {
      kept = version;
      have_base = have_base || version <= first;
    } else if (!delete_snapshot_.bind(1, document.number).bind(2, version).run()) {
      return false;
    }
  }
  return true;
}

bool SqliteWriter::save_version(StoredDocument& document, const NamedVersion& version, std::string_view content) {
  insert_version_.bind(1, document.number).bind_text(2, version.name).bind(3, version.version);
  insert_version_.bind(4, version.time_ms).bind_text(5, version.user_id).bind_blob(6, content);
  return insert_version_.run();
}

bool SqliteWriter::remove_version(StoredDocument& document, std::string_view name, bool& found) {
  const bool ok = delete_version_.bind(1, document.number).bind_text(2, name).run();
  found = ok && database_.changes() > 0;
  return ok;
}

// ---- the start

std::optional<std::string> SqliteWriter::take_in_journal() {
  Statement rows;
  if (!rows.prepare(database_, "SELECT row, revisions FROM journal ORDER BY row")) return database_.error();
  for (;;) {
    const auto step = rows.step();
    if (step == Statement::Step::failed) return database_.error();
    if (step == Statement::Step::done) break;
    if (!replay_row(rows.number(0), rows.bytes(1))) return "the journal is damaged";
    next_row_ = rows.number(0) + 1;
  }
  rows.reset();
  oldest_row_ = 0;
  settle_all_ = true;
  run_group({});
  settle_all_ = false;
  return failed_ ? std::optional(database_.error()) : std::nullopt;
}

bool SqliteWriter::replay_row(std::uint64_t row, std::string_view bytes) {
  for (ChunkReader reader(bytes); !reader.at_end();) {
    const auto number = reader.number();
    const auto version = reader.number();
    if (!number || !version) return false;
    RevisionPtr revision = reader.next(*version);
    if (!revision) return false;
    StoredDocument* document = catalogue_.find_number(static_cast<std::int64_t>(*number));
    if (document == nullptr) {
      find_number_.bind(1, *number);
      auto loaded = load(find_number_);
      if (failed_) return false;
      if (!loaded) continue;  // it was deleted
      document = &catalogue_.insert(std::move(*loaded));
    }
    // What was settled already, in the same transaction that would have removed the row.
    if (*version <= document->head()) continue;
    if (*version != document->head() + 1) return false;
    add_to_tail(*document, std::move(revision), row);
  }
  return true;
}

}  // namespace tutti::documents
