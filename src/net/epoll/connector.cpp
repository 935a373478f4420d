#include "net/epoll/connector.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "net/epoll/stream.hpp"

namespace tutti::net::epoll {

namespace {

struct Address {
  sockaddr_storage storage;
  socklen_t size;
};

struct Lookup {
  std::vector<Address> addresses;
  std::string error;
};

Lookup look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* list = nullptr;
  Lookup result;
  if (const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list); failed != 0) {
    result.error = host + ": " + ::gai_strerror(failed);
    return result;
  }
  for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
    Address address{};
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    result.addresses.push_back(address);
  }
  ::freeaddrinfo(list);
  return result;
}

// Where the thread that looks up a name leaves the answer; closed when nobody waits for it any more (the loop may be
// gone by then).
struct Mailbox {
  std::mutex mutex;
  Loop* loop;  // guarded by mutex; null: closed
  explicit Mailbox(Loop& l) : loop(&l) {}
  void post(Task task) {
    const std::lock_guard lock(mutex);
    if (loop) loop->post(std::move(task));
  }
  void close() {
    const std::lock_guard lock(mutex);
    loop = nullptr;
  }
};

}  // namespace

class Connector::Attempt final : private Watch, private Timer, public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(Loop& loop, ConnectOptions options, OnDone on_done)
      : Timer(loop), loop_(loop), options_(std::move(options)), on_done_(std::move(on_done)) {}
  ~Attempt() override { drop_socket(); }

  void start() {
    arm(options_.timeout);
    Lookup numeric = look_up(options_.host, options_.port, AI_NUMERICHOST);
    if (!numeric.addresses.empty()) {
      loop_.post([weak = weak_from_this(), lookup = std::move(numeric)]() mutable {
        if (const auto self = weak.lock()) self->looked_up(std::move(lookup));
      });
      return;
    }
    std::thread([weak = weak_from_this(), mailbox = mailbox_, host = options_.host, port = options_.port] {
      mailbox->post([weak, lookup = look_up(host, port, 0)]() mutable {
        if (const auto self = weak.lock()) self->looked_up(std::move(lookup));
      });
    }).detach();
  }

  Loop& loop() noexcept { return loop_; }
  void give_up() {
    on_done_ = nullptr;
    mailbox_->close();
    cancel();
    drop_socket();
  }

 private:
  void looked_up(Lookup lookup) {
    if (!on_done_) return;
    if (!lookup.error.empty()) return finish(std::move(lookup.error));
    addresses_ = std::move(lookup.addresses);
    try_next();
  }

  void try_next() {
    while (next_ < addresses_.size()) {
      const Address& address = addresses_[next_++];
      descriptor_ = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      if (descriptor_ < 0) {
        error_ = errno;
        continue;
      }
      const int on = 1;
      ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const int result = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address.storage), address.size);
      if ((result == 0 || errno == EINPROGRESS) && loop_.watch(descriptor_, *this, EPOLLOUT)) return;
      error_ = errno;
      drop_socket();
    }
    finish(options_.host + ":" + std::to_string(options_.port) + ": " + std::strerror(error_));
  }

  void on_ready(std::uint32_t) override {
    if (descriptor_ < 0 || !on_done_) return;
    const auto self = shared_from_this();
    socklen_t size = sizeof error_;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error_, &size);
    if (error_ != 0) {
      drop_socket();
      return try_next();
    }
    loop_.unwatch(descriptor_);
    Stream* stream = EpollStream::open(loop_, std::exchange(descriptor_, -1), nullptr);
    if (!stream) return finish("out of memory");
    finish(stream);
  }

  void on_timer() override {
    const auto self = shared_from_this();
    drop_socket();
    finish(options_.host + ":" + std::to_string(options_.port) + ": timed out");
  }

  void finish(Result<Stream*, std::string> result) {
    cancel();
    OnDone on_done = std::exchange(on_done_, nullptr);
    on_done(std::move(result));
  }

  void drop_socket() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  Loop& loop_;
  ConnectOptions options_;
  OnDone on_done_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>(loop_);
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  int descriptor_ = -1;
  int error_ = 0;
};

Connector::Connector(Loop& loop, ConnectOptions options, OnDone on_done)
    : attempt_(std::make_shared<Attempt>(loop, std::move(options), std::move(on_done))) {
  attempt_->start();
}

Connector::~Connector() {
  attempt_->give_up();
  // Freed after this turn: an event for it may still be under way.
  Loop& loop = attempt_->loop();
  loop.defer([attempt = std::move(attempt_)] {});
}

}  // namespace tutti::net::epoll
