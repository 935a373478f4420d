// The HTTP API: each call is a guest of the document's owner.
#include "codec/json.hpp"
#include "codec/utf8.hpp"
#include "documents/address.hpp"
#include "documents/changes.hpp"
#include "documents/worker.hpp"

namespace tutti::documents {
namespace {

ApiAnswer refusal(Error error) {
  ApiAnswer answer{error.code, {}};
  codec::JsonWriter writer(answer.body);
  write_error(writer, error);
  return answer;
}

ApiAnswer invalid(std::string message) { return refusal({ErrorCode::invalid_request, std::move(message)}); }

constexpr std::size_t kListMax = 1000;

void write_list(ValueWriter& writer, const std::vector<DocumentInfo>& infos, const std::string& next) {
  writer.begin_object(next.empty() ? 2 : 3);
  writer.field("ok", true);
  writer.key("documents");
  writer.begin_array(infos.size());
  for (const DocumentInfo& info : infos) {
    writer.begin_object(7);
    writer.field("document", info.id);
    writer.field("type", info.type);
    writer.field("epoch", info.epoch);
    writer.field("version", static_cast<std::int64_t>(info.version));
    writer.field("first", static_cast<std::int64_t>(info.first));
    writer.field("created", info.created_ms);
    writer.field("changed", info.changed_ms);
    writer.end_object();
  }
  writer.end_array();
  if (!next.empty()) writer.field("next", next);
  writer.end_object();
}

}  // namespace

int http_status(const ApiAnswer& answer) noexcept {
  if (!answer.error) return 200;
  switch (*answer.error) {
    case ErrorCode::invalid_request:
    case ErrorCode::invalid_operation:
    case ErrorCode::unsupported_protocol:
      return 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::not_open:
    case ErrorCode::type_mismatch:
    case ErrorCode::stale:
      return 409;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::rate_limited:
      return 429;
    case ErrorCode::unavailable:
    case ErrorCode::shutting_down:
      return 503;
  }
  return 500;
}

Worker::Guest Worker::guest(const Caller& caller, Done done) {
  const bool anonymous = caller.user_id.empty() || caller.user_id == kAnonymous;
  const std::uint64_t number = next_guest_++;
  guests_.emplace(number, std::move(done));
  const Address address{shard_.index(), 1, codec::Form::json, true};
  auto peer = std::make_shared<const Peer>(Peer{
      address.connection(), "", anonymous ? std::string(kAnonymous) : caller.user_id, anonymous, caller.credentials});
  return {std::move(peer), {address.connection(), number}};
}

void Worker::take_guest_answer(GuestAnswer& answer) {
  const auto found = guests_.find(answer.number);
  if (found == guests_.end()) return;
  Done done = std::move(found->second);
  guests_.erase(found);
  std::optional<ErrorCode> error;
  if (answer.error >= 0) error = static_cast<ErrorCode>(answer.error);
  done({error, std::move(answer.body)});
}

void Worker::get(const Caller& caller, std::string document, std::optional<std::uint64_t> version, Done done) {
  if (!codec::is_id(document, kIdBytes)) return done(invalid("not the id of a document"));
  Guest from = guest(caller, std::move(done));
  const std::uint32_t owner = owner_of(document);
  exchange_.run_on(owner, [from = std::move(from), document = std::move(document), version](Worker& worker) {
    worker.session(document).snapshot(from.peer, from.to, {document, version});
  });
}

void Worker::put(const Caller& caller, std::string document, const codec::Value& body, Done done) {
  if (!codec::is_id(document, kIdBytes)) return done(invalid("not the id of a document"));
  Session::Put put;
  const codec::Value type = body["type"];
  if (type.is_string()) put.type = find_type(type.as_string());
  if (!type.is_undefined() && put.type == nullptr) return done(invalid("type is not one of the known types"));
  auto content = read_document(body["content"], options_.limits);
  if (!content.has_value()) return done(refusal(content.error()));
  put.content = std::move(*content);
  Guest from = guest(caller, std::move(done));
  const std::uint32_t owner = owner_of(document);
  exchange_.run_on(owner, [from = std::move(from), document = std::move(document),
                           put = std::make_unique<Session::Put>(std::move(put))](Worker& worker) {
    worker.session(document).put(from.peer, from.to, std::move(*put));
  });
}

void Worker::remove(const Caller& caller, std::string document, Done done) {
  if (!codec::is_id(document, kIdBytes)) return done(invalid("not the id of a document"));
  Guest from = guest(caller, std::move(done));
  const std::uint32_t owner = owner_of(document);
  exchange_.run_on(owner, [from = std::move(from), document = std::move(document)](Worker& worker) {
    worker.session(document).remove(from.peer, from.to);
  });
}

void Worker::operation(const Caller& caller, std::string document, const codec::Value& body, Done done) {
  auto request = parse_operation(body, options_.limits, document);
  if (!request.has_value()) return done(refusal(request.error()));
  Guest from = guest(caller, std::move(done));
  const std::uint32_t owner = owner_of(document);
  exchange_.run_on(owner, [from = std::move(from),
                           request = std::make_unique<OperationRequest>(std::move(*request))](Worker& worker) {
    worker.session(request->document).guest_operation(from.peer, from.to, std::move(*request));
  });
}

void Worker::revisions(const Caller& caller, std::string document, std::optional<std::uint64_t> from_version,
                       std::optional<std::uint64_t> to, std::optional<std::uint64_t> limit, Done done) {
  if (!codec::is_id(document, kIdBytes)) return done(invalid("not the id of a document"));
  const std::size_t most = options_.limits.history;
  HistoryRequest request{document, from_version, to,
                         static_cast<std::size_t>(std::min<std::uint64_t>(limit.value_or(most), most))};
  Guest from = guest(caller, std::move(done));
  const std::uint32_t owner = owner_of(document);
  exchange_.run_on(owner, [from = std::move(from), request = std::move(request)](Worker& worker) {
    worker.session(request.document).history(from.peer, from.to, request);
  });
}

void Worker::list(const Caller& caller, std::string after, std::size_t limit, Done done) {
  const bool anonymous = caller.user_id.empty() || caller.user_id == kAnonymous;
  auto peer = std::make_shared<const Peer>(
      Peer{0, "", anonymous ? std::string(kAnonymous) : caller.user_id, anonymous, caller.credentials});
  limit = std::clamp<std::size_t>(limit, 1, kListMax);
  log_->list(
      after, limit,
      [this, peer, limit, done = std::move(done)](Result<std::vector<DocumentInfo>, LogError> listed) mutable {
        if (!listed.has_value()) {
          return done(
              refusal({ErrorCode::unavailable, "the store cannot be read now", options_.limits.retry_after.count()}));
        }
        const std::string next = listed->size() == limit ? listed->back().id : "";
        std::erase_if(*listed, [&](const DocumentInfo& it) { return access_.document(*peer, it.id) == Access::none; });
        ApiAnswer answer;
        codec::JsonWriter writer(answer.body);
        write_list(writer, *listed, next);
        done(std::move(answer));
      });
}

}  // namespace tutti::documents
