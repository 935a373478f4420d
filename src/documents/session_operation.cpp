// Operations on their way in: whose they are, whether they are known, and what they stand on.
#include <algorithm>

#include "documents/changes.hpp"
#include "documents/session.hpp"
#include "ot/composite.hpp"

namespace tutti::documents {

void Session::operation(ReplyTo to, OperationRequest request) {
  Member* member = member_of(to);
  if (member == nullptr) return;
  if (member->author == nullptr || member->access != Access::write) {
    return refuse(to, ErrorCode::forbidden, "the document was opened for reading only");
  }
  if (request.client != member->author->state.author->client) {
    return refuse(to, ErrorCode::invalid_request, "client is not the one given in document:open");
  }
  if (shutting_down_) return refuse_later(to, ErrorCode::shutting_down, "the server is shutting down");
  const TimePoint now = context_.scheduler.now();
  if (!member->operations.take(context_.limits.operations_per_member, now)) {
    const Duration wait = member->operations.wait(context_.limits.operations_per_member, now);
    return refuse(to, {ErrorCode::rate_limited, "too many operations",
                       std::chrono::ceil<std::chrono::milliseconds>(wait).count()});
  }
  take({member, member->author, to}, request);
}

void Session::guest_operation(PeerPtr peer, ReplyTo to, OperationRequest request) {
  if (shutting_down_) return refuse_later(to, ErrorCode::shutting_down, "the server is shutting down");
  if (context_.access.document(*peer, *name_) != Access::write) {
    return refuse(to, ErrorCode::forbidden, "no access to write this document");
  }
  auto run = [this, peer, to, request = std::move(request)]() mutable {
    const std::uint64_t base = request.version;
    when_at_least(base, to, [this, peer, to, request = std::move(request)]() mutable {
      if (state_ != State::loaded) return refuse_later(to, ErrorCode::unavailable, "the document was closed");
      take({nullptr, &authors_.get(peer->user_id, request.client), to}, request);
    });
  };
  when_loaded(to, nullptr, std::move(run));
}

void Session::take(Source source, OperationRequest& request) {
  AuthorEntry& author = *source.author;
  const std::uint64_t sent = source.member != nullptr ? source.member->sent : version();
  if ((request.epoch && *request.epoch != epoch_) || request.version < log_first_) {
    context_.stats.refusals[static_cast<std::size_t>(ErrorCode::stale)].add();
    context_.stats.wholes.add();
    context_.sink.refuse_stale(source.to, {ErrorCode::stale, "the operation's base is not in the log"}, whole(&author));
    if (source.member != nullptr) {
      source.member->sent = version();
      settle_waiting(*source.member);
    }
    return;
  }
  if (known(source, request)) return;
  if (request.version > sent) {
    return refuse(source.to, ErrorCode::invalid_request, "version is newer than what was sent");
  }
  if (request.version < author.state.version) {
    return refuse(source.to, ErrorCode::invalid_request, "version is older than this client's newest operation");
  }
  if (request.refused) return refuse(source.to, *request.refused);
  if (request.change.is_rich() && !type_->rich()) {
    return refuse(source.to, change_error(ot::ChangeError::rich_in_text));
  }
  const TimePoint now = context_.scheduler.now();
  if (!operations_.take(context_.limits.operations_per_document, now)) {
    const Duration wait = operations_.wait(context_.limits.operations_per_document, now);
    return refuse(source.to, {ErrorCode::rate_limited, "too many operations in this document",
                              std::chrono::ceil<std::chrono::milliseconds>(wait).count()});
  }
  if (queue_.size() >= context_.limits.queued_operations) {
    return refuse_later(source.to, ErrorCode::unavailable, "too many operations wait for this document");
  }
  if (request.version < window_.first()) {
    author.waiting_seq = request.seq;
    wait_for(source, request.seq, request.version);
    return take_bridged(author, request);
  }
  if (request.base_length > window_.length_at(request.version)) {
    return refuse(source.to, change_error(ot::ChangeError::beyond_end));
  }
  wait_for(source, request.seq, request.version);
  queue(author, request.seq, request.version, std::move(request.change));
}

// Whether the operation is committed or waits already, or may not be sent now; then it was answered, or will be.
bool Session::known(const Source& source, const OperationRequest& request) {
  AuthorEntry& author = *source.author;
  if (request.seq <= author.newest()) {
    if (!author.state.committed.contains(request.seq)) {
      refuse(source.to, ErrorCode::invalid_request, "seq is not newer than the newest one, and was not committed");
      return true;
    }
    context_.stats.duplicates.add();
    const std::uint64_t made = version_of(author, request.seq);
    if (source.member != nullptr && made > source.member->sent) {
      wait_for(source, request.seq, request.version);  // for the delivery
    } else {
      context_.sink.duplicate(source.to, made, request.seq);
    }
    return true;
  }
  if (author.waiting_seq == 0) return false;
  if (author.waiting_seq == request.seq) {
    context_.stats.duplicates.add();
    wait_for(source, request.seq, request.version);
  } else {
    refuse(source.to, ErrorCode::invalid_request, "another operation of this client is not committed yet");
  }
  return true;
}

void Session::wait_for(const Source& source, std::uint64_t seq, std::uint64_t from) {
  if (!source.to.wanted()) return;
  if (source.member != nullptr) {
    source.member->waiting.push_back({seq, source.to.ack});
  } else {
    source.author->guests.push_back({source.to, from, source.put});
  }
}

// An operation on a base that only the log still has: moved to the oldest version in memory, then queued.
void Session::take_bridged(AuthorEntry& author, OperationRequest& request) {
  auto held = std::make_unique<OperationRequest>(std::move(request));
  const std::uint64_t base = held->version;
  const AuthorPtr who = author.state.author;
  call_bridge(base, 0, [this, who, held = std::move(held)](std::optional<Bridge> bridge) {
    if (state_ != State::loaded) return;  // everybody was told
    AuthorEntry& own = authors_.get(who);
    if (own.waiting_seq != held->seq) return;  // another server committed it meanwhile
    if (!bridge) {
      return refuse_operation(
          own, held->seq,
          {ErrorCode::unavailable, "the history cannot be read now", context_.limits.retry_after.count()});
    }
    const auto difference = bridge->before.length_difference();
    const auto length = static_cast<std::ptrdiff_t>(window_.length_at(bridge->to)) - difference;
    if (static_cast<std::ptrdiff_t>(held->base_length) > length) {
      return refuse_operation(own, held->seq, change_error(ot::ChangeError::beyond_end));
    }
    queue(own, held->seq, bridge->to, ot::Composite(bridge->before).transform(held->change));
  });
}

void Session::queue(AuthorEntry& author, std::uint64_t seq, std::uint64_t base, Change change) {
  author.waiting_seq = seq;
  queue_.push_back({&author, seq, base, std::move(change), context_.scheduler.now()});
  schedule_flush();
}

// Answers everybody who waits for the operation; it is forgotten.
void Session::refuse_operation(AuthorEntry& author, std::uint64_t seq, const Error& error) {
  author.waiting_seq = 0;
  for (const AuthorEntry::Guest& guest : std::exchange(author.guests, {})) refuse(guest.to, error);
  if (Member* member = author.member) {
    const auto waits = [seq](const Member::Waiting& it) { return it.seq == seq; };
    for (const Member::Waiting& waiting : member->waiting) {
      if (waits(waiting)) refuse({member->connection(), waiting.ack}, error);
    }
    std::erase_if(member->waiting, waits);
    finish_closing(*member);
  } else {
    authors_.release(author);
  }
}

// The version that a committed operation made, as far as it is in memory; else that of the author's newest one.
std::uint64_t Session::version_of(const AuthorEntry& author, std::uint64_t seq) const {
  if (seq == author.newest()) return author.state.version;
  for (std::uint64_t at = author.state.previous_version; at > window_.first(); --at) {
    for (const Operation& operation : window_.revision(at)->operations) {
      if (operation.seq == seq && *operation.author == *author.state.author) return at;
    }
  }
  return author.state.previous_version;
}

}  // namespace tutti::documents
