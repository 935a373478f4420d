// documents/shard_sink.hpp: writes what the sessions and rooms of one worker say into packets, once for each wire form
// in use, and gives them to the exchange.
#pragma once

#include <string>

#include "documents/encode.hpp"
#include "documents/exchange.hpp"
#include "documents/sink.hpp"

namespace tutti::documents {

class ShardSink final : public MemberSink, public presence::RoomSink {
 public:
  ShardSink(Exchange& exchange, const Limits& limits) : exchange_(exchange), limits_(limits) {}

  void refuse(const ReplyTo& to, const Error& error) override;
  void refuse_stale(const ReplyTo& to, const Error& error, const Whole& whole) override;
  void opened(const ReplyTo& to, const Opened& opened) override;
  void acknowledge(const ReplyTo& to, const Acknowledgement& acknowledgement) override;
  void duplicate(const ReplyTo& to, std::uint64_t version, std::uint64_t seq) override;
  void left(const ReplyTo& to, const Name& document) override;
  void removed(const ReplyTo& to, const Name& document) override;
  void history(const ReplyTo& to, const History& history) override;
  void snapshot(const ReplyTo& to, const Whole& whole) override;
  void stored(const ReplyTo& to, const std::string& epoch, std::uint64_t version) override;

  void update(std::span<const Connection> to, const UpdatePtr& update) override;
  void presence(std::span<const Connection> to, const PresenceNewsPtr& news) override;
  void closed(Connection to, const Name& document, CloseReason reason) override;

  void room_joined(const ReplyTo& to, const std::vector<presence::Member>& users, std::size_t count) override;
  void room_left(const ReplyTo& to) override;
  void user_joined(std::span<const Connection> to, const std::string& room, const presence::Member& member) override;
  void user_left(std::span<const Connection> to, const std::string& room, const presence::Member& member) override;
  void user_count(std::span<const Connection> to, const std::string& room, std::size_t count,
                  const std::vector<presence::Member>* users) override;

 private:
  using Write = socketio::WriteArguments;
  using Note = Mail::Note;
  void answer(const ReplyTo& to, Write write, int error = -1, Note note = Note::none, Name document = nullptr);
  void event(std::span<const Connection> to, std::string_view name, Write write, Note note = Note::none,
             Name document = nullptr);

  Exchange& exchange_;
  const Limits& limits_;
  EncodedOperations operations_;
};

}  // namespace tutti::documents
