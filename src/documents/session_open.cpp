// Opening: who becomes a member, and the one delivery that brings it to the newest version.
#include <algorithm>

#include "documents/session.hpp"

namespace tutti::documents {

// Counts as an open under way as long as it lives, wherever its request waits: also in an answer of the log that nobody
// takes any more, after the session's end.
class Session::OpeningToken {
 public:
  OpeningToken(Session& session, Connection connection) : session_(session.self_), connection_(connection) {
    ++session.openings_[connection].count;
  }
  OpeningToken(OpeningToken&& other) noexcept : session_(std::move(other.session_)), connection_(other.connection_) {}
  OpeningToken& operator=(OpeningToken&&) = delete;
  ~OpeningToken() {
    if (session_ != nullptr && *session_ != nullptr) (*session_)->opening_ended(connection_);
  }

 private:
  std::shared_ptr<Session*> session_;
  Connection connection_;
};

struct Session::OpenCall {
  OpeningToken token;
  PeerPtr peer;
  ReplyTo to;
  OpenRequest request;
  std::uint64_t number;
};

void Session::opening_ended(Connection connection) {
  const auto opening = openings_.find(connection);
  if (--opening->second.count > 0) return;
  const std::vector<ReplyTo> closes = std::move(opening->second.closes);
  openings_.erase(opening);
  for (const ReplyTo& to : closes) close(to);
}

bool Session::connection_gone(Connection connection) const {
  const auto opening = openings_.find(connection);
  return opening != openings_.end() && opening->second.gone;
}

void Session::open(PeerPtr peer, ReplyTo to, OpenRequest request, bool slow) {
  if (shutting_down_) return refuse_later(to, ErrorCode::shutting_down, "the server is shutting down");
  const Access access = context_.access.document(*peer, *name_);
  if (access == Access::none) return refuse(to, ErrorCode::forbidden, "no access to this document");
  if (members_.size() >= context_.limits.members && members_.find(to.connection) == nullptr) {
    return refuse_later(to, ErrorCode::unavailable, "the document has too many members");
  }
  const bool creates = request.create && access == Access::write;
  const DocumentType* create = !creates ? nullptr : request.type != nullptr ? request.type : &text_type();
  auto call =
      std::make_unique<OpenCall>(OpenCall{{*this, to.connection}, std::move(peer), to, std::move(request), ++opens_});
  openings_[to.connection].slow = slow;
  when_loaded(to, create, [this, call = std::move(call)]() mutable { open_loaded(std::move(call)); });
}

void Session::open_loaded(OpenCallPtr call) {
  if (connection_gone(call->to.connection)) return;
  const OpenRequest& request = call->request;
  if (request.type != nullptr && request.type != type_) {
    return refuse(call->to, ErrorCode::type_mismatch, "the document is of type " + std::string(type_->name()));
  }
  // The client may have been with a server that knew more.
  const bool same_epoch = request.epoch == epoch_;
  const std::uint64_t wanted = same_epoch ? request.version.value_or(0) : 0;
  const ReplyTo to = call->to;
  when_at_least(wanted, to, [this, call = std::move(call)]() mutable { open_known(std::move(call)); });
}

void Session::open_known(OpenCallPtr call) {
  if (connection_gone(call->to.connection)) return;
  if (state_ != State::loaded) {
    const ReplyTo to = call->to;
    return when_loaded(to, nullptr, [this, call = std::move(call)]() mutable { open_known(std::move(call)); });
  }
  OpenRequest& request = call->request;
  const AuthorEntry* author = authors_.find(call->peer->user_id, request.client);
  if (request.version) {
    const bool deliverable = request.epoch == epoch_ && *request.version <= version() &&
                             *request.version >= log_first_ &&
                             (author == nullptr || author->state.previous_version <= *request.version);
    if (!deliverable) request.version.reset();
  }
  if (!request.version || *request.version >= window_.first()) return enter(*call, nullptr);
  const std::uint64_t own = author != nullptr ? author->state.version : 0;
  call_bridge(*request.version, own, [this, call = std::move(call)](std::optional<Bridge> bridge) mutable {
    if (connection_gone(call->to.connection)) return;
    if (state_ != State::loaded) return open_known(std::move(call));
    if (!bridge) call->request.version.reset();  // the content, then
    enter(*call, bridge ? &*bridge : nullptr);
  });
}

void Session::call_bridge(std::uint64_t from, std::uint64_t own, UniqueFunction<void(std::optional<Bridge>)> done) {
  ++log_calls_;
  ++bridging_;  // the window is not trimmed meanwhile
  context_.stats.catch_ups.add();
  const std::uint64_t to = window_.first();
  read_bridge(context_.log, *name_, epoch_, from, own, to,
              [this, epoch = epoch_, done = std::move(done)](std::optional<Bridge> bridge) mutable {
                --log_calls_;
                --bridging_;
                if (state_ != State::loaded || epoch != epoch_ || (bridge && bridge->to < window_.first()))
                  bridge.reset();
                done(std::move(bridge));
              });
}

Whole Session::whole(const AuthorEntry* author) const {
  return {epoch_, type_, version(), content_->clone(), author != nullptr ? author->newest() : 0};
}

// Another connection, or this one before, has the document open as this author.
void Session::replace_other(AuthorEntry& author, Connection connection) {
  if (author.member == nullptr || author.member->connection() == connection) return;
  Member& other = *author.member;
  answer_waiting(other, {ErrorCode::not_open, "another connection opened the document as this client"});
  answer_closing(other);
  context_.sink.closed(other.connection(), name_, CloseReason::replaced);
  author.member = nullptr;  // the entry stays: it is about to be the new member's
  other.author = nullptr;
  leave(other);
}

Member& Session::make_member(const OpenCall& call, AuthorEntry* author) {
  auto made = std::make_unique<Member>(call.peer, context_.limits.operations_per_member, context_.scheduler.now());
  if (Member* before = members_.find(call.to.connection)) {
    if (before->author == author) {
      made->waiting = std::move(before->waiting);
    } else {
      answer_waiting(*before, {ErrorCode::not_open, "the document was opened as another client"});
    }
    answer_closing(*before);
    made->operations = before->operations;
    if (before->slow) context_.stats.slow_members.add(-1);
    AuthorEntry* old = before->author;
    members_.remove(call.to.connection);
    if (old != nullptr) {
      old->member = nullptr;
      if (old != author) authors_.release(*old);
    }
  } else {
    context_.stats.members.add(1);
  }
  made->slow = openings_.at(call.to.connection).slow;
  Member& member = members_.add(std::move(made));
  member.author = author;
  if (author != nullptr) author->member = &member;
  if (member.slow) context_.stats.slow_members.add(1);
  return member;
}

void Session::enter(const OpenCall& call, const Bridge* bridge) {
  const OpenRequest& request = call.request;
  Access access = context_.access.document(*call.peer, *name_);
  if (access == Access::none) return refuse(call.to, ErrorCode::forbidden, "no access to this document");
  AuthorEntry* author = request.client.empty() ? nullptr : &authors_.get(call.peer->user_id, request.client);
  if (author == nullptr) access = Access::read;
  if (author != nullptr && author->member != nullptr && author->member->opened > call.number) {
    // This request was held up; the client has opened the document over another connection since.
    return refuse(call.to, ErrorCode::not_open, "another connection opened the document as this client");
  }
  if (author != nullptr) replace_other(*author, call.to.connection);
  Member& member = make_member(call, author);
  member.access = access;
  member.opened = call.number;
  announcer_.join({call.peer, request.profile});

  Opened opened{name_, type_, epoch_, access, announcer_.users(), announcer_.roster().user_count(), Whole{}};
  if (!request.version) {
    context_.stats.wholes.add();
    opened.state = whole(author);
  } else if (author != nullptr && author->state.version > *request.version) {
    opened.state = bridge ? deliveries_.acknowledgement(window_, *bridge, *author)
                          : deliveries_.acknowledgement(window_, *request.version, *author);
  } else {
    opened.state = bridge ? deliveries_.update(window_, *bridge) : deliveries_.update(window_, *request.version);
  }
  context_.sink.opened(call.to, opened);
  member.sent = version();
  settle_waiting(member);
}

}  // namespace tutti::documents
