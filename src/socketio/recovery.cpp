#include "socketio/recovery.hpp"

#include <algorithm>

#include "codec/base64.hpp"
#include "socketio/connection.hpp"
#include "socketio/hub.hpp"
#include "socketio/recovery_stored.hpp"
#include "socketio/server.hpp"

namespace tutti::socketio {
namespace {

constexpr std::uint64_t kDetached = UINT64_MAX;

// The event with its offset behind the other arguments.
EncodedPacket encode_with_offset(Forms forms, std::string_view nsp, std::string_view name, std::size_t count,
                                 WriteArguments& write, const RecoveryOffset& offset) {
  std::string text;
  append_offset(text, offset);
  return encode_event(forms, nsp, name, count + 1, [&](codec::ValueWriter& writer) {
    if (count > 0) write(writer);
    writer.string(text);
  });
}

std::size_t size_of(const EncodedPacket& packet) {
  return (packet.json ? packet.json->size() : 0) + (packet.msgpack ? packet.msgpack->size() : 0);
}

}  // namespace

Recovery::Recovery(const RecoveryOptions& options, std::uint32_t workers, Random& random)
    : options_(options), cursors_(workers, kDetached) {
  unsigned char bytes[3];
  random.fill(bytes);
  epoch_ = codec::base64url({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

Recovery::~Recovery() = default;

std::uint64_t Recovery::attach(std::uint32_t worker) {
  const std::lock_guard lock(mutex_);
  return cursors_[worker] = last_sequence();
}

void Recovery::detach(std::uint32_t worker) {
  const std::lock_guard lock(mutex_);
  cursors_[worker] = kDetached;
}

void Recovery::append(const OutgoingEvent& event, const Selection& selection, engineio::SendOptions options,
                      Forms forms, std::optional<TimePoint> time) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = time.value_or(last_purge_);
  const std::uint64_t sequence = last_sequence() + 1;
  auto packet = encode_with_offset(forms, event.nsp, event.name, event.count, event.write,
                                   {.epoch = epoch_, .sequence = sequence, .direct = 0});
  const std::size_t size = size_of(packet) + sizeof(Entry);
  log_.push_back(std::make_shared<const Entry>(Entry{sequence, now, selection, std::move(packet), options, size}));
  bytes_.fetch_add(size, std::memory_order_relaxed);
  trim_log(now);
}

// Entries that a worker has yet to deliver stay, whatever the limits say.
void Recovery::trim_log(TimePoint now) {
  const std::uint64_t delivered = *std::min_element(cursors_.begin(), cursors_.end());
  while (!log_.empty() && first_sequence_ <= delivered &&
         (bytes() > options_.log_bytes_max || now - log_.front()->time > options_.max_disconnection_duration)) {
    bytes_.fetch_sub(log_.front()->bytes, std::memory_order_relaxed);
    log_.pop_front();
    ++first_sequence_;
  }
}

std::vector<Recovery::EntryPtr> Recovery::take_news(std::uint32_t worker, std::uint64_t& cursor) {
  const std::lock_guard lock(mutex_);
  std::vector<EntryPtr> news;
  if (cursor < last_sequence()) {
    news.assign(log_.begin() + static_cast<std::ptrdiff_t>(cursor + 1 - first_sequence_), log_.end());
    cursor = last_sequence();
  }
  cursors_[worker] = cursor;
  return news;
}

engineio::OutgoingPtr Recovery::record(Socket& socket, std::string_view name, std::size_t count, WriteArguments& write,
                                       std::uint64_t cursor, TimePoint now) {
  RecoverySession& session = *socket.recovery_;
  const std::uint64_t number = next_direct_.fetch_add(1, std::memory_order_relaxed);
  Forms forms;
  forms.add(socket.form());
  auto packet = encode_with_offset(forms, socket.nsp(), name, count, write,
                                   {.epoch = epoch_, .sequence = cursor, .direct = number})
                    .in(socket.form());
  purge(session, now);
  const std::size_t size = packet->size() + sizeof(RecoverySession::Direct);
  while (!session.directs.empty() && bytes() + size > options_.log_bytes_max) drop_front(session);
  if (bytes() + size > options_.log_bytes_max) {
    session.forgotten = RecoverySession::Direct{cursor, number, now, nullptr};
  } else {
    bytes_.fetch_add(size, std::memory_order_relaxed);
    session.directs.push_back({cursor, number, now, packet});
  }
  return packet;
}

void Recovery::drop_front(RecoverySession& session) {
  session.forgotten = std::move(session.directs.front());
  session.directs.pop_front();
  bytes_.fetch_sub(session.forgotten->packet->size() + sizeof(RecoverySession::Direct), std::memory_order_relaxed);
  session.forgotten->packet.reset();
}

void Recovery::purge(RecoverySession& session, TimePoint now) {
  while (!session.directs.empty() && now - session.directs.front().time > options_.max_disconnection_duration) {
    drop_front(session);
  }
}

void Recovery::begin(Socket& socket, Random& random, std::uint64_t cursor) {
  if (socket.recovery_) {  // one that could not be restored in the end
    drop(*socket.recovery_);
    socket.set_id(random_id(random));
  }
  socket.recovery_ = std::make_unique<RecoverySession>();
  socket.recovery_->pid = random_id(random);
  socket.recovery_->start = cursor;
}

// Whether the client has seen that single event: it names the newest one, or a broadcast that came after it.
static bool has_seen(const RecoveryOffset& offset, const RecoverySession::Direct& direct) {
  return offset.direct != 0 ? direct.number <= offset.direct : direct.sequence < offset.sequence;
}

// Whether everything after that offset is still there.
bool Recovery::covers(const RecoverySession& session, const RecoveryOffset& offset) const {
  if (offset.sequence + 1 < first_sequence_ || offset.sequence > last_sequence()) return false;
  return !session.forgotten || has_seen(offset, *session.forgotten);
}

std::optional<std::vector<engineio::OutgoingPtr>> Recovery::missed(const Socket& socket, std::uint64_t cursor) {
  const RecoverySession& session = *socket.recovery_;
  const RecoveryOffset& from = session.resume;
  std::vector<engineio::OutgoingPtr> packets;
  const auto is_meant = [&](const std::string& room) {
    return room == socket.id() || std::find(session.rooms.begin(), session.rooms.end(), room) != session.rooms.end();
  };
  const auto concerns = [&](const Selection& selection) {
    const auto& [rooms, except] = selection;
    return (rooms.empty() || std::any_of(rooms.begin(), rooms.end(), is_meant)) &&
           std::none_of(except.begin(), except.end(), is_meant);
  };
  const std::lock_guard lock(mutex_);
  if (!covers(session, from)) return std::nullopt;
  auto direct = session.directs.begin();
  const auto add_directs_until = [&](std::uint64_t sequence) {
    for (; direct != session.directs.end() && direct->sequence < sequence; ++direct) {
      if (!has_seen(from, *direct)) packets.push_back(direct->packet);
    }
  };
  for (std::uint64_t sequence = from.sequence + 1; sequence <= cursor; ++sequence) {
    add_directs_until(sequence);
    const Entry& entry = *log_[sequence - first_sequence_];
    if (const auto& packet = entry.packet.in(socket.form()); packet && concerns(entry.selection)) {
      packets.push_back(packet);
    }
  }
  add_directs_until(UINT64_MAX);
  return packets;
}

void Recovery::drop(RecoverySession& session) {
  while (!session.directs.empty()) drop_front(session);
}

std::size_t Recovery::stored_sessions() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

}  // namespace tutti::socketio
