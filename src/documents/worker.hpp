// documents/worker.hpp: the part of the service that lives on one worker: it owns some documents and rooms, and speaks
// for the connections that the worker has.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "documents/api.hpp"
#include "documents/connections.hpp"
#include "documents/exchange.hpp"
#include "documents/service.hpp"
#include "documents/session.hpp"
#include "documents/shard_sink.hpp"
#include "presence/rooms.hpp"

namespace tutti::documents {

class Worker final : public Api {
 public:
  Worker(const ServiceOptions& options, const AccessRules& access, Shard& shard,
         const std::vector<std::unique_ptr<Worker>>& workers, std::unique_ptr<Log> log);
  ~Worker() override;

  Shard& shard() noexcept { return shard_; }
  const Stats& stats() const noexcept { return stats_; }
  Exchange& exchange() noexcept { return exchange_; }

  // As the owner of documents and rooms.
  Session& session(const std::string& document);       // made if it is not open
  Session* find_session(const std::string& document);  // nullptr: not open, so nobody is a member
  presence::Rooms& rooms() noexcept { return rooms_; }
  MemberSink& sink() noexcept { return sink_; }
  void recheck_access();
  void shut_down();
  bool busy() const;

  // As the host of connections.
  void install(socketio::NativeNamespace& nsp, socketio::Adapter& adapter);
  void take_mail(Mail& mail);
  void take_guest_answer(GuestAnswer& answer);

  // Api (worker_api.cpp)
  void get(const Caller& caller, std::string document, std::optional<std::uint64_t> version, Done done) override;
  void put(const Caller& caller, std::string document, const codec::Value& body, Done done) override;
  void remove(const Caller& caller, std::string document, Done done) override;
  void operation(const Caller& caller, std::string document, const codec::Value& body, Done done) override;
  void revisions(const Caller& caller, std::string document, std::optional<std::uint64_t> from,
                 std::optional<std::uint64_t> to, std::optional<std::uint64_t> limit, Done done) override;
  void list(const Caller& caller, std::string after, std::size_t limit, Done done) override;

 private:
  using Handler = void (Worker::*)(ConnectionState&, const codec::Value& payload, ReplyTo to);
  void on(socketio::NativeNamespace& nsp, std::string name, Handler handler);
  // Handlers (worker_handlers.cpp)
  void hello(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void open(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void operation_event(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void close(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void presence_event(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void history(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void snapshot(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void room_join(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void room_leave(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void room_emit(ConnectionState& from, const codec::Value& payload, ReplyTo to);
  void refuse(const ReplyTo& to, const Error& error);
  void answer(const ReplyTo& to, socketio::WriteArguments write);
  bool has_place(ConnectionState& from, const ReplyTo& to);

  void disconnected(socketio::Peer& socket);
  void set_slow(ConnectionState& connection, bool slow);
  void look_at_slow();
  std::uint32_t owner_of(std::string_view id) const noexcept;

  struct Guest {
    PeerPtr peer;
    ReplyTo to;
  };
  Guest guest(const Caller& caller, Done done);
  void close_idle();

  const ServiceOptions& options_;
  const AccessRules& access_;
  Shard& shard_;
  Stats stats_;
  Exchange exchange_;
  ShardSink sink_;
  presence::Rooms rooms_;
  Connections connections_;
  std::unordered_map<std::string, std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::uint64_t, Done> guests_;
  std::uint64_t next_guest_ = 1;
  std::vector<Connection> slow_;
  bool shutting_down_ = false;
  socketio::Adapter* adapter_ = nullptr;
  CallbackTimer idle_timer_;
  CallbackTimer slow_timer_;
  std::unique_ptr<Log> log_;  // goes first: then no answer comes to a session that is gone
};

}  // namespace tutti::documents
