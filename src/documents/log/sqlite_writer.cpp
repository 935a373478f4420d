#include "documents/log/sqlite_writer.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/random.hpp"
#include "documents/log/sqlite_schema.hpp"

namespace tutti::documents {
namespace {

using Status = AppendResult::Status;

std::string make_run_id() {
  SystemRandom random;
  return random_id(random);
}

}  // namespace

SqliteWriter::SqliteWriter(const SqliteOptions& options, Catalogue& catalogue, SqliteStats& stats)
    : options_(options), catalogue_(catalogue), stats_(stats), run_id_(make_run_id()) {}

std::optional<std::string> SqliteWriter::open(const std::string& path) {
  if (!database_.open(path, false) || !configure()) return database_.error();
  if (auto error = prepare_schema(database_)) return error;
  if (!prepare() || !renew_doubtful_epochs()) return database_.error();
  return take_in_journal();
}

bool SqliteWriter::configure() {
  const char* synchronous = options_.durability == Durability::full     ? "PRAGMA synchronous = FULL"
                            : options_.durability == Durability::normal ? "PRAGMA synchronous = NORMAL"
                                                                        : "PRAGMA synchronous = OFF";
  const std::string checkpoint = "PRAGMA wal_autocheckpoint = " + std::to_string(options_.wal_pages);
  return database_.exec("PRAGMA journal_mode = WAL") && database_.exec(synchronous) &&
         database_.exec("PRAGMA cache_size = -32768") && database_.exec(checkpoint.c_str());
}

bool SqliteWriter::prepare() {
  constexpr const char* kDocument =
      "SELECT number, id, type, epoch, unsafe_run, first, created_ms FROM documents WHERE ";
  static const std::string kById = std::string(kDocument) + "id = ?1";
  static const std::string kByNumber = std::string(kDocument) + "number = ?1";
  bool ok = segments_.prepare(database_) && segment_writer_.prepare(database_) &&
            find_.prepare(database_, kById.c_str()) && find_number_.prepare(database_, kByNumber.c_str()) &&
            last_segment_.prepare(database_,
                                  "SELECT last, first, newest_ms, composed IS NULL FROM segments WHERE document = ?1 "
                                  "ORDER BY last DESC LIMIT 1") &&
            insert_document_.prepare(database_,
                                     "INSERT INTO documents(id, type, epoch, created_ms) VALUES(?1, ?2, ?3, ?4) "
                                     "RETURNING number") &&
            set_epoch_.prepare(database_, "UPDATE documents SET epoch = ?2, unsafe_run = '' WHERE number = ?1") &&
            set_unsafe_.prepare(database_, "UPDATE documents SET unsafe_run = ?2 WHERE number = ?1") &&
            set_first_.prepare(database_, "UPDATE documents SET first = ?2 WHERE number = ?1") &&
            insert_journal_.prepare(database_, "INSERT INTO journal(row, revisions) VALUES(?1, ?2)") &&
            delete_journal_.prepare(database_, "DELETE FROM journal WHERE row < ?1");
  ok = ok &&
       insert_snapshot_.prepare(database_,
                                "INSERT OR REPLACE INTO snapshots(document, version, time_ms, content, authors) "
                                "VALUES(?1, ?2, ?3, ?4, ?5)") &&
       snapshot_versions_.prepare(database_,
                                  "SELECT version FROM snapshots WHERE document = ?1 ORDER BY version DESC") &&
       delete_snapshot_.prepare(database_, "DELETE FROM snapshots WHERE document = ?1 AND version = ?2") &&
       newest_segment_to_.prepare(database_,
                                  "SELECT max(last) FROM segments WHERE document = ?1 AND last <= ?2 AND last < "
                                  "(SELECT coalesce(min(last), 9223372036854775807) FROM segments WHERE document = ?1 "
                                  "AND newest_ms >= ?3)") &&
       delete_segments_.prepare(database_, "DELETE FROM segments WHERE document = ?1 AND last <= ?2") &&
       delete_spans_.prepare(database_, "DELETE FROM spans WHERE document = ?1 AND last <= ?2") &&
       insert_version_.prepare(database_,
                               "INSERT OR REPLACE INTO named_versions(document, name, version, time_ms, user_id, "
                               "content) VALUES(?1, ?2, ?3, ?4, ?5, ?6)") &&
       delete_version_.prepare(database_, "DELETE FROM named_versions WHERE document = ?1 AND name = ?2");
  constexpr const char* kRemove[] = {
      "DELETE FROM documents WHERE number = ?1", "DELETE FROM segments WHERE document = ?1",
      "DELETE FROM spans WHERE document = ?1", "DELETE FROM snapshots WHERE document = ?1",
      "DELETE FROM named_versions WHERE document = ?1"};
  for (std::size_t i = 0; ok && i < std::size(kRemove); ++i) ok = remove_all_[i].prepare(database_, kRemove[i]);
  return ok;
}

// What a run without durability wrote may have lost what it acknowledged.
bool SqliteWriter::renew_doubtful_epochs() {
  return database_.exec(
      "UPDATE documents SET epoch = lower(hex(randomblob(10))), unsafe_run = '' WHERE unsafe_run <> ''");
}

// ---- documents

std::optional<StoredDocument> SqliteWriter::load(Statement& statement) {
  StoredDocument document;
  {
    const Use use(statement);
    const auto step = statement.step();
    failed_ = failed_ || step == Statement::Step::failed;
    if (step != Statement::Step::row) return std::nullopt;
    document.number = statement.integer(0);
    document.id = statement.bytes(1);
    document.type = statement.bytes(2);
    document.epoch = statement.bytes(3);
    document.unsafe_run = statement.bytes(4);
    document.first = document.settled = statement.number(5);
    document.created_ms = document.changed_ms = statement.integer(6);
  }
  const Use use(last_segment_);
  last_segment_.bind(1, document.number);
  const auto step = last_segment_.step();
  failed_ = failed_ || step == Statement::Step::failed;
  if (step == Statement::Step::row) {
    document.settled = last_segment_.number(0);
    document.changed_ms = last_segment_.integer(2);
    document.open_segment = last_segment_.integer(3) != 0 ? document.settled - last_segment_.number(1) : 0;
  }
  return document;
}

StoredDocument* SqliteWriter::find(std::string_view id) {
  if (StoredDocument* known = catalogue_.find(id)) return known->removed ? nullptr : known;
  find_.bind_text(1, id);
  auto document = load(find_);
  return document ? &catalogue_.insert(std::move(*document)) : nullptr;
}

StoredDocument* SqliteWriter::create(std::string_view id, const Log::Create& create) {
  StoredDocument document;
  {
    const Use use(insert_document_);
    insert_document_.bind_text(1, id).bind_text(2, create.type).bind_text(3, create.epoch).bind(4, create.time_ms);
    if (insert_document_.step() != Statement::Step::row) {
      failed_ = true;
      return nullptr;
    }
    document.number = insert_document_.integer(0);
  }
  document.id = id;
  document.type = create.type;
  document.epoch = create.epoch;
  document.created_ms = document.changed_ms = create.time_ms;
  created_.push_back(&catalogue_.insert(std::move(document)));
  return created_.back();
}

bool SqliteWriter::set_epoch(StoredDocument& document, std::string_view epoch) {
  if (!set_epoch_.bind(1, document.number).bind_text(2, epoch).run()) return false;
  when_committed([&document, renewed = std::string(epoch)] {
    document.epoch = renewed;
    document.unsafe_run.clear();
  });
  return true;
}

bool SqliteWriter::remove(StoredDocument& document) {
  for (std::size_t i = 0; i < 5; ++i) {
    if (!remove_all_[i].bind(1, document.number).run()) return false;
  }
  document.removed = true;
  removed_.push_back(&document);
  return true;
}

// ---- appending

Status SqliteWriter::append(std::string_view id, std::string_view epoch, std::uint64_t expected,
                            const RevisionPtr& revision) {
  StoredDocument* document = find(id);
  if (failed_) return Status::unavailable;
  if (document == nullptr || document->epoch != epoch || expected < document->first) return Status::gone;
  const std::uint64_t head = document->head() + document->appending;
  if (expected != head) return expected > head ? Status::shorter : Status::conflict;
  if (in_memory() && document->unsafe_run != run_id_) {
    if (!set_unsafe_.bind(1, document->number).bind_text(2, run_id_).run()) failed_ = true;
    when_committed([document, run = run_id_] { document->unsafe_run = run; });
  }
  if (!journal_writer_) journal_writer_ = std::make_unique<ChunkWriter>(journal_);
  journal_writer_->number(static_cast<std::uint64_t>(document->number));
  journal_writer_->number(revision->version);
  journal_writer_->add(*revision);
  appended_.push_back({document, revision});
  ++document->appending;
  return failed_ ? Status::unavailable : Status::ok;
}

std::optional<std::vector<RevisionPtr>> SqliteWriter::revisions_after(std::string_view id, std::uint64_t from) {
  const StoredDocument* document = catalogue_.find(id);
  if (document == nullptr || from < document->first) return std::nullopt;
  std::vector<RevisionPtr> revisions;
  if (from < document->settled && !segments_.read(document->number, from, document->settled, SIZE_MAX, revisions)) {
    return std::nullopt;
  }
  for (const RevisionPtr& revision : document->tail) {
    if (revision->version > from) revisions.push_back(revision);
  }
  return revisions;
}

// ---- transactions

void SqliteWriter::run(JobQueue<WriteJob>& queue) {
  const Duration patience = in_memory() ? Duration(options_.memory_flush) : Duration(std::chrono::seconds(1));
  while (auto taken = queue.take(options_.group_max, patience)) {
    Jobs group;
    for (auto& job : *taken) {
      const bool ends = job->ends_group();
      group.push_back(std::move(job));
      if (ends) run_group(std::exchange(group, {}));
    }
    if (!group.empty() || taken->empty()) run_group(std::move(group));
  }
  settle_all_ = true;
  run_group({});
  database_.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

void SqliteWriter::run_group(Jobs jobs) {
  if (jobs.empty() && to_settle_.empty() && !database_.in_transaction()) return;
  failed_ = !database_.in_transaction() && !database_.exec("BEGIN IMMEDIATE");
  for (const auto& job : jobs) failed_ = failed_ || !job->run(*this);
  if (!failed_ && !commit_due(jobs)) {
    publish();
  } else if (failed_ || !commit()) {
    failed_ = true;
    log::error("documents.store_failed", {{"error", database_.error()}, {"code", database_.error_code()}});
    undone();
  } else {
    committed();
  }
  finish(std::move(jobs));
}

// Without durability, appends are answered before their transaction ends.
bool SqliteWriter::commit_due(const Jobs& jobs) const {
  const bool appends_only = std::all_of(jobs.begin(), jobs.end(), [](const auto& job) { return job->is_append(); });
  return !in_memory() || !appends_only || settle_all_ || journal_.size() >= options_.memory_flush_bytes ||
         std::chrono::steady_clock::now() - last_commit_ >= options_.memory_flush;
}

bool SqliteWriter::commit() {
  const TimePoint started = std::chrono::steady_clock::now();
  if (!journal_.empty()) {
    stats_.journal_bytes.add(journal_.size());
    if (!insert_journal_.bind(1, next_row_).bind_blob(2, journal_).run()) return false;
  }
  if (!settle_due() || !database_.exec("COMMIT")) return false;
  last_commit_ = std::chrono::steady_clock::now();
  stats_.transactions.add();
  stats_.commit_seconds.observe(std::chrono::duration<double>(last_commit_ - started).count());
  return true;
}

// Lets readers and later appends see what was appended.
void SqliteWriter::publish() {
  stats_.revisions.add(appended_.size());
  stats_.group_revisions.observe(static_cast<double>(appended_.size()));
  catalogue_.change([this] {
    for (const Settled& settled : settled_) {
      StoredDocument& document = *settled.document;
      const auto end = document.tail.begin() + static_cast<std::ptrdiff_t>(settled.revisions);
      document.changed_ms = (*std::prev(end))->time_ms;
      document.settled += settled.revisions;
      document.tail.erase(document.tail.begin(), end);
      document.open_segment = settled.open_segment;
      document.waits_to_settle = false;
      to_settle_.erase(document.place);
    }
    for (Appended& appended : appended_) add_to_tail(*appended.document, std::move(appended.revision), next_row_);
    for (const auto& change : changes_) change();
  });
  settled_.clear();
  appended_.clear();
  changes_.clear();
}

void SqliteWriter::committed() {
  publish();
  if (!journal_.empty()) ++next_row_;
  journal_.clear();
  journal_writer_.reset();
  created_.clear();
  for (StoredDocument* document : std::exchange(removed_, {})) {
    if (document->waits_to_settle) to_settle_.erase(document->place);
    catalogue_.remove(*document);
  }
}

void SqliteWriter::undone() {
  stats_.transactions_failed.add();
  if (database_.in_transaction()) database_.exec("ROLLBACK");
  for (const Appended& appended : appended_) --appended.document->appending;
  appended_.clear();
  settled_.clear();
  changes_.clear();
  journal_.clear();
  journal_writer_.reset();
  for (StoredDocument* document : std::exchange(removed_, {})) document->removed = false;
  for (StoredDocument* document : std::exchange(created_, {})) catalogue_.remove(*document);
}

void SqliteWriter::finish(Jobs jobs) {
  Answers answers;
  for (auto& job : jobs) {
    job->settle(*this, !failed_);
    answers.add(std::move(job));
  }
  answers.post();
  catalogue_.forget(options_.documents_in_memory);
}

void SqliteWriter::add_to_tail(StoredDocument& document, RevisionPtr revision, std::uint64_t row) {
  if (document.appending > 0) --document.appending;
  document.tail.push_back(std::move(revision));
  if (std::exchange(document.waits_to_settle, true)) return;
  document.tail_row = row;
  document.tail_since = std::chrono::steady_clock::now();
  document.place = to_settle_.insert(to_settle_.end(), &document);
}

}  // namespace tutti::documents
