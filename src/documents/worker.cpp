#include "documents/worker.hpp"

#include <algorithm>

namespace tutti::documents {
namespace {

constexpr std::chrono::seconds kIdleLook{5};        // how often unused documents are looked for
constexpr std::chrono::milliseconds kSlowLook{50};  // how often slow connections are looked at

}  // namespace

Worker::Worker(const ServiceOptions& options, const AccessRules& access, Shard& shard,
               const std::vector<std::unique_ptr<Worker>>& workers, std::unique_ptr<Log> log)
    : options_(options),
      access_(access),
      shard_(shard),
      exchange_(shard, workers),
      sink_(exchange_, options.limits),
      rooms_(shard.scheduler(), sink_, {options.limits.users, options.limits.user_count_interval}),
      connections_(shard.index()),
      idle_timer_(shard.scheduler(), [this] { close_idle(); }),
      slow_timer_(shard.scheduler(), [this] { look_at_slow(); }),
      log_(std::move(log)) {}

Worker::~Worker() = default;

std::uint32_t Worker::owner_of(std::string_view id) const noexcept {
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(id) % exchange_.workers());
}

Session& Worker::session(const std::string& document) {
  std::unique_ptr<Session>& session = sessions_[document];
  if (!session) {
    session = std::make_unique<Session>(SessionContext{shard_.scheduler(), shard_.random(), *log_, sink_, access_,
                                                       options_.hook, options_.limits, stats_},
                                        document);
    if (shutting_down_) session->shut_down();
    if (!idle_timer_.armed()) idle_timer_.arm(kIdleLook);
  }
  return *session;
}

Session* Worker::find_session(const std::string& document) {
  const auto found = sessions_.find(document);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void Worker::close_idle() {
  const TimePoint oldest = shard_.scheduler().now() - options_.limits.unload_after;
  std::erase_if(sessions_, [&](const auto& item) {
    const bool unused = item.second->idle() && item.second->idle_since() <= oldest;
    if (unused) stats_.unloads.add();
    return unused;
  });
  if (!sessions_.empty()) idle_timer_.arm(kIdleLook);
}

void Worker::recheck_access() {
  for (const auto& [document, session] : sessions_) session->recheck_access();
}

void Worker::shut_down() {
  shutting_down_ = true;
  for (const auto& [document, session] : sessions_) session->shut_down();
}

bool Worker::busy() const {
  return std::any_of(sessions_.begin(), sessions_.end(), [](const auto& item) { return item.second->busy(); });
}

// ---- the worker's connections

void Worker::take_mail(Mail& mail) {
  for (const Connection to : mail.to) {
    ConnectionState* connection = connections_.find(to);
    if (connection == nullptr) continue;
    if (mail.note == Mail::Note::entered) {
      connection->entered.insert(*mail.document);
      connection->socket->join("document:" + *mail.document);
    } else if (mail.note == Mail::Note::left) {
      connection->documents.erase(*mail.document);
      connection->entered.erase(*mail.document);
      connection->socket->leave("document:" + *mail.document);
    }
    const auto& packet = mail.packet.in(connection->socket->form());
    if (packet == nullptr) continue;
    const bool full = connection->socket->buffered_bytes() > options_.limits.member_buffer_bytes;
    connection->socket->send(packet);
    // Sending may have ended the connection, if far too much is buffered.
    if (full && connections_.find(to) == connection) set_slow(*connection, true);
  }
}

void Worker::set_slow(ConnectionState& connection, bool slow) {
  if (connection.slow == slow) return;
  connection.slow = slow;
  const Connection number = connection.peer->connection;
  if (slow) {
    slow_.push_back(number);
    if (!slow_timer_.armed()) slow_timer_.arm(kSlowLook);
  }
  for (const std::string& document : connection.documents) {
    exchange_.run_on(owner_of(document), [document, number, slow](Worker& owner) {
      if (Session* session = owner.find_session(document)) session->set_slow(number, slow);
    });
  }
}

// A buffer that emptied within the turn that filled it reports no drain.
void Worker::look_at_slow() {
  for (const Connection number : std::exchange(slow_, {})) {
    ConnectionState* connection = connections_.find(number);
    if (connection == nullptr || !connection->slow) continue;
    if (connection->socket->buffered_bytes() <= options_.limits.member_buffer_bytes / 2) {
      set_slow(*connection, false);
    } else {
      slow_.push_back(number);
    }
  }
  if (!slow_.empty()) slow_timer_.arm(kSlowLook);
}

void Worker::disconnected(socketio::Peer& socket) {
  const auto& slot = socket.slot(socketio::Slot::documents);
  if (!slot) return;
  const auto& connection = static_cast<const ConnectionState&>(*slot);
  const Connection number = connection.peer->connection;
  for (const std::string& document : connection.documents) {
    exchange_.run_on(owner_of(document), [document, number](Worker& owner) {
      if (Session* session = owner.find_session(document)) session->disconnected(number);
    });
  }
  for (const std::string& room : connection.rooms) {
    exchange_.run_on(owner_of(room), [room, number](Worker& owner) { owner.rooms().disconnected(number, room); });
  }
  connections_.remove(number);
}

}  // namespace tutti::documents
