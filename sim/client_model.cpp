#include "client_model.hpp"

#include <algorithm>

#include "codec/json.hpp"
#include "documents/changes.hpp"
#include "ot/algebra.hpp"
#include "ot/diff.hpp"

namespace tutti::sim {
namespace {

using codec::Value;
using ot::Change;
using ot::Side;

std::uint64_t number(const Value& payload, std::string_view name) {
  const auto whole = payload[name].whole_number();
  if (!whole || *whole < 0) throw ProtocolBreak(std::string(name) + " is no number");
  return static_cast<std::uint64_t>(*whole);
}

std::string_view text(const Value& payload, std::string_view name) {
  if (!payload[name].is_string()) throw ProtocolBreak(std::string(name) + " is no text");
  return payload[name].as_string();
}

bool is_ok(const Value& answer) { return answer["ok"].kind() == codec::Kind::boolean && answer["ok"].as_boolean(); }

Change apply(const Change& document, const Change& change) {
  if (change.base_length() > document.target_length()) throw ProtocolBreak("a change reaches over the end");
  Change result = ot::compose(document, change);
  if (!result.is_document()) throw ProtocolBreak("a change does not fit the document");
  return result;
}

}  // namespace

Change ClientModel::read(const Value& changes, std::size_t* base_length) const {
  static const documents::Limits limits = [] {
    documents::Limits all;
    all.operation_bytes = SIZE_MAX;
    all.components = SIZE_MAX;
    return all;
  }();
  if (changes.is_string()) return *documents::read_document(changes, limits);
  auto read = documents::read_change(changes, limits);
  if (!read.has_value()) throw ProtocolBreak("the server sent a bad change: " + read.error().message);
  if (base_length != nullptr) *base_length = read->base_length;
  return std::move(read->change);
}

void ClientModel::edit(const Change& change) {
  content_ = apply(content_, change);
  if (in_flight_) {
    buffer_ = buffer_ ? ot::compose(*buffer_, change) : change;
  } else {
    next(change);
  }
}

void ClientModel::next(Change change) {
  in_flight_ = std::move(change);
  in_flight_sent_ = waits_to_retry_ = false;
  ++seq_;
}

void ClientModel::settle() {
  if (in_flight_ || !buffer_) return;
  Change change = std::move(*buffer_);
  buffer_.reset();
  next(std::move(change));
}

std::string ClientModel::open_payload() {
  opening_ = true;
  std::string json;
  codec::JsonWriter writer(json);
  writer.begin_object(known_ ? 5 : 3);
  writer.field("document", "doc");
  writer.field("create", true);
  writer.field("client", client_);
  if (known_) {
    writer.field("version", static_cast<std::int64_t>(version_));
    writer.field("epoch", epoch_);
  }
  writer.end_object();
  return json;
}

std::optional<std::string> ClientModel::operation_payload() {
  if (!open_ || !in_flight_ || in_flight_sent_) return std::nullopt;
  in_flight_sent_ = true;
  std::string json;
  codec::JsonWriter writer(json);
  writer.begin_object(6);
  writer.field("document", "doc");
  writer.field("version", static_cast<std::int64_t>(version_));
  writer.field("epoch", epoch_);
  writer.field("client", client_);
  writer.field("seq", static_cast<std::int64_t>(seq_));
  writer.key("changes");
  documents::write_change(writer, *in_flight_);
  writer.end_object();
  return json;
}

ClientModel::Then ClientModel::opened(const Value& answer) {
  opening_ = false;
  if (!is_ok(answer)) return Then::retry_later;
  open_ = true;
  in_flight_sent_ = waits_to_retry_ = false;
  epoch_ = text(answer, "epoch");
  if (!answer["content"].is_undefined()) {
    take_whole(answer);
    return Then::nothing;
  }
  return take_delivery(answer);
}

ClientModel::Then ClientModel::operation_answered(std::uint64_t seq, const Value& answer) {
  if (is_ok(answer)) {
    if (number(answer, "seq") != seq) throw ProtocolBreak("an answer about another operation");
    if (answer["duplicate"].is_undefined()) return take_delivery(answer);
    if (in_flight_ && seq == seq_) throw ProtocolBreak("a duplicate whose delivery was never seen");
    return Then::nothing;
  }
  const std::string_view code = text(answer["error"], "code");
  const bool current = in_flight_ && seq == seq_;
  if (code == "stale") {
    if (!open_) return Then::nothing;
    in_flight_sent_ = false;
    epoch_ = text(answer, "epoch");
    take_whole(answer);
    return Then::nothing;
  }
  if (!current) return Then::nothing;
  if (code == "unavailable" || code == "rate-limited" || code == "shutting-down") {
    waits_to_retry_ = true;
    return Then::retry_later;
  }
  if (code == "not-open") {
    open_ = in_flight_sent_ = false;
    return Then::open_again;
  }
  refused_.push_back(seq);
  undo_in_flight();
  return Then::nothing;
}

ClientModel::Then ClientModel::update(const Value& event) { return open_ ? take_delivery(event) : Then::nothing; }

ClientModel::Then ClientModel::acknowledged(const Value& event) { return open_ ? take_delivery(event) : Then::nothing; }

ClientModel::Then ClientModel::closed(const Value& event) {
  const std::string_view reason = text(event, "reason");
  open_ = in_flight_sent_ = false;
  return reason == "replaced" ? Then::end : Then::open_again;
}

ClientModel::Then ClientModel::take_delivery(const Value& payload) {
  const std::uint64_t from = number(payload, "from");
  const std::uint64_t version = number(payload, "version");
  if (from != version_) {
    if (version <= version_) return Then::nothing;
    open_ = false;
    return Then::open_again;
  }
  if (!payload["operations"].is_undefined()) {
    take_own(payload);
  } else {
    apply_remote(read(payload["changes"]));
  }
  version_ = version;
  settle();
  return Then::nothing;
}

// The client's guess against what was committed.
void ClientModel::take_own(const Value& payload) {
  const std::uint64_t seq = number(payload, "seq");
  // Refused by one server while another, which could not say so, was committing it: somebody else's, as it were.
  if (std::find(refused_.begin(), refused_.end(), seq) != refused_.end()) {
    ++refused_and_committed_;
    if (!payload["before"].is_undefined()) apply_remote(read(payload["before"]));
    for (const Value& operation : payload["operations"].elements()) apply_remote(read(operation));
    if (!payload["after"].is_undefined()) apply_remote(read(payload["after"]));
    return;
  }
  if (!in_flight_ || seq != seq_)
    throw ProtocolBreak("acknowledged " + std::to_string(seq) + ", in flight " +
                        (in_flight_ ? std::to_string(seq_) : "nothing"));
  ++acknowledgements_;
  const auto operations = payload["operations"].elements();
  const std::uint64_t index = number(payload, "index");
  if (index >= operations.size()) throw ProtocolBreak("index is beyond the operations");
  if (!payload["before"].is_undefined()) apply_remote(read(payload["before"]));
  for (std::uint64_t i = 0; i < index; ++i) apply_remote(read(operations[i]));
  const Change own = read(operations[index]);
  const Change guess = std::move(*in_flight_);
  in_flight_.reset();
  if (guess != own) {
    ++corrections_;
    rebase_buffer(ot::compose(ot::invert(guess, committed_), own));
  }
  committed_ = apply(committed_, own);
  for (std::uint64_t i = index + 1; i < operations.size(); ++i) apply_remote(read(operations[i]));
  if (!payload["after"].is_undefined()) apply_remote(read(payload["after"]));
}

// The whole content in place of a delivery: the difference is the change that was missed.
void ClientModel::take_whole(const Value& payload) {
  const Change whole = read(payload["content"]);
  const bool committed = in_flight_ && !payload["seq"].is_undefined() && number(payload, "seq") >= seq_;
  if (known_) ++wholes_;
  if (!known_) {
    committed_ = content_ = whole;
    known_ = true;
  } else if (committed) {
    const Change held = apply(committed_, *in_flight_);
    in_flight_.reset();
    rebase_buffer(ot::diff(held, whole));
    committed_ = whole;
  } else {
    apply_remote(ot::diff(committed_, whole));
  }
  version_ = number(payload, "version");
  settle();
}

void ClientModel::apply_remote(Change remote) {
  committed_ = apply(committed_, remote);
  if (in_flight_) {
    Change rebased = ot::transform(remote, *in_flight_, Side::left);
    in_flight_ = ot::transform(*in_flight_, remote, Side::right);
    remote = std::move(rebased);
  }
  rebase_buffer(std::move(remote));
}

void ClientModel::rebase_buffer(Change remote) {
  if (buffer_) {
    Change rebased = ot::transform(remote, *buffer_, Side::left);
    buffer_ = ot::transform(*buffer_, remote, Side::right);
    remote = std::move(rebased);
  }
  content_ = apply(content_, remote);
}

void ClientModel::undo_in_flight() {
  const Change inverse = ot::invert(*in_flight_, committed_);
  in_flight_.reset();
  in_flight_sent_ = false;
  rebase_buffer(inverse);
  settle();
}

}  // namespace tutti::sim
