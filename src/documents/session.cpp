#include "documents/session.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace tutti::documents {

std::string_view to_string(CloseReason reason) noexcept {
  switch (reason) {
    case CloseReason::deleted:
      return "deleted";
    case CloseReason::access_revoked:
      return "access-revoked";
    case CloseReason::replaced:
      return "replaced";
    case CloseReason::stale:
      return "stale";
  }
  return "";
}

Session::Session(const SessionContext& context, std::string document)
    : context_(context),
      name_(std::make_shared<const std::string>(std::move(document))),
      self_(std::make_shared<Session*>(this)),
      announcer_(context.scheduler, context.sink, "document:" + *name_,
                 {.users_max = context.limits.users, .interval = context.limits.user_count_interval}),
      deliveries_(name_),
      builder_(context.limits, context.hook),
      used_(context.scheduler.now()),
      operations_(context.limits.operations_per_document, context.scheduler.now()),
      flush_timer_(context.scheduler, [this] { flush(); }),
      presence_timer_(context.scheduler, [this] { send_presence(); }) {
  context_.stats.open_documents.add(1);
}

Session::~Session() {
  *self_ = nullptr;
  context_.stats.open_documents.add(-1);
  context_.stats.members.add(-static_cast<std::int64_t>(members_.size()));
  for (const auto& member : members_) context_.stats.slow_members.add(member->slow ? -1 : 0);
}

bool Session::busy() const noexcept {
  return log_calls_ > 0 || flight_ || !queue_.empty() || !parked_.empty() || !after_news_.empty() || bridging_ > 0;
}

std::size_t Session::memory_bytes() const { return sizeof *this + (content_ ? content_->memory_bytes() : 0); }

void Session::refuse(const ReplyTo& to, const Error& error) {
  context_.stats.refusals[static_cast<std::size_t>(error.code)].add();
  context_.sink.refuse(to, error);
}

void Session::refuse(const ReplyTo& to, ErrorCode code, std::string message) { refuse(to, {code, std::move(message)}); }

void Session::refuse_later(const ReplyTo& to, ErrorCode code, std::string message) {
  refuse(to, {code, std::move(message), context_.limits.retry_after.count()});
}

Member* Session::member_of(const ReplyTo& to) {
  Member* member = members_.find(to.connection);
  if (member != nullptr && member->closing.empty()) return member;
  refuse(to, ErrorCode::not_open, "this connection has not opened the document");
  return nullptr;
}

void Session::close(ReplyTo to) {
  if (const auto opening = openings_.find(to.connection); opening != openings_.end()) {
    opening->second.closes.push_back(to);
    return;
  }
  Member* member = members_.find(to.connection);
  if (member == nullptr) return context_.sink.left(to, name_);
  member->closing.push_back(to);
  finish_closing(*member);
}

void Session::finish_closing(Member& member) {
  if (member.closing.empty() || !member.waiting.empty()) return;
  const std::vector<ReplyTo> closing = std::move(member.closing);
  leave(member);
  for (const ReplyTo& to : closing) context_.sink.left(to, name_);
}

void Session::answer_closing(Member& member) {
  for (const ReplyTo& to : std::exchange(member.closing, {})) context_.sink.left(to, name_);
}

void Session::disconnected(Connection connection) {
  if (const auto opening = openings_.find(connection); opening != openings_.end()) opening->second.gone = true;
  if (Member* member = members_.find(connection)) leave(*member);
}

void Session::leave(Member& member) {
  const Connection connection = member.connection();
  if (member.slow) context_.stats.slow_members.add(-1);
  context_.stats.members.add(-1);
  AuthorEntry* author = member.author;
  members_.remove(connection);
  if (author != nullptr && author->member == &member) {
    author->member = nullptr;
    authors_.release(*author);
  }
  cursors_.remove(connection);
  announcer_.leave(connection);
  if (cursors_.has_news()) schedule_presence();
  used_ = context_.scheduler.now();
}

void Session::answer_waiting(Member& member, const Error& error) {
  for (const Member::Waiting& waiting : std::exchange(member.waiting, {})) {
    refuse({member.connection(), waiting.ack}, error);
  }
}

void Session::recheck_access() {
  std::vector<Connection> connections;
  for (const auto& member : members_) connections.push_back(member->connection());
  for (const Connection connection : connections) {
    Member* member = members_.find(connection);
    const Access access = context_.access.document(*member->peer, *name_);
    if (access != Access::none) {
      if (member->author != nullptr) member->access = access;
      continue;
    }
    answer_waiting(*member, {ErrorCode::not_open, "the access was taken away"});
    answer_closing(*member);
    context_.sink.closed(connection, name_, CloseReason::access_revoked);
    leave(*member);
  }
}

void Session::shut_down() {
  shutting_down_ = true;
  if (!queue_.empty() && !flight_) flush();
}

}  // namespace tutti::documents
