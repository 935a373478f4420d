// Committing: what waits becomes one revision, appended to the log; a lost race builds it afresh.
#include <algorithm>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "documents/session.hpp"

namespace tutti::documents {
namespace {

// Appends lost in a row after which the members are brought up to date between two attempts.
constexpr std::size_t kConflictsInSilence = 3;

}  // namespace

// The time between two flushes grows with the members to be told: ten people feel no delay, ten thousand cost twenty
// flushes a second.
Duration Session::flush_interval() const {
  const Duration wanted = context_.limits.interval_per_member * static_cast<std::int64_t>(members_.size());
  return std::min<Duration>(wanted, context_.limits.batch_interval);
}

void Session::schedule_flush() {
  if (flight_ || queue_.empty() || flush_timer_.armed()) return;
  const TimePoint now = context_.scheduler.now();
  const TimePoint due = flushed_once_ ? last_flush_ + flush_interval() : now;
  flush_timer_.arm(due > now ? due - now : Duration::zero());
}

void Session::flush() {
  if (flight_ || queue_.empty() || state_ != State::loaded) return;
  flush_timer_.cancel();
  flushed_once_ = true;
  last_flush_ = context_.scheduler.now();
  BuiltRevision built = builder_.build(*name_, queue_, window_, *content_, context_.scheduler.wall_time_ms());
  context_.stats.hook_changes.add(built.hook_changes);
  if (!built.revision && built.refused.empty()) return queue_.clear();  // all of them are in the log already
  flight_ = Flight{std::exchange(queue_, {}), built.revision, std::move(built.refused), ++flights_};
  ++log_calls_;
  const std::uint64_t number = flights_;
  if (built.revision) {
    context_.log.append(*name_, epoch_, version(), built.revision, [this, number](AppendResult result) {
      --log_calls_;
      appended(number, std::move(result));
    });
  } else {
    context_.log.read(*name_, version(), kNumberMax, context_.limits.memory_revisions,
                      [this, number](Result<ReadRevisions, LogError> result) {
                        --log_calls_;
                        read_instead(number, std::move(result));
                      });
  }
}

void Session::appended(std::uint64_t number, AppendResult result) {
  if (!flight_ || flight_->number != number) return;  // everybody was told
  switch (result.status) {
    case AppendResult::Status::ok: {
      const Flight flight = std::move(*flight_);
      flight_.reset();
      return committed(flight);
    }
    case AppendResult::Status::conflict:
      return lost_race(result.missing);
    case AppendResult::Status::shorter:
      append_unavailable();
      return renew_epoch();
    case AppendResult::Status::gone:
      return document_gone();
    case AppendResult::Status::unavailable:
      append_unavailable();
      return read_news();  // it may have been committed
  }
}

void Session::read_instead(std::uint64_t number, Result<ReadRevisions, LogError> result) {
  if (!flight_ || flight_->number != number) return;
  if (!result.has_value() && result.error() == LogError::not_found) return document_gone();
  if (!result.has_value()) return append_unavailable();
  if (result->epoch != epoch_ || result->first > version()) return document_gone();
  if (!result->revisions.empty() && result->revisions.back()->version > version()) return lost_race(result->revisions);
  const Flight flight = std::move(*flight_);
  flight_.reset();
  for (const BuiltRevision::Refused& it : flight.refused) {
    if (it.author->waiting_seq == it.seq) refuse_operation(*it.author, it.seq, it.error);
  }
  deliver_all();  // what lost races have brought
  schedule_flush();
}

void Session::committed(const Flight& flight) {
  conflicts_in_a_row_ = 0;
  if (!advance(flight.revision, Origin::own)) return;
  const TimePoint now = context_.scheduler.now();
  const std::size_t operations = flight.revision->operations.size();
  context_.stats.revisions.add();
  context_.stats.operations.add(operations);
  context_.stats.flush_operations.observe(static_cast<double>(operations));
  for (const Pending& operation : flight.operations) {
    context_.stats.commit_seconds.observe(std::chrono::duration<double>(now - operation.arrived).count());
  }
  for (const BuiltRevision::Refused& it : flight.refused) {
    if (it.author->waiting_seq == it.seq) refuse_operation(*it.author, it.seq, it.error);
  }
  deliver_all();
  housekeeping();
  schedule_flush();
}

void Session::lost_race(const std::vector<RevisionPtr>& missing) {
  context_.stats.conflicts.add();
  return_flight();
  for (const RevisionPtr& revision : missing) {
    if (!advance(revision, Origin::foreign)) return;
  }
  if (++conflicts_in_a_row_ > kConflictsInSilence) deliver_all();
  flush();
  if (!flight_) deliver_all();  // nothing was left to commit: all of it was in the log already
}

// What was in the lost append waits again, in front of what came meanwhile.
void Session::return_flight() {
  std::vector<Pending> operations = std::move(flight_->operations);
  flight_.reset();
  operations.insert(operations.end(), std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  queue_ = std::move(operations);
}

void Session::append_unavailable() {
  context_.stats.appends_unavailable.add();
  const Flight flight = std::move(*flight_);
  flight_.reset();
  const Error error{ErrorCode::unavailable, "the store cannot commit now", context_.limits.retry_after.count()};
  for (const Pending& operation : flight.operations) {
    if (operation.author->waiting_seq == operation.seq) refuse_operation(*operation.author, operation.seq, error);
  }
  deliver_all();
  schedule_flush();
}

// Takes in a revision that is in the log. One that is known already is passed over. False: it does not fit, and the
// session has closed everything.
bool Session::advance(const RevisionPtr& revision, Origin origin) {
  if (revision->version <= version()) return true;
  const bool fits = revision->version == version() + 1 && !revision->operations.empty() &&
                    content_->apply(revision->composed).has_value();
  if (!fits) {
    log::error("documents.revision_does_not_fit", {{"document", *name_}, {"version", revision->version}});
    if (origin != Origin::load) close_all(CloseReason::stale);
    return false;
  }
  movers_.clear();
  for (std::size_t i = 0; i < revision->operations.size(); ++i) {
    AuthorEntry& author = authors_.commit(*revision, i);
    if (!author.guests.empty() && author.waiting_seq == 0) guests_due_.push_back(&author);
    if (author.member != nullptr && cursors_.size() > 0) movers_.push_back({author.member->connection(), i});
  }
  cursors_.move_over(*revision, movers_);
  window_.push(revision);
  if (origin == Origin::foreign) context_.stats.foreign_revisions.add();
  return true;
}

// Snapshots, and what memory may forget.
void Session::housekeeping() {
  used_ = context_.scheduler.now();
  const Limits& limits = context_.limits;
  if (bridging_ == 0 && window_.exceeds(limits.memory_revisions, limits.memory_operations)) {
    std::uint64_t needed = version();
    for (const Pending& operation : queue_) needed = std::min(needed, operation.base);
    if (flight_) {
      for (const Pending& operation : flight_->operations) needed = std::min(needed, operation.base);
    }
    window_.trim(limits.memory_revisions, limits.memory_operations, needed);
  }
  if (version() - snapshot_version_ < limits.snapshot_every) return;
  snapshot_version_ = version();
  const std::int64_t now = context_.scheduler.wall_time_ms();
  const std::int64_t oldest = now - std::chrono::milliseconds(limits.client_age).count();
  authors_.forget(log_first_, oldest);
  auto snapshot =
      std::make_shared<Snapshot>(Snapshot{version(), now, content_->clone(), authors_.states(log_first_, oldest)});
  context_.stats.snapshots.add();
  ++log_calls_;
  context_.log.save_snapshot(
      *name_, epoch_, std::move(snapshot),
      {limits.log_window_revisions, now - std::chrono::milliseconds(limits.log_window_age).count()},
      [this](Result<std::uint64_t, LogError> first) {
        --log_calls_;
        if (first.has_value() && state_ == State::loaded) log_first_ = std::max(log_first_, *first);
      });
}

}  // namespace tutti::documents
