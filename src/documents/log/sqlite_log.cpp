#include "documents/log/sqlite_log.hpp"

#include "documents/log/record_codec.hpp"

namespace tutti::documents {
namespace {

// A call that reads: `ask` on the reader's thread, the callback on the shard.
template <class T>
class Question final : public ReadJob {
 public:
  using Answered = UniqueFunction<void(Result<T, LogError>)>;
  Question(MailboxPtr mailbox, UniqueFunction<Result<T, LogError>(SqliteReader&)> ask, Answered answered)
      : ReadJob(std::move(mailbox)), ask_(std::move(ask)), answered_(std::move(answered)) {}
  void run(SqliteReader& reader) override { result_ = ask_(reader); }
  void answer() override { answered_(std::move(result_)); }

 private:
  UniqueFunction<Result<T, LogError>(SqliteReader&)> ask_;
  Answered answered_;
  Result<T, LogError> result_ = LogError::unavailable;
};

class AppendJob final : public WriteJob {
 public:
  AppendJob(MailboxPtr mailbox, std::string_view document, std::string_view epoch, std::uint64_t expected,
            RevisionPtr revision, Log::Appended appended)
      : WriteJob(std::move(mailbox)),
        document_(document),
        epoch_(epoch),
        expected_(expected),
        revision_(std::move(revision)),
        appended_(std::move(appended)) {}
  bool is_append() const noexcept override { return true; }
  bool run(SqliteWriter& writer) override {
    result_.status = writer.append(document_, epoch_, expected_, revision_);
    return !writer.failed();
  }
  void settle(SqliteWriter& writer, bool committed) override {
    if (!committed) result_.status = AppendResult::Status::unavailable;
    if (result_.status != AppendResult::Status::conflict) return;
    auto missing = writer.revisions_after(document_, expected_);
    if (!missing) result_.status = AppendResult::Status::gone;
    if (missing) result_.missing = std::move(*missing);
  }
  void answer() override { appended_(std::move(result_)); }

 private:
  const std::string document_;
  const std::string epoch_;
  const std::uint64_t expected_;
  RevisionPtr revision_;
  Log::Appended appended_;
  AppendResult result_;
};

// A call that changes one document: `change` inside the transaction, the callback on the shard.
template <class T>
class ChangeJob final : public WriteJob {
 public:
  using Answered = UniqueFunction<void(Result<T, LogError>)>;
  // Sets the result; false: the store failed.
  using Run = UniqueFunction<bool(SqliteWriter&, Result<T, LogError>&)>;
  ChangeJob(MailboxPtr mailbox, Run change, Answered answered, bool last = false)
      : WriteJob(std::move(mailbox)), change_(std::move(change)), answered_(std::move(answered)), last_(last) {}
  bool ends_group() const noexcept override { return last_; }
  bool run(SqliteWriter& writer) override { return change_(writer, result_) && !writer.failed(); }
  void settle(SqliteWriter&, bool committed) override {
    if (!committed) result_ = LogError::unavailable;
  }
  void answer() override { answered_(std::move(result_)); }

 private:
  Run change_;
  Answered answered_;
  const bool last_;
  Result<T, LogError> result_ = LogError::unavailable;
};

// Content is turned into bytes on the reader's thread, then stored by the writer.
struct EncodedSnapshot {
  std::string content;
  std::string authors;
};
class EncodeJob final : public ReadJob {
 public:
  using Next = UniqueFunction<std::unique_ptr<WriteJob>(EncodedSnapshot)>;
  EncodeJob(MailboxPtr mailbox, SnapshotPtr snapshot, Next next)
      : ReadJob(std::move(mailbox)), snapshot_(std::move(snapshot)), next_(std::move(next)) {}
  void run(SqliteReader&) override {
    encoded_.content = encode_change(snapshot_->content->to_change());
    encoded_.authors = encode_authors(snapshot_->authors);
  }
  std::unique_ptr<WriteJob> next() override { return next_(std::move(encoded_)); }
  void answer() override {}

 private:
  SnapshotPtr snapshot_;
  Next next_;
  EncodedSnapshot encoded_;
};

template <class T, class Ask>
std::unique_ptr<ReadJob> question(const MailboxPtr& mailbox, Ask ask,
                                  UniqueFunction<void(Result<T, LogError>)> answered) {
  return std::make_unique<Question<T>>(mailbox, std::move(ask), std::move(answered));
}

}  // namespace

std::unique_ptr<WriteJob> ReadJob::next() { return nullptr; }

void SqliteLog::load(std::string_view document, Loaded loaded) {
  auto ask = [id = std::string(document)](SqliteReader& reader) { return reader.load(id); };
  reads_.push(question<LoadedDocument>(mailbox_, std::move(ask), std::move(loaded)));
}

void SqliteLog::load_or_create(std::string_view document, Create create, Loaded loaded) {
  auto change = [id = std::string(document), create = std::move(create)](SqliteWriter& writer,
                                                                         Result<void, LogError>& result) {
    if (writer.find(id) == nullptr && !writer.failed()) writer.create(id, create);
    result = Result<void, LogError>();
    return true;
  };
  auto then_load = [this, mailbox = mailbox_, id = std::string(document),
                    loaded = std::move(loaded)](Result<void, LogError> made) mutable {
    if (!made.has_value()) return loaded(made.error());
    load(id, std::move(loaded));
  };
  writes_.push(std::make_unique<ChangeJob<void>>(mailbox_, std::move(change), std::move(then_load)));
}

void SqliteLog::append(std::string_view document, std::string_view epoch, std::uint64_t expected_version,
                       RevisionPtr revision, Appended appended) {
  writes_.push(std::make_unique<AppendJob>(mailbox_, document, epoch, expected_version, std::move(revision),
                                           std::move(appended)));
}

void SqliteLog::read(std::string_view document, std::uint64_t from, std::uint64_t to, std::size_t limit, Read read) {
  auto ask = [id = std::string(document), from, to, limit](SqliteReader& reader) {
    return reader.read(id, from, to, limit);
  };
  reads_.push(question<ReadRevisions>(mailbox_, std::move(ask), std::move(read)));
}

void SqliteLog::read_spans(std::string_view document, std::string_view epoch, std::uint64_t from, std::uint64_t to,
                           Spans spans) {
  auto ask = [id = std::string(document), epoch = std::string(epoch), from, to](SqliteReader& reader) {
    return reader.read_spans(id, epoch, from, to);
  };
  reads_.push(question<std::vector<Change>>(mailbox_, std::move(ask), std::move(spans)));
}

void SqliteLog::read_snapshot(std::string_view document, std::string_view epoch, std::uint64_t version,
                              Snapshots snapshot) {
  auto ask = [id = std::string(document), epoch = std::string(epoch), version](SqliteReader& reader) {
    return reader.read_snapshot(id, epoch, version);
  };
  reads_.push(question<SnapshotPtr>(mailbox_, std::move(ask), std::move(snapshot)));
}

void SqliteLog::save_snapshot(std::string_view document, std::string_view epoch, SnapshotPtr snapshot,
                              const Retention& retention, Saved saved) {
  auto next = [mailbox = mailbox_, id = std::string(document), epoch = std::string(epoch), version = snapshot->version,
               time_ms = snapshot->time_ms, retention, saved = std::move(saved)](EncodedSnapshot encoded) mutable {
    auto change = [id, epoch, version, time_ms, retention, encoded = std::move(encoded)](
                      SqliteWriter& writer, Result<std::uint64_t, LogError>& result) {
      StoredDocument* stored = writer.find(id);
      result = LogError::not_found;
      if (stored == nullptr || stored->epoch != epoch) return true;
      std::uint64_t first = 0;
      if (!writer.save_snapshot(*stored, version, time_ms, encoded.content, encoded.authors, retention, first)) {
        return false;
      }
      result = first;
      return true;
    };
    return std::unique_ptr<WriteJob>(
        std::make_unique<ChangeJob<std::uint64_t>>(mailbox, std::move(change), std::move(saved)));
  };
  reads_.push(std::make_unique<EncodeJob>(mailbox_, std::move(snapshot), std::move(next)));
}

void SqliteLog::renew_epoch(std::string_view document, std::string epoch, Done done) {
  auto change = [id = std::string(document), epoch = std::move(epoch)](SqliteWriter& writer,
                                                                       Result<void, LogError>& result) {
    StoredDocument* stored = writer.find(id);
    result = LogError::not_found;
    if (stored == nullptr) return true;
    result = Result<void, LogError>();
    return writer.set_epoch(*stored, epoch);
  };
  writes_.push(std::make_unique<ChangeJob<void>>(mailbox_, std::move(change), std::move(done), true));
}

void SqliteLog::remove(std::string_view document, Done done) {
  auto change = [id = std::string(document)](SqliteWriter& writer, Result<void, LogError>& result) {
    StoredDocument* stored = writer.find(id);
    result = LogError::not_found;
    if (stored == nullptr) return true;
    result = Result<void, LogError>();
    return writer.remove(*stored);
  };
  writes_.push(std::make_unique<ChangeJob<void>>(mailbox_, std::move(change), std::move(done), true));
}

void SqliteLog::list(std::string_view after, std::size_t limit, Listed listed) {
  auto ask = [id = std::string(after), limit](SqliteReader& reader) { return reader.list(id, limit); };
  reads_.push(question<std::vector<DocumentInfo>>(mailbox_, std::move(ask), std::move(listed)));
}

void SqliteLog::save_version(std::string_view document, NamedVersion version, Done done) {
  SnapshotPtr snapshot = version.snapshot;
  auto next = [mailbox = mailbox_, id = std::string(document), version = std::move(version),
               done = std::move(done)](EncodedSnapshot encoded) mutable {
    auto change = [id, version, encoded = std::move(encoded)](SqliteWriter& writer, Result<void, LogError>& result) {
      StoredDocument* stored = writer.find(id);
      result = LogError::not_found;
      if (stored == nullptr) return true;
      result = Result<void, LogError>();
      return writer.save_version(*stored, version, encoded.content);
    };
    return std::unique_ptr<WriteJob>(std::make_unique<ChangeJob<void>>(mailbox, std::move(change), std::move(done)));
  };
  reads_.push(std::make_unique<EncodeJob>(mailbox_, std::move(snapshot), std::move(next)));
}

void SqliteLog::remove_version(std::string_view document, std::string_view name, Done done) {
  auto change = [id = std::string(document), name = std::string(name)](SqliteWriter& writer,
                                                                       Result<void, LogError>& result) {
    StoredDocument* stored = writer.find(id);
    result = LogError::not_found;
    if (stored == nullptr) return true;
    bool found = false;
    const bool ok = writer.remove_version(*stored, name, found);
    if (found) result = Result<void, LogError>();
    return ok;
  };
  writes_.push(std::make_unique<ChangeJob<void>>(mailbox_, std::move(change), std::move(done)));
}

void SqliteLog::list_versions(std::string_view document, Versions versions) {
  auto ask = [id = std::string(document)](SqliteReader& reader) { return reader.list_versions(id); };
  reads_.push(question<std::vector<NamedVersion>>(mailbox_, std::move(ask), std::move(versions)));
}

}  // namespace tutti::documents
