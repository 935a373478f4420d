// sim/server_node.hpp: one server of the simulated cluster: a real session over the shared store, and the wires to the
// clients that are connected to it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "documents/encode.hpp"
#include "documents/session.hpp"
#include "store.hpp"

namespace tutti::sim {

// What a server says to one connection: the answer to a request (ack), or an event.
struct Message {
  std::string event;  // "" for an answer
  std::uint64_t ack = 0;
  std::string json;
};

class Sink final : public documents::MemberSink {
 public:
  using Send = std::function<void(documents::Connection, Message)>;
  Sink(const documents::Limits& limits, Send send) : limits_(limits), send_(std::move(send)) {}

  void refuse(const documents::ReplyTo& to, const documents::Error& error) override;
  void refuse_stale(const documents::ReplyTo& to, const documents::Error& error,
                    const documents::Whole& whole) override;
  void opened(const documents::ReplyTo& to, const documents::Opened& opened) override;
  void acknowledge(const documents::ReplyTo& to, const documents::Acknowledgement& own) override;
  void duplicate(const documents::ReplyTo& to, std::uint64_t version, std::uint64_t seq) override;
  void left(const documents::ReplyTo& to, const documents::Name& document) override;
  void removed(const documents::ReplyTo& to, const documents::Name& document) override;
  void history(const documents::ReplyTo& to, const documents::History& history) override;
  void snapshot(const documents::ReplyTo& to, const documents::Whole& whole) override;
  void stored(const documents::ReplyTo& to, const std::string& epoch, std::uint64_t version) override;
  void update(std::span<const documents::Connection> to, const documents::UpdatePtr& update) override;
  void presence(std::span<const documents::Connection> to, const documents::PresenceNewsPtr& news) override;
  void closed(documents::Connection to, const documents::Name& document, documents::CloseReason reason) override;
  void user_joined(std::span<const documents::Connection> to, const std::string& room,
                   const presence::Member& member) override;
  void user_left(std::span<const documents::Connection> to, const std::string& room,
                 const presence::Member& member) override;
  void user_count(std::span<const documents::Connection> to, const std::string& room, std::size_t count,
                  const std::vector<presence::Member>* users) override;

 private:
  using Write = std::function<void(codec::ValueWriter&)>;
  void answer(const documents::ReplyTo& to, const Write& write);
  void event(std::span<const documents::Connection> to, const std::string& name, const Write& write);

  const documents::Limits& limits_;
  Send send_;
  documents::EncodedOperations operations_;
};

class ServerNode {
 public:
  ServerNode(Loop& loop, Store& store, const documents::Limits& limits, documents::OperationHook* hook, Sink::Send send,
             double crash_at_answer);
  ~ServerNode() { stop(); }

  bool up() const noexcept { return session_ != nullptr; }
  documents::Session& session() noexcept { return *session_; }
  void start();
  // At once, wherever it is: nothing that it waits for comes any more.
  void stop();
  // Called when the node crashes by itself, around an answer of the store.
  std::function<void()> on_crash;
  void heal() noexcept { crash_at_answer_ = 0; }
  const documents::Stats& stats() const noexcept { return stats_; }

 private:
  void around(Task answer);
  void crash();

  Loop& loop_;
  Store& store_;
  const documents::Limits& limits_;
  documents::OperationHook* hook_;
  documents::OpenAccess access_;
  documents::Stats stats_;
  Sink sink_;
  double crash_at_answer_;
  std::unique_ptr<documents::Session> session_;
  std::unique_ptr<StoreLog> log_;
};

}  // namespace tutti::sim
