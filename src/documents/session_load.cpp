// Loading a document from the log, reading what other servers committed, and its end.
#include <algorithm>

#include "base/log.hpp"
#include "documents/session.hpp"

namespace tutti::documents {
namespace {

const Error kUnreadable{ErrorCode::unavailable, "the stored document cannot be read"};

}  // namespace

void Session::when_loaded(ReplyTo to, const DocumentType* create, Task run) {
  if (state_ == State::loaded && parked_.empty()) return run();
  if (parked_.size() >= context_.limits.queued_requests) {
    return refuse_later(to, ErrorCode::unavailable, "too many requests wait for this document");
  }
  parked_.push_back({to, create, std::move(run)});
  if (state_ == State::unloaded) load();
}

void Session::load() {
  state_ = State::loading;
  ++log_calls_;
  context_.stats.loads.add();
  auto done = [this](Result<LoadedDocument, LogError> result) {
    --log_calls_;
    loaded(std::move(result));
  };
  const DocumentType* create = parked_.front().create;
  if (create == nullptr) return context_.log.load(*name_, std::move(done));
  context_.log.load_or_create(
      *name_, {std::string(create->name()), random_id(context_.random), context_.scheduler.wall_time_ms()},
      std::move(done));
}

void Session::loaded(Result<LoadedDocument, LogError> result) {
  used_ = context_.scheduler.now();
  if (!result.has_value() && result.error() == LogError::not_found) {
    state_ = State::unloaded;
    // Those who would not create it are answered; the first who would makes the next attempt.
    while (!parked_.empty() && parked_.front().create == nullptr) {
      const Parked parked = std::move(parked_.front());
      parked_.pop_front();
      refuse(parked.to, ErrorCode::not_found, "there is no such document");
    }
    if (!parked_.empty()) load();
    return;
  }
  std::optional<Error> error;
  if (!result.has_value()) {
    error = result.error() == LogError::corrupt
                ? kUnreadable
                : Error{ErrorCode::unavailable, "the store cannot be read now", context_.limits.retry_after.count()};
  } else if (!restore(*result)) {
    error = kUnreadable;
  }
  if (error) {
    unload();
    for (const Parked& parked : std::exchange(parked_, {})) refuse(parked.to, *error);
    return;
  }
  state_ = State::loaded;
  for (Parked& parked : std::exchange(parked_, {})) parked.run();
}

bool Session::restore(const LoadedDocument& document) {
  type_ = find_type(document.type);
  if (type_ == nullptr) {
    log::error("documents.unknown_type", {{"document", *name_}, {"type", document.type}});
    return false;
  }
  epoch_ = document.epoch;
  log_first_ = document.first;
  snapshot_version_ = document.snapshot ? document.snapshot->version : 0;
  content_ = document.snapshot ? document.snapshot->content->clone() : type_->empty();
  window_ = Window(snapshot_version_, content_->length());
  if (document.snapshot) {
    for (const AuthorState& state : document.snapshot->authors) authors_.restore(state);
  }
  for (const RevisionPtr& revision : document.revisions) {
    if (!advance(revision, Origin::load)) return false;
  }
  return true;
}

void Session::unload() {
  state_ = State::unloaded;
  type_ = nullptr;
  content_.reset();
  window_ = Window();
  deliveries_.clear();
  authors_ = Authors();
  guests_due_.clear();
  cursors_.clear();
  flush_timer_.cancel();
}

void Session::when_at_least(std::uint64_t wanted, const ReplyTo& to, Task run) {
  if (wanted <= version()) return run();
  after_news_.push_back({wanted, to, std::move(run)});
  read_news();
}

void Session::news(std::string_view epoch, std::uint64_t newest) {
  if (state_ == State::loaded && (newest > version() || epoch != epoch_)) read_news();
}

void Session::read_news() {
  if (reading_ || state_ != State::loaded) return;
  reading_ = true;
  ++log_calls_;
  context_.log.read(*name_, version(), kNumberMax, context_.limits.memory_revisions,
                    [this, from = version()](Result<ReadRevisions, LogError> result) {
                      --log_calls_;
                      reading_ = false;
                      news_read(from, std::move(result));
                    });
}

void Session::news_read(std::uint64_t from, Result<ReadRevisions, LogError> result) {
  const auto run_waiting = [this] {
    for (AfterNews& after : std::exchange(after_news_, {})) after.run();
  };
  if (state_ != State::loaded) return run_waiting();
  if (!result.has_value()) {
    if (result.error() == LogError::not_found) return document_gone();
    for (const AfterNews& after : std::exchange(after_news_, {})) {
      refuse_later(after.to, ErrorCode::unavailable, "the log cannot be read now");
    }
    return;
  }
  log_first_ = std::max(log_first_, result->first);
  if (result->epoch != epoch_ || result->first > version()) return document_gone();
  const std::uint64_t known = version();
  if (result->head < from) return renew_epoch();
  for (const RevisionPtr& revision : result->revisions) {
    if (!advance(revision, Origin::foreign)) return;
  }
  if (version() > known) {
    deliver_all();
    housekeeping();
  }
  if (version() < result->head && version() > known) return read_news();  // there was more than one answer holds
  run_waiting();
  schedule_flush();
}

// Acknowledged revisions are missing: whoever holds an older state of the document must learn that.
void Session::renew_epoch() {
  if (std::exchange(ended_, true)) return;
  const std::string epoch = random_id(context_.random);
  log::error("documents.log_shorter", {{"document", *name_}, {"version", version()}});
  context_.stats.epochs_renewed.add();
  ++log_calls_;
  context_.log.renew_epoch(*name_, epoch, [this](Result<void, LogError>) {
    --log_calls_;
    close_all(CloseReason::stale);
  });
}

// The log has another document of this name, or none, or has forgotten what follows our version.
void Session::document_gone() {
  if (std::exchange(ended_, true)) return;
  ++log_calls_;
  context_.log.load(*name_, [this](Result<LoadedDocument, LogError> result) {
    --log_calls_;
    const bool deleted = !result.has_value() && result.error() == LogError::not_found;
    close_all(deleted ? CloseReason::deleted : CloseReason::stale);
  });
}

// Ends what this session holds; the next request loads the document anew.
void Session::close_all(CloseReason reason) {
  const Error not_open{ErrorCode::not_open, "the document was closed"};
  for (const Pending& operation : queue_) operation.author->waiting_seq = 0;
  if (flight_) {
    for (const Pending& operation : flight_->operations) operation.author->waiting_seq = 0;
  }
  queue_.clear();
  flight_.reset();
  for (const AuthorEntry::Guest& guest : authors_.take_guests()) {
    refuse_later(guest.to, ErrorCode::unavailable, "the document was closed");
  }
  while (!members_.empty()) {
    Member& member = **members_.begin();
    answer_waiting(member, not_open);
    answer_closing(member);
    context_.sink.closed(member.connection(), name_, reason);
    leave(member);
  }
  unload();
  ended_ = false;
  context_.stats.unloads.add();
  for (AfterNews& after : std::exchange(after_news_, {})) after.run();
  if (!parked_.empty()) load();
}

}  // namespace tutti::documents
