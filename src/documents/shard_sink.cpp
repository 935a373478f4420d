#include "documents/shard_sink.hpp"

#include "codec/json.hpp"
#include "documents/address.hpp"
#include "presence/encode.hpp"

namespace tutti::documents {
namespace {

constexpr std::string_view kNamespace = "/";

}  // namespace

void ShardSink::answer(const ReplyTo& to, Write write, int error, Note note, Name document) {
  const Address address = Address::of(to.connection);
  if (address.guest) {
    GuestAnswer answer{to.ack, error, {}};
    codec::JsonWriter writer(answer.body);
    write(writer);
    return exchange_.answer_guest(address.worker, std::move(answer));
  }
  Mail mail{{}, {to.connection}, note, std::move(document)};
  if (to.wanted()) {
    auto packet = socketio::encode_ack(address.form, kNamespace, to.ack, 1, std::move(write));
    (address.form == codec::Form::json ? mail.packet.json : mail.packet.msgpack) = std::move(packet);
  } else if (note == Note::none) {
    return;
  }
  exchange_.send(address.worker, std::move(mail));
}

void ShardSink::event(std::span<const Connection> to, std::string_view name, Write write, Note note, Name document) {
  socketio::Forms forms;
  std::vector<std::vector<Connection>> by_worker(exchange_.workers());
  for (const Connection connection : to) {
    const Address address = Address::of(connection);
    forms.add(address.form);
    by_worker[address.worker].push_back(connection);
  }
  const auto packet = socketio::encode_event(forms, kNamespace, name, 1, std::move(write));
  for (std::uint32_t worker = 0; worker < by_worker.size(); ++worker) {
    if (!by_worker[worker].empty()) exchange_.send(worker, {packet, std::move(by_worker[worker]), note, document});
  }
}

void ShardSink::refuse(const ReplyTo& to, const Error& error) {
  if (!to.wanted()) return;
  answer(
      to, [&](ValueWriter& writer) { write_error(writer, error); }, static_cast<int>(error.code));
}

void ShardSink::refuse_stale(const ReplyTo& to, const Error& error, const Whole& whole) {
  if (!to.wanted()) return;
  answer(
      to, [&](ValueWriter& writer) { write_stale(writer, error, whole); }, static_cast<int>(error.code));
}

void ShardSink::opened(const ReplyTo& to, const Opened& opened) {
  answer(
      to, [&](ValueWriter& writer) { write_opened(writer, opened, limits_, operations_); }, -1, Note::entered,
      opened.document);
}

void ShardSink::acknowledge(const ReplyTo& to, const Acknowledgement& own) {
  const auto write = [&](ValueWriter& writer) {
    const auto operations = operations_.of(own.frame->revision, writer.form());
    write_acknowledgement(writer, own, to.wanted() ? Carrier::answer : Carrier::event, operations);
  };
  if (to.wanted()) return answer(to, write);
  event({&to.connection, 1}, "acknowledged", write);
}

void ShardSink::duplicate(const ReplyTo& to, std::uint64_t version, std::uint64_t seq) {
  answer(to, [=](ValueWriter& writer) { write_duplicate(writer, version, seq); });
}

void ShardSink::left(const ReplyTo& to, const Name& document) { answer(to, write_ok, -1, Note::left, document); }

void ShardSink::removed(const ReplyTo& to, const Name&) { answer(to, write_ok); }

void ShardSink::history(const ReplyTo& to, const History& history) {
  answer(to, [&](ValueWriter& writer) { write_history(writer, history); });
}

void ShardSink::snapshot(const ReplyTo& to, const Whole& whole) {
  answer(to, [&](ValueWriter& writer) { write_snapshot(writer, whole); });
}

void ShardSink::stored(const ReplyTo& to, const std::string& epoch, std::uint64_t version) {
  answer(to, [&](ValueWriter& writer) { write_stored(writer, epoch, version); });
}

void ShardSink::update(std::span<const Connection> to, const UpdatePtr& update) {
  event(to, "update", [&](ValueWriter& writer) { write_update(writer, *update); });
}

void ShardSink::presence(std::span<const Connection> to, const PresenceNewsPtr& news) {
  event(to, "presence", [&](ValueWriter& writer) { write_presence(writer, *news); });
}

void ShardSink::closed(Connection to, const Name& document, CloseReason reason) {
  event(
      {&to, 1}, "document:closed", [&](ValueWriter& writer) { write_closed(writer, *document, reason); }, Note::left,
      document);
}

void ShardSink::room_joined(const ReplyTo& to, const std::vector<presence::Member>& users, std::size_t count) {
  answer(to, [&](ValueWriter& writer) {
    writer.begin_object(3);
    writer.field("ok", true);
    presence::write_users_fields(writer, users, count);
    writer.end_object();
  });
}

void ShardSink::room_left(const ReplyTo& to) { answer(to, write_ok); }

void ShardSink::user_joined(std::span<const Connection> to, const std::string& room, const presence::Member& member) {
  event(to, "user-joined", [&](ValueWriter& writer) { presence::write_announcement(writer, room, member); });
}

void ShardSink::user_left(std::span<const Connection> to, const std::string& room, const presence::Member& member) {
  event(to, "user-left", [&](ValueWriter& writer) { presence::write_announcement(writer, room, member); });
}

void ShardSink::user_count(std::span<const Connection> to, const std::string& room, std::size_t count,
                           const std::vector<presence::Member>* users) {
  event(to, "user-count", [&](ValueWriter& writer) { presence::write_user_count(writer, room, count, users); });
}

}  // namespace tutti::documents
