#include "server_node.hpp"

#include "codec/json.hpp"
#include "presence/encode.hpp"

namespace tutti::sim {

using namespace documents;

void Sink::answer(const ReplyTo& to, const Write& write) {
  if (!to.wanted()) return;
  Message message{"", to.ack, {}};
  codec::JsonWriter writer(message.json);
  write(writer);
  send_(to.connection, std::move(message));
}

void Sink::event(std::span<const Connection> to, const std::string& name, const Write& write) {
  Message message{name, 0, {}};
  codec::JsonWriter writer(message.json);
  write(writer);
  for (const Connection connection : to) send_(connection, message);
}

void Sink::refuse(const ReplyTo& to, const Error& error) {
  answer(to, [&](ValueWriter& writer) { write_error(writer, error); });
}
void Sink::refuse_stale(const ReplyTo& to, const Error& error, const Whole& whole) {
  answer(to, [&](ValueWriter& writer) { write_stale(writer, error, whole); });
}
void Sink::opened(const ReplyTo& to, const Opened& opened) {
  answer(to, [&](ValueWriter& writer) { write_opened(writer, opened, limits_, operations_); });
}
void Sink::acknowledge(const ReplyTo& to, const Acknowledgement& own) {
  const Carrier carrier = to.wanted() ? Carrier::answer : Carrier::event;
  const auto write = [&](ValueWriter& writer) {
    write_acknowledgement(writer, own, carrier, operations_.of(own.frame->revision, codec::Form::json));
  };
  if (to.wanted()) return answer(to, write);
  event({&to.connection, 1}, "acknowledged", write);
}
void Sink::duplicate(const ReplyTo& to, std::uint64_t version, std::uint64_t seq) {
  answer(to, [&](ValueWriter& writer) { write_duplicate(writer, version, seq); });
}
void Sink::left(const ReplyTo& to, const Name&) { answer(to, write_ok); }
void Sink::removed(const ReplyTo& to, const Name&) { answer(to, write_ok); }
void Sink::history(const ReplyTo& to, const History& history) {
  answer(to, [&](ValueWriter& writer) { write_history(writer, history); });
}
void Sink::snapshot(const ReplyTo& to, const Whole& whole) {
  answer(to, [&](ValueWriter& writer) { write_snapshot(writer, whole); });
}
void Sink::stored(const ReplyTo& to, const std::string& epoch, std::uint64_t version) {
  answer(to, [&](ValueWriter& writer) { write_stored(writer, epoch, version); });
}
void Sink::update(std::span<const Connection> to, const UpdatePtr& update) {
  event(to, "update", [&](ValueWriter& writer) { write_update(writer, *update); });
}
void Sink::presence(std::span<const Connection> to, const PresenceNewsPtr& news) {
  event(to, "presence", [&](ValueWriter& writer) { write_presence(writer, *news); });
}
void Sink::closed(Connection to, const Name& document, CloseReason reason) {
  event({&to, 1}, "document:closed", [&](ValueWriter& writer) { write_closed(writer, *document, reason); });
}
void Sink::user_joined(std::span<const Connection> to, const std::string& room, const presence::Member& member) {
  event(to, "user-joined", [&](ValueWriter& writer) { presence::write_announcement(writer, room, member); });
}
void Sink::user_left(std::span<const Connection> to, const std::string& room, const presence::Member& member) {
  event(to, "user-left", [&](ValueWriter& writer) { presence::write_announcement(writer, room, member); });
}
void Sink::user_count(std::span<const Connection> to, const std::string& room, std::size_t count,
                      const std::vector<presence::Member>* users) {
  event(to, "user-count", [&](ValueWriter& writer) { presence::write_user_count(writer, room, count, users); });
}

ServerNode::ServerNode(Loop& loop, Store& store, const Limits& limits, OperationHook* hook, Sink::Send send,
                       double crash_at_answer)
    : loop_(loop),
      store_(store),
      limits_(limits),
      hook_(hook),
      sink_(limits, std::move(send)),
      crash_at_answer_(crash_at_answer) {
  start();
}

void ServerNode::start() {
  log_ = std::make_unique<StoreLog>(store_, [this](Task answer) { around(std::move(answer)); });
  session_ = std::make_unique<Session>(
      SessionContext{loop_.clock, loop_.random, *log_, sink_, access_, hook_, limits_, stats_}, "doc");
}

void ServerNode::stop() {
  log_.reset();
  session_.reset();
}

void ServerNode::crash() {
  stop();
  on_crash();
}

// The store's answers are where a server waits: it may end before each of them, and behind it.
void ServerNode::around(Task answer) {
  if (loop_.chance(crash_at_answer_)) return crash();
  answer();
  if (up() && loop_.chance(crash_at_answer_)) crash();
}

}  // namespace tutti::sim
