// documents/sink.hpp: where a session's messages go: to connections on this and other shards, to an HTTP request, or
// into a test's list. Implemented by the service; called on the session's shard, never calls back into the session.
#pragma once

#include <span>

#include "documents/messages.hpp"
#include "presence/rooms.hpp"

namespace tutti::documents {

class MemberSink : public presence::AnnouncementSink {
 public:
  // Answers to requests; nothing happens where no answer is wanted, except that acknowledge() then sends the event.
  virtual void refuse(const ReplyTo& to, const Error& error) = 0;
  virtual void refuse_stale(const ReplyTo& to, const Error& error, const Whole& whole) = 0;
  virtual void opened(const ReplyTo& to, const Opened& opened) = 0;
  virtual void acknowledge(const ReplyTo& to, const Acknowledgement& acknowledgement) = 0;
  virtual void duplicate(const ReplyTo& to, std::uint64_t version, std::uint64_t seq) = 0;
  virtual void left(const ReplyTo& to, const Name& document) = 0;     // to document:close
  virtual void removed(const ReplyTo& to, const Name& document) = 0;  // to remove()
  virtual void history(const ReplyTo& to, const History& history) = 0;
  virtual void snapshot(const ReplyTo& to, const Whole& whole) = 0;
  virtual void stored(const ReplyTo& to, const std::string& epoch, std::uint64_t version) = 0;  // to put()

  // Events; the same one to all of them.
  virtual void update(std::span<const Connection> to, const UpdatePtr& update) = 0;
  virtual void presence(std::span<const Connection> to, const PresenceNewsPtr& news) = 0;
  virtual void closed(Connection to, const Name& document, CloseReason reason) = 0;
};

}  // namespace tutti::documents
