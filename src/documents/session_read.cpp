// What is asked about a document without being a member of it: history, old versions; and replacing or deleting it.
#include <algorithm>

#include "documents/changes.hpp"
#include "documents/session.hpp"
#include "ot/algebra.hpp"

namespace tutti::documents {

void Session::history(const PeerPtr& peer, ReplyTo to, HistoryRequest request) {
  if (context_.access.document(*peer, *name_) == Access::none) {
    return refuse(to, ErrorCode::forbidden, "no access to this document");
  }
  when_loaded(to, nullptr, [this, to, request = std::move(request)]() mutable {
    const std::uint64_t wanted = std::max(request.to.value_or(0), request.from.value_or(0));
    when_at_least(wanted, to, [this, to, request = std::move(request)]() mutable { history_loaded(to, request); });
  });
}

void Session::history_loaded(const ReplyTo& to, HistoryRequest& request) {
  if (state_ != State::loaded) return refuse_later(to, ErrorCode::unavailable, "the document was closed");
  const std::uint64_t from = request.from.value_or(log_first_);
  const std::uint64_t until = std::min(request.to.value_or(version()), version());
  if (from < log_first_) {
    return refuse(to, {ErrorCode::stale, "the log does not go back so far", 0, log_first_});
  }
  History history{version(), log_first_, {}};
  if (from >= until || request.limit == 0) return context_.sink.history(to, history);
  if (from >= window_.first()) {
    for (std::uint64_t at = from + 1; at <= until && history.revisions.size() < request.limit; ++at) {
      history.revisions.push_back(window_.revision(at));
    }
    return context_.sink.history(to, history);
  }
  ++log_calls_;
  context_.log.read(*name_, from, until, request.limit, [this, to](Result<ReadRevisions, LogError> read) {
    --log_calls_;
    if (!read.has_value()) return refuse_later(to, ErrorCode::unavailable, "the history cannot be read now");
    context_.sink.history(to, {std::max(version(), read->head), read->first, std::move(read->revisions)});
  });
}

void Session::snapshot(const PeerPtr& peer, ReplyTo to, SnapshotRequest request) {
  if (context_.access.document(*peer, *name_) == Access::none) {
    return refuse(to, ErrorCode::forbidden, "no access to this document");
  }
  when_loaded(to, nullptr, [this, to, wanted = request.version]() {
    if (!wanted) return snapshot_loaded(to, version());
    when_at_least(*wanted, to, [this, to, at = *wanted]() { snapshot_loaded(to, at); });
  });
}

void Session::snapshot_loaded(const ReplyTo& to, std::uint64_t wanted) {
  if (state_ != State::loaded) return refuse_later(to, ErrorCode::unavailable, "the document was closed");
  if (wanted > version()) return refuse(to, ErrorCode::invalid_request, "there is no such version");
  if (wanted < log_first_) {
    return refuse(to, {ErrorCode::stale, "the log does not go back so far", 0, log_first_});
  }
  if (wanted == version()) return context_.sink.snapshot(to, whole(nullptr));
  read_old_version(to, wanted);
}

// The newest stored snapshot before it, and what follows that, composed.
void Session::read_old_version(const ReplyTo& to, std::uint64_t wanted) {
  const auto fail = [this, to] { refuse_later(to, ErrorCode::unavailable, "the history cannot be read now"); };
  ++log_calls_;
  context_.log.read_snapshot(*name_, epoch_, wanted, [this, to, wanted, fail](Result<SnapshotPtr, LogError> snapshot) {
    --log_calls_;
    if (state_ != State::loaded || !snapshot.has_value()) return fail();
    std::shared_ptr<Content> content = *snapshot ? (*snapshot)->content->clone() : type_->empty();
    const std::uint64_t from = *snapshot ? (*snapshot)->version : 0;
    const auto answer = [this, to, wanted](std::shared_ptr<const Content> found) {
      context_.sink.snapshot(to, {epoch_, type_, wanted, std::move(found), 0});
    };
    if (from == wanted) return answer(std::move(content));
    ++log_calls_;
    context_.log.read_spans(*name_, epoch_, from, wanted,
                            [this, content, answer, fail](Result<std::vector<Change>, LogError> spans) {
                              --log_calls_;
                              if (state_ != State::loaded || !spans.has_value()) return fail();
                              for (const Change& span : *spans) {
                                if (!content->apply(span).has_value()) return fail();
                              }
                              answer(content);
                            });
  });
}

void Session::put(PeerPtr peer, ReplyTo to, Put put) {
  if (shutting_down_) return refuse_later(to, ErrorCode::shutting_down, "the server is shutting down");
  if (context_.access.document(*peer, *name_) != Access::write) {
    return refuse(to, ErrorCode::forbidden, "no access to write this document");
  }
  const DocumentType* create = put.type != nullptr ? put.type : &text_type();
  when_loaded(to, create, [this, peer, to, put = std::move(put)]() { put_loaded(peer, to, put); });
}

void Session::put_loaded(const PeerPtr& peer, const ReplyTo& to, const Put& put) {
  if (put.type != nullptr && put.type != type_) {
    return refuse(to, ErrorCode::type_mismatch, "the document is of type " + std::string(type_->name()));
  }
  const auto wanted = type_->load(put.content);
  if (!wanted.has_value()) return refuse(to, change_error(wanted.error()));
  if ((*wanted)->size_bytes() > context_.limits.document_bytes) {
    return refuse(to, ErrorCode::too_large, "the document would become too large");
  }
  OperationRequest request;
  request.version = version();
  request.client = "put-" + random_id(context_.random);  // nobody sends it again
  request.seq = 1;
  request.change = content_->difference(**wanted);
  request.base_length = request.change.base_length();
  if (request.change.empty()) return context_.sink.stored(to, epoch_, version());
  take({nullptr, &authors_.get(peer->user_id, request.client), to, true}, request);
}

void Session::remove(const PeerPtr& peer, ReplyTo to) {
  if (context_.access.document(*peer, *name_) != Access::write) {
    return refuse(to, ErrorCode::forbidden, "no access to write this document");
  }
  ++log_calls_;
  context_.log.remove(*name_, [this, to](Result<void, LogError> removed) {
    --log_calls_;
    if (removed.has_value()) {
      close_all(CloseReason::deleted);
      return context_.sink.removed(to, name_);
    }
    if (removed.error() == LogError::not_found) return refuse(to, ErrorCode::not_found, "there is no such document");
    refuse_later(to, ErrorCode::unavailable, "the store cannot delete it now");
  });
}

}  // namespace tutti::documents
