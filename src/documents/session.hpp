// documents/session.hpp: one open document: its members, the operations that wait, and the one path by which a member
// learns anything (docs/ARCHITECTURE.md, "Documents"; docs/PROTOCOL.md).
//
// The log is the truth: an operation is answered, and anyone told of it, only after its revision was appended. Several
// servers may have sessions of one document; whoever loses the race for a version takes in what was committed and
// builds its revision afresh.
//
// Owner: the service of one shard; runs there. Knows no threads, sockets or clocks: Scheduler, Log and MemberSink come
// in by the constructor. The Log must be destroyed before the session if a call is under way (`busy`), so that no
// answer comes to a session that is gone. Errors: every request is answered through the sink, with one of
// documents/errors.hpp or with what was asked. Limits: documents/limits.hpp.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/scheduler.hpp"
#include "documents/access.hpp"
#include "documents/bridge.hpp"
#include "documents/cursors.hpp"
#include "documents/delivery.hpp"
#include "documents/limits.hpp"
#include "documents/log.hpp"
#include "documents/member.hpp"
#include "documents/pending.hpp"
#include "documents/requests.hpp"
#include "documents/revision_builder.hpp"
#include "documents/sink.hpp"
#include "documents/stats.hpp"
#include "documents/window.hpp"
#include "presence/announcer.hpp"

namespace tutti::documents {

struct SessionContext {
  Scheduler& scheduler;
  Random& random;
  Log& log;
  MemberSink& sink;
  const AccessRules& access;
  OperationHook* hook;  // may be nullptr
  const Limits& limits;
  Stats& stats;
};

class Session {
 public:
  Session(const SessionContext& context, std::string document);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // Requests of members. Each is answered once through the sink.
  // `slow`: as set_slow(), as it is now.
  void open(PeerPtr peer, ReplyTo to, OpenRequest request, bool slow = false);
  void operation(ReplyTo to, OperationRequest request);
  void close(ReplyTo to);
  void move_presence(Connection connection, PresenceRequest request);

  // Requests of anyone who may read (or write): no membership is needed.
  void history(const PeerPtr& peer, ReplyTo to, HistoryRequest request);
  void snapshot(const PeerPtr& peer, ReplyTo to, SnapshotRequest request);
  // An operation of somebody who has not opened the document (HTTP).
  void guest_operation(PeerPtr peer, ReplyTo to, OperationRequest request);
  struct Put {
    const DocumentType* type = nullptr;  // null: as it is; a new document is text
    Change content;
  };
  // Makes the content be `put.content`: creates the document if there is none; else the difference becomes an
  // operation.
  void put(PeerPtr peer, ReplyTo to, Put put);
  void remove(const PeerPtr& peer, ReplyTo to);

  // The connection is gone: withdraws nothing that has arrived.
  void disconnected(Connection connection);
  // Its outgoing buffer is above the limit (gets nothing), or has drained (gets one delivery).
  void set_slow(Connection connection, bool slow);
  // The access rules have changed.
  void recheck_access();
  // Another server has committed, or made the epoch anew: what the log's newest version is.
  void news(std::string_view epoch, std::uint64_t version);
  // Refuses what is new, commits what has arrived.
  void shut_down();

  const std::string& document() const noexcept { return *name_; }
  std::uint64_t version() const noexcept { return window_.version(); }
  // While it is loaded.
  const std::string& epoch() const noexcept { return epoch_; }
  const Content& content() const { return *content_; }
  std::size_t members() const noexcept { return members_.size(); }
  // A call of the log is under way, or operations or requests wait.
  bool busy() const noexcept;
  // No members and not busy: may be destroyed, and made again when it is asked for.
  bool idle() const noexcept { return members_.empty() && !busy(); }
  // Since when it is idle; meaningful while idle().
  TimePoint idle_since() const noexcept { return used_; }
  std::size_t memory_bytes() const;

 private:
  enum class State : std::uint8_t { unloaded, loading, loaded };
  struct Parked {
    ReplyTo to;
    const DocumentType* create;  // make it of this type if there is none; null: not-found
    Task run;
  };
  // The append that is under way. An operation that does not fit any more is refused only when the append has shown
  // that this session knows the whole log: it may have been committed before, by a server that could not say so.
  struct Flight {
    std::vector<Pending> operations;
    RevisionPtr revision;  // null: nothing is left to append, the log is read instead
    std::vector<BuiltRevision::Refused> refused;
    std::uint64_t number;
  };

  // An open that is under way: what its connection asks or does meanwhile comes after it.
  struct Opening {
    unsigned count = 0;
    bool gone = false;  // disconnected
    bool slow = false;
    std::vector<ReplyTo> closes;  // document:close
  };
  class OpeningToken;
  void opening_ended(Connection connection);
  bool connection_gone(Connection connection) const;

  // Loading (session_load.cpp)
  void when_loaded(ReplyTo to, const DocumentType* create, Task run);
  void load();
  void loaded(Result<LoadedDocument, LogError> result);
  bool restore(const LoadedDocument& document);
  // Runs it when this session has `version`, or the log has been read and has nothing so new. If the log cannot be
  // read, the request is refused.
  void when_at_least(std::uint64_t version, const ReplyTo& to, Task run);
  void read_news();
  void news_read(std::uint64_t from, Result<ReadRevisions, LogError> result);
  void renew_epoch();
  void document_gone();
  void close_all(CloseReason reason);
  void unload();

  // Opening (session_open.cpp)
  struct OpenCall;  // one request and its token
  using OpenCallPtr = std::unique_ptr<OpenCall>;
  void open_loaded(OpenCallPtr call);
  void open_known(OpenCallPtr call);
  void enter(const OpenCall& call, const Bridge* bridge);
  Member& make_member(const OpenCall& call, AuthorEntry* author);
  void replace_other(AuthorEntry& author, Connection connection);
  Whole whole(const AuthorEntry* author) const;
  void leave(Member& member);
  void finish_closing(Member& member);
  void answer_closing(Member& member);
  void answer_waiting(Member& member, const Error& error);

  // Operations (session_operation.cpp)
  struct Source {  // who sends an operation: a member, or a guest
    Member* member;
    AuthorEntry* author;
    ReplyTo to;
    bool put = false;
  };
  void take(Source source, OperationRequest& request);
  bool known(const Source& source, const OperationRequest& request);
  void wait_for(const Source& source, std::uint64_t seq, std::uint64_t from);
  void queue(AuthorEntry& author, std::uint64_t seq, std::uint64_t base, Change change);
  void take_bridged(AuthorEntry& author, OperationRequest& request);
  std::optional<Error> check_content(const OperationRequest& request, std::size_t base_length) const;
  void refuse_operation(AuthorEntry& author, std::uint64_t seq, const Error& error);
  void put_loaded(const PeerPtr& peer, const ReplyTo& to, const Put& put);
  std::uint64_t version_of(const AuthorEntry& author, std::uint64_t seq) const;

  // Reading (session_read.cpp)
  void history_loaded(const ReplyTo& to, HistoryRequest& request);
  void snapshot_loaded(const ReplyTo& to, std::uint64_t wanted);
  void read_old_version(const ReplyTo& to, std::uint64_t wanted);

  // Flushing (session_flush.cpp)
  void schedule_flush();
  void flush();
  void appended(std::uint64_t number, AppendResult result);
  void read_instead(std::uint64_t number, Result<ReadRevisions, LogError> result);
  void committed(const Flight& flight);
  void lost_race(const std::vector<RevisionPtr>& missing);
  void return_flight();
  void append_unavailable();
  enum class Origin : std::uint8_t { load, own, foreign };
  bool advance(const RevisionPtr& revision, Origin origin);
  void housekeeping();
  Duration flush_interval() const;

  // Delivering (session_delivery.cpp)
  void deliver_all();
  void deliver(Member& member);
  void catch_up(Member& member);
  void acknowledge(Member& member, const Acknowledgement& acknowledgement);
  void settle_waiting(Member& member);
  void answer_guests();
  void close_stale(Member& member);
  void schedule_presence();
  void send_presence();
  void send_all_presence(Member& member);

  void refuse(const ReplyTo& to, const Error& error);
  void refuse(const ReplyTo& to, ErrorCode code, std::string message);
  void refuse_later(const ReplyTo& to, ErrorCode code, std::string message);  // with retryAfter
  Member* member_of(const ReplyTo& to);
  void call_bridge(std::uint64_t from, std::uint64_t own, UniqueFunction<void(std::optional<Bridge>)> done);

  SessionContext context_;
  const Name name_;
  State state_ = State::unloaded;
  bool shutting_down_ = false;
  bool reading_ = false;
  bool ended_ = false;         // the document is another one now: everything is closed as soon as that is sure
  std::size_t log_calls_ = 0;  // under way
  std::deque<Parked> parked_;
  struct AfterNews {
    std::uint64_t version;
    ReplyTo to;
    Task run;
  };
  std::vector<AfterNews> after_news_;
  std::unordered_map<Connection, Opening> openings_;
  std::uint64_t opens_ = 0;               // that have arrived
  const std::shared_ptr<Session*> self_;  // what it points to is null when the session is gone

  const DocumentType* type_ = nullptr;
  std::string epoch_;
  std::uint64_t log_first_ = 0;         // oldest version the log can be asked for
  std::uint64_t snapshot_version_ = 0;  // newest snapshot in the log
  std::unique_ptr<Content> content_;
  Window window_;
  Authors authors_;
  Members members_;
  presence::Announcer announcer_;
  Cursors cursors_;
  DeliveryMaker deliveries_;
  std::vector<AuthorEntry*> guests_due_;  // their operation is committed, the guests are not answered
  std::vector<Cursors::Mover> movers_;    // of the revision that is taken in; kept for its memory
  TimePoint last_presence_{};

  RevisionBuilder builder_;
  std::vector<Pending> queue_;
  std::optional<Flight> flight_;
  std::uint64_t flights_ = 0;
  std::size_t conflicts_in_a_row_ = 0;
  std::size_t bridging_ = 0;  // operations that wait for old revisions
  TimePoint last_flush_{};
  bool flushed_once_ = false;
  TimePoint used_{};
  limits::TokenBucket operations_;
  CallbackTimer flush_timer_;
  CallbackTimer presence_timer_;
};

}  // namespace tutti::documents
