// Sessions that go and come back: store, forget, restore.
#include "socketio/connection.hpp"
#include "socketio/hub.hpp"
#include "socketio/recovery_stored.hpp"
#include "socketio/server.hpp"

namespace tutti::socketio {

void Recovery::connected(Socket& socket) {
  socket.recovery_->lease.reset();
  const std::lock_guard lock(mutex_);
  sessions_[socket.recovery_->pid].live = socket.handle();
}

void Recovery::forget(Socket& socket) {
  drop(*socket.recovery_);
  const std::lock_guard lock(mutex_);
  sessions_.erase(socket.recovery_->pid);
  socket.recovery_.reset();
}

void Recovery::store(Socket& socket, std::vector<std::string> rooms, TimePoint now) {
  auto stored = std::make_unique<Stored>();
  stored->session = std::move(socket.recovery_);
  stored->id = socket.id();
  stored->user_id = socket.user_id_;
  stored->auth = std::move(socket.slot(Slot::auth));
  if (socket.extension_) stored->extension = socket.extension_->for_recovery();
  stored->expiry = now + options_.max_disconnection_duration;
  RecoverySession& session = *stored->session;
  // One that went away again before it was connected has its rooms and its lease still.
  if (session.rooms.empty()) session.rooms = std::move(rooms);
  if (!session.lease) session.lease = std::make_unique<FormLease>(*socket.record_, socket.form());
  {
    const std::lock_guard lock(mutex_);
    expiries_.emplace_back(stored->expiry, session.pid);
    sessions_[session.pid].stored = std::move(stored);
    ++stored_;
  }
  purge(now);
}

// The oldest stored session; nullptr where the entry stands for one that is stored no more.
std::unique_ptr<Recovery::Stored> Recovery::take_oldest() {
  const auto [expiry, pid] = std::move(expiries_.front());
  expiries_.pop_front();
  const auto at = sessions_.find(pid);
  if (at == sessions_.end() || !at->second.stored || at->second.stored->expiry != expiry) return nullptr;
  auto stored = std::move(at->second.stored);
  sessions_.erase(at);
  --stored_;
  return stored;
}

void Recovery::purge(TimePoint now) {
  std::vector<std::unique_ptr<Stored>> dropped;  // destroyed without the mutex
  {
    const std::lock_guard lock(mutex_);
    last_purge_ = now;
    trim_log(now);
    while (!expiries_.empty() && (expiries_.front().first <= now || stored_ > options_.sessions_max)) {
      if (auto stored = take_oldest()) dropped.push_back(std::move(stored));
    }
  }
  for (const auto& stored : dropped) drop(*stored->session);
}

bool Recovery::restore(Socket& socket, int attempts_left) {
  codec::Arena arena;
  const codec::Value auth = socket.auth(arena);
  const codec::Value pid = auth["pid"];
  if (!pid.is_string()) return false;
  const TimePoint now = socket.shard().scheduler().now();
  std::unique_ptr<Stored> stored;
  {
    const std::lock_guard lock(mutex_);
    const auto at = sessions_.find(pid.as_string());
    if (at == sessions_.end()) return false;
    if (at->second.stored) {
      stored = std::move(at->second.stored);
      sessions_.erase(at);
      --stored_;
    } else if (attempts_left == 0) {
      return false;
    } else {
      const SocketHandle live = at->second.live;
      // The old connection has not been found dead yet, but its client is here.
      socket.shard().defer([this, live, attempts_left, keep = SocketRef(&socket)] {
        if (keep->state() == Socket::State::connecting) take_from(live, *keep, attempts_left);
      });
      return true;
    }
  }
  if (stored->expiry > now) return restore_from(socket, std::move(stored), auth["offset"]);
  drop(*stored->session);
  return false;
}

// Ends the old connection where it is, then tries again here.
void Recovery::take_from(SocketHandle live, Socket& socket, int attempts_left) {
  Server& server = socket.name_space().hub().server();
  Hub& there = server.hub(live.shard);
  Hub& here = socket.name_space().hub();
  const auto let_go = [&there, id = live.id] {
    Socket* const old = there.find(id);
    if (old && old->connected()) old->connection().abandon(DisconnectReason::transport_close);
  };
  const auto again = [this, attempts_left](const SocketRef& keep) {
    if (keep->state() != Socket::State::connecting) return;
    if (!restore(*keep, attempts_left - 1)) keep->name_space().proceed(*keep);
  };
  if (&there == &here) {
    const SocketRef keep(&socket);
    let_go();
    return again(keep);
  }
  there.shard().post([let_go, again, &here, keep = SocketRef(&socket)] {
    let_go();
    here.shard().post([again, keep] { again(keep); });
  });
}

std::optional<RecoveryOffset> Recovery::resume_point(const RecoverySession& session, const codec::Value& offset) const {
  const RecoveryOffset from_start{.epoch = epoch_, .sequence = session.start, .direct = 0};
  if (offset.is_undefined()) return from_start;  // it has never got an event
  if (!offset.is_string()) return std::nullopt;
  const auto seen = parse_offset(offset.as_string());
  if (!seen) return std::nullopt;
  // One of an earlier session: in this one it has got nothing.
  if (seen->epoch != epoch_ || seen->sequence < session.start) return from_start;
  return RecoveryOffset{.epoch = epoch_, .sequence = seen->sequence, .direct = seen->direct};
}

bool Recovery::restore_from(Socket& socket, std::unique_ptr<Stored> stored, const codec::Value& offset) {
  const auto resume = resume_point(*stored->session, offset);
  const bool covered = resume && [&] {
    const std::lock_guard lock(mutex_);
    return covers(*stored->session, *resume);
  }();
  if (!covered) {
    drop(*stored->session);
    return false;
  }
  socket.recovery_ = std::move(stored->session);
  socket.recovery_->resume = *resume;
  socket.set_id(stored->id);
  socket.user_id_ = stored->user_id;
  socket.slot(Slot::auth) = std::move(stored->auth);
  socket.extension_ = std::move(stored->extension);
  socket.recovered_ = true;
  if (options_.skip_middlewares) {
    socket.name_space().connect(socket);
  } else {
    socket.name_space().proceed(socket);
  }
  return true;
}

}  // namespace tutti::socketio
