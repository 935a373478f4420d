// socketio/recovery.hpp: connection state recovery of one namespace, for all workers.
//
// Two things are kept. The log: every ordinary broadcast, numbered; all workers deliver it in the order of the log,
// each from its own cursor, so that one number says what a client has seen, whichever worker it is on. The sessions: of
// each client by its private id (pid) where it is, or, after it has gone, what it had (id, rooms, data, user) until it
// comes back or its time is over. Events to one client alone are kept with its session.
//
// Limits: log_bytes_max for broadcasts and single events together, sessions_max; the oldest goes first. A client whose
// events are not all there any more gets a fresh session, never one with a hole.
// Thread-safe where it is not said otherwise; the mutex is held for a broadcast, a connect and a disconnect.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scheduler.hpp"
#include "socketio/adapter.hpp"
#include "socketio/namespace.hpp"
#include "socketio/options.hpp"
#include "socketio/recovery_offset.hpp"
#include "socketio/socket.hpp"

namespace tutti::socketio {

// Keeps a wire form in use while nobody who uses it is connected. Lives in what the record owns, or with a socket,
// which holds the record.
class FormLease {
 public:
  FormLease(NamespaceRecord& record, Form form) : record_(record), form_(form) {
    record_.sockets(form_).fetch_add(1, std::memory_order_acq_rel);
  }
  ~FormLease() { record_.sockets(form_).fetch_sub(1, std::memory_order_acq_rel); }
  FormLease(const FormLease&) = delete;
  FormLease& operator=(const FormLease&) = delete;

 private:
  NamespaceRecord& record_;
  Form form_;
};

// What a connected socket carries for its recovery. Its worker's.
struct RecoverySession {
  struct Direct {
    std::uint64_t sequence;  // of the newest broadcast before it
    std::uint64_t number;
    TimePoint time;
    engineio::OutgoingPtr packet;
  };
  std::string pid;
  std::uint64_t start = 0;          // the session saw no broadcast up to this one
  std::optional<Direct> forgotten;  // the newest single event that was given up, without its packet
  std::deque<Direct> directs;
  // Of a restored one, until it is connected:
  RecoveryOffset resume;  // what the client has seen; the epoch is ours
  std::vector<std::string> rooms;
  std::unique_ptr<FormLease> lease;
};

class Recovery {
 public:
  struct Entry {
    std::uint64_t sequence;
    TimePoint time;
    Selection selection;
    EncodedPacket packet;
    engineio::SendOptions options;
    std::size_t bytes;
  };
  using EntryPtr = std::shared_ptr<const Entry>;

  Recovery(const RecoveryOptions& options, std::uint32_t workers, Random& random);
  ~Recovery();

  // A worker begins or ends to deliver this namespace. Returns its first cursor.
  std::uint64_t attach(std::uint32_t worker);
  void detach(std::uint32_t worker);

  // Broadcasts. The caller then lets every worker catch up. Without `now` (a thread that is no worker has no clock) the
  // time is that of the workers' last purge: such an entry may go a little early.
  void append(const OutgoingEvent& event, const Selection& selection, engineio::SendOptions options, Forms forms,
              std::optional<TimePoint> now);
  // What follows `cursor`, which moves behind it.
  std::vector<EntryPtr> take_news(std::uint32_t worker, std::uint64_t& cursor);

  // An event to one client, on its worker: sent, and kept with its session.
  engineio::OutgoingPtr record(Socket& socket, std::string_view name, std::size_t count, WriteArguments& write,
                               std::uint64_t cursor, TimePoint now);

  // A socket that is connecting: is it one that was here before? False: it is new. True: it goes on from here, at once
  // or after the worker that still has it has let it go.
  bool restore(Socket& socket, int attempts_left = 2);
  // At the moment of connecting. A fresh session; or what a restored client has missed, oldest first, nullopt if that
  // is not all there any more.
  void begin(Socket& socket, Random& random, std::uint64_t cursor);
  std::optional<std::vector<engineio::OutgoingPtr>> missed(const Socket& socket, std::uint64_t cursor);
  void connected(Socket& socket);

  // The socket has gone for a reason that allows it to come back (keeps it) or not (forgets it).
  void store(Socket& socket, std::vector<std::string> rooms, TimePoint now);
  void forget(Socket& socket);
  // Drops what is over its time; a worker calls it for its own sockets too.
  void purge(TimePoint now);
  void purge(RecoverySession& session, TimePoint now);
  const RecoveryOptions& options() const noexcept { return options_; }

  std::size_t stored_sessions() const;
  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  static constexpr std::chrono::seconds kPurgeInterval{30};

 private:
  struct Stored;
  struct Place;

  bool restore_from(Socket& socket, std::unique_ptr<Stored> stored, const codec::Value& offset);
  void take_from(SocketHandle live, Socket& socket, int attempts_left);
  bool covers(const RecoverySession& session, const RecoveryOffset& offset) const;
  std::optional<RecoveryOffset> resume_point(const RecoverySession& session, const codec::Value& offset) const;
  void trim_log(TimePoint now);
  void drop_front(RecoverySession& session);
  void drop(RecoverySession& session);
  std::unique_ptr<Stored> take_oldest();
  std::uint64_t last_sequence() const noexcept { return first_sequence_ + log_.size() - 1; }

  const RecoveryOptions options_;
  std::string epoch_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> next_direct_{1};
  TimePoint last_purge_{};  // guarded by the mutex

  mutable std::mutex mutex_;  // guards what follows
  std::deque<EntryPtr> log_;
  std::uint64_t first_sequence_ = 1;                        // of log_.front()
  std::vector<std::uint64_t> cursors_;                      // by worker; newest delivered
  StringMap<Place> sessions_;                               // by pid
  std::deque<std::pair<TimePoint, std::string>> expiries_;  // of stored ones, oldest first
  std::size_t stored_ = 0;
};

}  // namespace tutti::socketio
