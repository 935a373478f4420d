#include "documents/requests.hpp"

#include <algorithm>

#include "codec/utf8.hpp"
#include "documents/changes.hpp"

namespace tutti::documents {
namespace {

using codec::Value;

Error invalid(std::string_view field) {
  return {ErrorCode::invalid_request, std::string(field) + " is missing or not what the protocol says"};
}

bool absent(const Value& value) { return value.is_undefined(); }

// Reads fields one by one; the first bad one stays as the error.
class Fields {
 public:
  explicit Fields(const Value& payload) : payload_(payload) {
    if (!payload.is_object()) fail("the payload");
  }

  std::string id(std::string_view name, std::size_t bytes_max) {
    const Value value = payload_[name];
    if (!value.is_string() || !codec::is_id(value.as_string(), bytes_max)) return fail(name), "";
    return std::string(value.as_string());
  }
  std::string id_or_none(std::string_view name, std::size_t bytes_max) {
    return absent(payload_[name]) ? "" : id(name, bytes_max);
  }
  std::uint64_t number(std::string_view name, std::uint64_t least) {
    const auto number = payload_[name].whole_number();
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) < least ||
        static_cast<std::uint64_t>(*number) > kNumberMax) {
      return fail(name), 0;
    }
    return static_cast<std::uint64_t>(*number);
  }
  std::optional<std::uint64_t> number_or_none(std::string_view name) {
    if (absent(payload_[name])) return std::nullopt;
    return number(name, 0);
  }
  std::optional<std::string> text_or_none(std::string_view name) {
    const Value value = payload_[name];
    if (absent(value)) return std::nullopt;
    if (!value.is_string()) return fail(name), std::nullopt;
    return std::string(value.as_string());
  }
  bool flag(std::string_view name) {
    const Value value = payload_[name];
    if (absent(value)) return false;
    if (value.kind() != codec::Kind::boolean) return fail(name), false;
    return value.as_boolean();
  }
  presence::StoredJson json(std::string_view name, std::size_t bytes_max) {
    auto stored = presence::StoredJson::make(payload_[name], bytes_max);
    if (!stored) return fail(name), presence::StoredJson();
    return std::move(*stored);
  }
  void fail(std::string_view name) {
    if (!error_) error_ = invalid(name);
  }

  template <class Request>
  Parsed<Request> result(Request& request) {
    if (error_) return std::move(*error_);
    return std::move(request);
  }
  bool failed() const { return error_.has_value(); }

 private:
  const Value& payload_;
  std::optional<Error> error_;
};

}  // namespace

Parsed<HelloRequest> parse_hello(const Value& payload) {
  Fields fields(payload);
  HelloRequest request;
  request.protocol = static_cast<std::int64_t>(fields.number("protocol", 0));
  request.agent = fields.text_or_none("agent").value_or("");
  return fields.result(request);
}

Parsed<OpenRequest> parse_open(const Value& payload, const Limits& limits) {
  Fields fields(payload);
  OpenRequest request;
  request.document = fields.id("document", kIdBytes);
  if (const auto type = fields.text_or_none("type")) {
    request.type = find_type(*type);
    if (request.type == nullptr) fields.fail("type");
  }
  request.create = fields.flag("create");
  request.version = fields.number_or_none("version");
  request.epoch = fields.text_or_none("epoch");
  request.client = fields.id_or_none("client", kClientBytes);
  request.profile = fields.json("profile", limits.profile_bytes);
  return fields.result(request);
}

Parsed<OperationRequest> parse_operation(const Value& payload, const Limits& limits,
                                         std::optional<std::string> document) {
  Fields fields(payload);
  OperationRequest request;
  if (!document) request.document = fields.id("document", kIdBytes);
  if (document && !codec::is_id(*document, kIdBytes)) fields.fail("document");
  if (document) request.document = std::move(*document);
  request.version = fields.number("version", 0);
  request.epoch = fields.text_or_none("epoch");
  request.client = fields.id("client", kClientBytes);
  request.seq = fields.number("seq", 1);
  if (fields.failed()) return fields.result(request);
  auto read = read_change(payload["changes"], limits);
  if (read.has_value()) {
    request.change = std::move(read->change);
    request.base_length = read->base_length;
  } else {
    request.refused = read.error();
  }
  return request;
}

Parsed<std::string> parse_close(const Value& payload) {
  Fields fields(payload);
  std::string document = fields.id("document", kIdBytes);
  return fields.result(document);
}

Parsed<PresenceRequest> parse_presence(const Value& payload, const Limits& limits) {
  Fields fields(payload);
  PresenceRequest request;
  request.document = fields.id("document", kIdBytes);
  request.version = fields.number("version", 0);
  const Value cursor = payload["cursor"];
  if (!absent(cursor) && !cursor.is_null()) {
    Fields inner(cursor);
    Cursor positions;
    positions.anchor = inner.number("anchor", 0);
    positions.head = inner.number("head", 0);
    if (inner.failed()) fields.fail("cursor");
    request.cursor = positions;
  }
  request.data = fields.json("data", limits.presence_bytes);
  return fields.result(request);
}

Parsed<HistoryRequest> parse_history(const Value& payload, const Limits& limits) {
  Fields fields(payload);
  HistoryRequest request;
  request.document = fields.id("document", kIdBytes);
  request.from = fields.number_or_none("from");
  request.to = fields.number_or_none("to");
  const auto limit = fields.number_or_none("limit");
  request.limit = static_cast<std::size_t>(std::min<std::uint64_t>(limit.value_or(limits.history), limits.history));
  return fields.result(request);
}

Parsed<RoomRequest> parse_room(const Value& payload, const Limits& limits) {
  Fields fields(payload);
  RoomRequest request;
  request.room = fields.id("room", kIdBytes);
  request.profile = fields.json("profile", limits.profile_bytes);
  return fields.result(request);
}

Parsed<RoomEmitRequest> parse_room_emit(const Value& payload) {
  Fields fields(payload);
  RoomEmitRequest request;
  request.room = fields.id("room", kIdBytes);
  request.event = fields.id("event", kIdBytes);
  request.payload = payload["payload"];
  request.volatile_ = fields.flag("volatile");
  return fields.result(request);
}

Parsed<SnapshotRequest> parse_snapshot(const Value& payload) {
  Fields fields(payload);
  SnapshotRequest request;
  request.document = fields.id("document", kIdBytes);
  request.version = fields.number_or_none("version");
  return fields.result(request);
}

}  // namespace tutti::documents
