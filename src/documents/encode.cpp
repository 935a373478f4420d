#include "documents/encode.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "documents/changes.hpp"
#include "presence/encode.hpp"

namespace tutti::documents {
namespace {

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void change_field(ValueWriter& writer, std::string_view name, const Change& change) {
  writer.key(name);
  write_change(writer, change);
}

void content_field(ValueWriter& writer, const Whole& whole) {
  writer.key("content");
  whole.content->write(writer);
}

void write_error_object(ValueWriter& writer, const Error& error) {
  writer.begin_object(2 + (error.retry_after_ms > 0) + error.first.has_value());
  writer.field("code", to_string(error.code));
  writer.field("message", error.message);
  if (error.retry_after_ms > 0) writer.field("retryAfter", error.retry_after_ms);
  if (error.first) writer.field("first", number(*error.first));
  writer.end_object();
}

// Fields of a delivery with an own operation, without `from` and `version`.
std::size_t own_fields(const Frame& frame) {
  return 3 + std::size_t{!frame.before.empty()} + std::size_t{!frame.after.empty()};
}
void write_own(ValueWriter& writer, const Acknowledgement& own, std::string_view operations) {
  const Frame& frame = *own.frame;
  writer.field("seq", number(own.seq));
  if (!frame.before.empty()) change_field(writer, "before", frame.before);
  writer.key("operations");
  writer.raw(operations);
  writer.field("index", std::int64_t{own.index});
  if (!frame.after.empty()) change_field(writer, "after", frame.after);
}

void write_operations(ValueWriter& writer, const Revision& revision) {
  writer.begin_array(revision.operations.size());
  for (const Operation& operation : revision.operations) write_change(writer, operation.change);
  writer.end_array();
}

std::string_view access_name(Access access) { return access == Access::write ? "write" : "read"; }

void write_opened_state(ValueWriter& writer, const Whole& whole) {
  content_field(writer, whole);
  if (whole.seq != 0) writer.field("seq", number(whole.seq));
}

}  // namespace

std::string_view EncodedOperations::of(const RevisionPtr& revision, codec::Form form) {
  if (revision_ != revision) {
    revision_ = revision;
    for (std::string& encoded : encoded_) encoded.clear();
  }
  std::string& encoded = encoded_[static_cast<std::size_t>(form)];
  if (encoded.empty() && form == codec::Form::json) {
    codec::JsonWriter writer(encoded);
    write_operations(writer, *revision);
  } else if (encoded.empty()) {
    codec::MsgpackWriter writer(encoded);
    write_operations(writer, *revision);
  }
  return encoded;
}

void write_error(ValueWriter& writer, const Error& error) {
  writer.begin_object(2);
  writer.field("ok", false);
  writer.key("error");
  write_error_object(writer, error);
  writer.end_object();
}

void write_stale(ValueWriter& writer, const Error& error, const Whole& whole) {
  writer.begin_object(6 + (whole.seq != 0));
  writer.field("ok", false);
  writer.key("error");
  write_error_object(writer, error);
  writer.field("epoch", whole.epoch);
  writer.field("version", number(whole.version));
  writer.field("type", whole.type->name());
  write_opened_state(writer, whole);
  writer.end_object();
}

void write_ok(ValueWriter& writer) {
  writer.begin_object(1);
  writer.field("ok", true);
  writer.end_object();
}

void write_opened(ValueWriter& writer, const Opened& opened, const Limits& limits, EncodedOperations& operations) {
  const auto* whole = std::get_if<Whole>(&opened.state);
  const auto* update = std::get_if<UpdatePtr>(&opened.state);
  const auto* own = std::get_if<Acknowledgement>(&opened.state);
  const std::size_t fields = whole != nullptr ? 1 + (whole->seq != 0) : update != nullptr ? 1 : own_fields(*own->frame);
  const std::uint64_t from = whole != nullptr ? whole->version : update != nullptr ? (*update)->from : own->frame->from;
  const std::uint64_t version = whole != nullptr    ? whole->version
                                : update != nullptr ? (*update)->version
                                                    : own->frame->version;
  writer.begin_object(10 + fields);
  writer.field("ok", true);
  writer.field("document", *opened.document);
  writer.field("type", opened.type->name());
  writer.field("epoch", opened.epoch);
  writer.field("from", number(from));
  writer.field("version", number(version));
  writer.field("access", access_name(opened.access));
  if (whole != nullptr) write_opened_state(writer, *whole);
  if (update != nullptr) change_field(writer, "changes", (*update)->changes);
  if (own != nullptr) write_own(writer, *own, operations.of(own->frame->revision, writer.form()));
  presence::write_users_fields(writer, opened.users, opened.user_count);
  writer.key("limits");
  write_limits(writer, limits);
  writer.end_object();
}

void write_acknowledgement(ValueWriter& writer, const Acknowledgement& own, Carrier carrier,
                           std::string_view operations) {
  const Frame& frame = *own.frame;
  writer.begin_object(3 + own_fields(frame));
  if (carrier == Carrier::answer) {
    writer.field("ok", true);
  } else {
    writer.field("document", *frame.document);
  }
  writer.field("from", number(frame.from));
  writer.field("version", number(frame.version));
  write_own(writer, own, operations);
  writer.end_object();
}

void write_duplicate(ValueWriter& writer, std::uint64_t version, std::uint64_t seq) {
  writer.begin_object(4);
  writer.field("ok", true);
  writer.field("version", number(version));
  writer.field("seq", number(seq));
  writer.field("duplicate", true);
  writer.end_object();
}

void write_history(ValueWriter& writer, const History& history) {
  writer.begin_object(4);
  writer.field("ok", true);
  writer.field("version", number(history.version));
  writer.field("first", number(history.first));
  writer.key("revisions");
  writer.begin_array(history.revisions.size());
  for (const RevisionPtr& revision : history.revisions) {
    writer.begin_object(3);
    writer.field("version", number(revision->version));
    writer.field("time", revision->time_ms);
    writer.key("operations");
    writer.begin_array(revision->operations.size());
    for (const Operation& operation : revision->operations) {
      writer.begin_object(4);
      writer.field("userId", operation.author->user_id);
      writer.field("client", operation.author->client);
      writer.field("seq", number(operation.seq));
      change_field(writer, "changes", operation.change);
      writer.end_object();
    }
    writer.end_array();
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void write_snapshot(ValueWriter& writer, const Whole& whole) {
  writer.begin_object(5);
  writer.field("ok", true);
  writer.field("epoch", whole.epoch);
  writer.field("type", whole.type->name());
  writer.field("version", number(whole.version));
  content_field(writer, whole);
  writer.end_object();
}

void write_stored(ValueWriter& writer, std::string_view epoch, std::uint64_t version) {
  writer.begin_object(3);
  writer.field("ok", true);
  writer.field("epoch", epoch);
  writer.field("version", number(version));
  writer.end_object();
}

void write_update(ValueWriter& writer, const Update& update) {
  writer.begin_object(5 + (update.by != nullptr));
  writer.field("type", "text-change");
  writer.field("document", *update.document);
  writer.field("from", number(update.from));
  writer.field("version", number(update.version));
  change_field(writer, "changes", update.changes);
  if (update.by) writer.field("by", update.by->user_id);
  writer.end_object();
}

void write_presence(ValueWriter& writer, const PresenceNews& news) {
  writer.begin_object(3);
  writer.field("document", *news.document);
  writer.field("version", number(news.version));
  writer.key("users");
  writer.begin_object(news.users.size());
  for (const PresenceEntry& entry : news.users) {
    writer.key(entry.socket_id);
    if (entry.gone) {
      writer.null();
      continue;
    }
    writer.begin_object(1 + entry.cursor.has_value() + !entry.data.absent());
    writer.field("userId", entry.user_id);
    if (entry.cursor) {
      writer.key("cursor");
      writer.begin_object(2);
      writer.field("anchor", number(entry.cursor->anchor));
      writer.field("head", number(entry.cursor->head));
      writer.end_object();
    }
    if (!entry.data.absent()) {
      writer.key("data");
      entry.data.write(writer);
    }
    writer.end_object();
  }
  writer.end_object();
  writer.end_object();
}

void write_closed(ValueWriter& writer, std::string_view document, CloseReason reason) {
  writer.begin_object(2);
  writer.field("document", document);
  writer.field("reason", to_string(reason));
  writer.end_object();
}

void write_limits(ValueWriter& writer, const Limits& limits) {
  writer.begin_object(5);
  writer.field("payload", number(limits.payload_bytes));
  writer.field("operation", number(limits.operation_bytes));
  writer.field("document", number(limits.document_bytes));
  writer.field("users", number(limits.users));
  writer.field("history", number(limits.history));
  writer.end_object();
}

void write_hello(ValueWriter& writer, const ServerName& name, const Limits& limits) {
  writer.begin_object(5);
  writer.field("ok", true);
  writer.field("protocol", std::int64_t{1});
  writer.field("server", name.server);
  writer.field("serverId", name.id);
  writer.key("limits");
  write_limits(writer, limits);
  writer.end_object();
}

}  // namespace tutti::documents
