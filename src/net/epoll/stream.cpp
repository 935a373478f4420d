#include "net/epoll/stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace tutti::net::epoll {

namespace {

class DetachedEpollStream final : public DetachedStream {
 public:
  explicit DetachedEpollStream(int descriptor) noexcept : descriptor_(descriptor) {}
  ~DetachedEpollStream() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Stream* attach(Shard& shard, StreamHandler& handler) override {
    return EpollStream::open(dynamic_cast<Loop&>(shard), std::exchange(descriptor_, -1), &handler);
  }

 private:
  int descriptor_;
};

}  // namespace

EpollStream* EpollStream::open(Loop& loop, int descriptor, StreamHandler* handler) {
  auto* stream = new EpollStream(loop, descriptor, handler);
  if (!loop.watch(descriptor, *stream, EPOLLIN)) {
    ::close(descriptor);
    delete stream;
    return nullptr;
  }
  loop.stats().connections_open.add();
  return stream;
}

void EpollStream::write(SharedBytes bytes) {
  if (gone() || closing_) return;
  output_.push(std::move(bytes), loop_.batch());
  if (dirty_ || blocked_) return;
  dirty_ = true;
  loop_.flush_later(*this);
}

void EpollStream::flush() {
  dirty_ = false;
  if (gone() || blocked_) return;
  send_queued();
}

void EpollStream::send_queued() {
  switch (loop_.batch().send(descriptor_, output_)) {
    case OutputBatch::Outcome::all:
      if (blocked_) set_blocked(false);
      if (closing_) ::shutdown(descriptor_, SHUT_WR);
      break;
    case OutputBatch::Outcome::blocked:
      if (!blocked_) set_blocked(true);
      break;
    case OutputBatch::Outcome::failed:
      // epoll reports the hang-up in the next turn: the handler hears of it from there.
      ::shutdown(descriptor_, SHUT_RDWR);
      if (blocked_) set_blocked(false);
      break;
  }
}

void EpollStream::set_blocked(bool blocked) {
  blocked_ = blocked;
  if (blocked) loop_.stats().sends_blocked.add();
  update_interest();
}

void EpollStream::update_interest() {
  loop_.change(descriptor_, *this, (paused_ ? 0u : EPOLLIN) | (blocked_ ? EPOLLOUT : 0u));
}

void EpollStream::pause_reading() {
  if (gone() || paused_) return;
  paused_ = true;
  update_interest();
}

void EpollStream::resume_reading() {
  if (gone() || !paused_) return;
  paused_ = false;
  update_interest();
}

void EpollStream::on_ready(std::uint32_t events) {
  if (gone()) return;
  if (events & EPOLLOUT) {
    send_queued();
    if (!blocked_) handler_->on_drain();
    if (gone()) return;
  }
  if (paused_) {
    if (events & (EPOLLERR | EPOLLHUP)) finish(false);
  } else if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
    read();
  }
}

void EpollStream::read() {
  const std::span<char> buffer = loop_.read_buffer();
  const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) {
    loop_.stats().bytes_received.add(static_cast<std::uint64_t>(size));
    return handler_->on_data(buffer.data(), static_cast<std::size_t>(size));
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  finish(size == 0);
}

// A peer that has only stopped sending (half-closed) still gets what is queued, as far as it goes out at once.
void EpollStream::finish(bool clean) {
  if (clean && !output_.empty()) loop_.batch().send(descriptor_, output_);
  StreamHandler* handler = handler_;
  retire();
  handler->on_close(clean);
}

void EpollStream::close() {
  if (gone() || closing_) return;
  handler_ = &loop_.lingering().add(loop_, *this);
  closing_ = true;
  resume_reading();
  if (!dirty_ && !blocked_) {
    dirty_ = true;
    loop_.flush_later(*this);
  }
}

void EpollStream::abort() {
  if (gone()) return;
  retire();
}

std::unique_ptr<DetachedStream> EpollStream::detach() {
  if (gone()) return nullptr;
  if (!output_.empty()) loop_.batch().send(descriptor_, output_);
  if (!output_.empty()) {
    retire();
    return nullptr;
  }
  loop_.unwatch(descriptor_);
  return std::make_unique<DetachedEpollStream>(release_descriptor());
}

int EpollStream::release_descriptor() {
  output_.clear(loop_.batch());
  loop_.stats().connections_open.subtract();
  loop_.retire(*this);
  return std::exchange(descriptor_, -1);
}

// Closing the descriptor takes it out of epoll; events of it that this turn still holds find gone().
void EpollStream::retire() {
  if (!output_.empty()) {
    // What was not sent is given up: say so to the peer by a reset instead of an orderly end.
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(release_descriptor());
}

PeerAddress EpollStream::peer() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = {};
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  if (storage.ss_family != AF_INET6) return {};
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    ::inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  return {text, ntohs(v6.sin6_port)};
}

Linger::Linger(Loop& loop, EpollStream& stream) : Timer(loop), loop_(loop), stream_(stream) { arm(kTimeout); }

void Linger::on_data(char*, std::size_t size) {
  discarded_ += size;
  if (discarded_ > kDiscardedMax) cut();
}

void Linger::on_close(bool) { loop_.lingering().remove(*this); }
void Linger::on_timer() { cut(); }

void Linger::cut() {
  stream_.abort();
  loop_.lingering().remove(*this);
}

LingerSet::~LingerSet() {
  for (Linger* linger : members_) {
    linger->stream_.abort();
    delete linger;
  }
}

StreamHandler& LingerSet::add(Loop& loop, EpollStream& stream) {
  auto* linger = new Linger(loop, stream);
  members_.insert(linger);
  return linger->handler();
}

void LingerSet::remove(Linger& linger) {
  members_.erase(&linger);
  delete &linger;
}

}  // namespace tutti::net::epoll
