// socketio/namespace.hpp: one namespace on one worker: its sockets and rooms there, and what runs for them.
//
// Owner: the worker's Hub. What walks over sockets (deliver, ...) never changes membership on the way.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "socketio/adapter.hpp"
#include "socketio/native.hpp"
#include "socketio/ref.hpp"
#include "socketio/room.hpp"
#include "socketio/selection.hpp"
#include "socketio/socket.hpp"

namespace tutti::socketio {

class Hub;
class Incoming;

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};
template <class T>
using StringMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

// What runs for the sockets of a namespace; the children of a dynamic namespace share their parent's.
struct Handlers {
  using Hook = UniqueFunction<void(Peer&)>;
  using ReasonHook = UniqueFunction<void(Peer&, DisconnectReason)>;
  StringMap<EventHandler> events;
  EventHandler any_event;
  std::vector<Middleware> middlewares;
  std::vector<Hook> connect;
  std::vector<Hook> drain;
  std::vector<ReasonHook> disconnecting;
  std::vector<ReasonHook> disconnect;
  std::vector<UniqueFunction<void(Peer&, std::string_view)>> error;
};

class Namespace final : public NativeNamespace {
 public:
  Namespace(Hub& hub, std::shared_ptr<NamespaceRecord> record, std::shared_ptr<Handlers> handlers, bool child = false);
  ~Namespace();

  // NativeNamespace
  void on_event(std::string name, EventHandler handler) override;
  void on_any_event(EventHandler handler) override { handlers_->any_event = std::move(handler); }
  void use(Middleware middleware) override { handlers_->middlewares.push_back(std::move(middleware)); }
  void on_connect(UniqueFunction<void(Peer&)> hook) override { handlers_->connect.push_back(std::move(hook)); }
  void on_drain(UniqueFunction<void(Peer&)> hook) override { handlers_->drain.push_back(std::move(hook)); }
  void on_disconnecting(Handlers::ReasonHook hook) override { handlers_->disconnecting.push_back(std::move(hook)); }
  void on_disconnect(Handlers::ReasonHook hook) override { handlers_->disconnect.push_back(std::move(hook)); }
  void on_error(UniqueFunction<void(Peer&, std::string_view)> hook) override {
    handlers_->error.push_back(std::move(hook));
  }
  Peer* find(std::uint64_t id) noexcept override;
  Forms forms_in_use() const noexcept override { return record_->forms_in_use(); }

  const std::string& name() const noexcept { return record_->name; }
  NamespaceRecord& record() noexcept { return *record_; }
  const std::shared_ptr<NamespaceRecord>& shared_record() const noexcept { return record_; }
  Hub& hub() noexcept { return hub_; }
  bool is_child() const noexcept { return child_; }
  bool empty() const noexcept { return everybody_.empty() && connecting_ == 0; }
  std::size_t size() const noexcept { return everybody_.size(); }
  Socket* find(std::string_view id) noexcept;

  // The life of a socket.
  void admit(Socket& socket);    // a new one: restores it, or proceeds
  void proceed(Socket& socket);  // runs the middlewares that are left, then connects it
  void connect(Socket& socket);
  void remove(Socket& socket, DisconnectReason reason);  // connecting: silently
  void refuse(Socket& socket, std::string_view message, std::string_view data_json);
  void dispatch(Socket& socket, Incoming& event);
  void drained(Socket& socket);
  void failed(Socket& socket, std::string_view message);

  // Rooms.
  void join(Socket& socket, std::string_view room);
  void leave(Socket& socket, std::string_view room);
  void leave_all(Socket& socket);
  const Room* room(std::string_view name) const;
  std::vector<std::string> rooms() const;  // without those of the sockets' ids

  // What an adapter does on this worker.
  void deliver(const Selection& selection, const EncodedPacket& packet, engineio::SendOptions options);
  // Every target owes an acknowledgement of that id; on_ack runs once for each that answers. Returns how many.
  using OnAck = std::shared_ptr<UniqueFunction<void(std::span<const codec::Value>)>>;
  std::size_t deliver_with_ack(const Selection& selection, const EncodedPacket& packet, engineio::SendOptions options,
                               std::uint64_t id, const OnAck& on_ack);
  void forget_ack(std::uint64_t id);
  // With connection state recovery: delivers what is new in the log of broadcasts.
  void catch_up();
  engineio::OutgoingPtr record_direct(Socket& socket, std::string_view name, std::size_t count, WriteArguments& write);
  std::uint64_t log_cursor() const noexcept { return log_cursor_; }
  std::vector<SocketRef> select(const Selection& selection);
  std::vector<SocketDescription> describe(const Selection& selection);

 private:
  friend class Recovery;
  struct IdHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const noexcept { return std::hash<std::string_view>()(id); }
    std::size_t operator()(const Socket* socket) const noexcept { return (*this)(socket->id()); }
  };
  struct IdEqual {
    using is_transparent = void;
    bool operator()(const Socket* a, const Socket* b) const noexcept { return a == b; }
    bool operator()(std::string_view a, const Socket* b) const noexcept { return a == b->id(); }
    bool operator()(const Socket* a, std::string_view b) const noexcept { return a->id() == b; }
  };

  template <class Visit>
  void for_each(const Selection& selection, Visit visit);
  template <class Visit>
  void for_each_in(std::string_view room, Visit visit);
  std::uint32_t next_mark();
  std::uint32_t mark_excluded(const Selection& selection);
  bool resume(Socket& socket);
  void enter(Socket& socket);
  void exit(Socket& socket);
  void purge();

  class Ticket;
  class PurgeTimer;
  Hub& hub_;
  std::shared_ptr<NamespaceRecord> record_;
  std::shared_ptr<Handlers> handlers_;
  std::vector<Socket*> everybody_;  // connected
  boost::unordered_flat_set<Socket*, IdHash, IdEqual> by_id_;
  StringMap<std::unique_ptr<Room>> rooms_;
  std::size_t connecting_ = 0;
  std::uint32_t mark_ = 0;
  bool child_;
  std::uint64_t log_cursor_ = 0;  // newest broadcast of the recovery log that was delivered here
  std::unique_ptr<PurgeTimer> purge_timer_;
};

}  // namespace tutti::socketio
