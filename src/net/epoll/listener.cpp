#include "net/epoll/listener.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "base/log.hpp"
#include "net/epoll/stream.hpp"

namespace tutti::net::epoll {

namespace {

void set_option(int descriptor, int level, int name) {
  const int on = 1;
  ::setsockopt(descriptor, level, name, &on, sizeof on);
}

// A bound and listening socket, or -1 and errno.
int listen_at(const addrinfo& address, const ListenOptions& options) {
  const int descriptor = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  set_option(descriptor, SOL_SOCKET, SO_REUSEADDR);
  if (options.shared) set_option(descriptor, SOL_SOCKET, SO_REUSEPORT);
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY);  // inherited by what is accepted
  if (address.ai_family == AF_INET6) {
    const int off = 0;
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (::bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 && ::listen(descriptor, options.backlog) == 0) {
    return descriptor;
  }
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

}  // namespace

Result<ListenSocket, std::string> ListenSocket::open(const ListenOptions& options) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(options.port);
  const int failed = ::getaddrinfo(options.host.empty() ? nullptr : options.host.c_str(), port.c_str(), &hints, &list);
  if (failed != 0) return options.host + ": " + ::gai_strerror(failed);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(list, &::freeaddrinfo);
  // For "every address" the IPv6 socket takes IPv4 too; where there is no IPv6 the next one serves.
  int error = EADDRNOTAVAIL;
  for (const int family : {AF_INET6, AF_INET}) {
    for (const addrinfo* address = list; address; address = address->ai_next) {
      if (address->ai_family != family) continue;
      const int descriptor = listen_at(*address, options);
      if (descriptor >= 0) return ListenSocket(descriptor);
      error = errno;
    }
  }
  return (options.host.empty() ? "*" : options.host) + ":" + port + ": " + std::strerror(error);
}

ListenSocket::~ListenSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string ListenSocket::address() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&storage), size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  const std::string name = host;
  return (name.find(':') == std::string::npos ? name : "[" + name + "]") + ":" + port;
}

std::uint16_t ListenSocket::port() const {
  const std::string text = address();
  return static_cast<std::uint16_t>(std::atoi(text.c_str() + text.rfind(':') + 1));
}

Listener::Listener(Loop& loop, ListenSocket socket, OnStream on_stream, ListenerLimits limits)
    : Timer(loop), loop_(loop), limits_(limits), socket_(std::move(socket)), on_stream_(std::move(on_stream)) {
  if (!loop_.watch(socket_.descriptor(), *this, EPOLLIN)) arm(kPause);
}

Listener::~Listener() {
  if (!closed_) loop_.unwatch(socket_.descriptor());
}

void Listener::close() {
  if (closed_) return;
  accept_some(INT_MAX);
  cancel();
  loop_.unwatch(socket_.descriptor());
  const ListenSocket closes_now(std::move(socket_));
  closed_ = true;
}

void Listener::on_ready(std::uint32_t) {
  if (closed_) return;
  const int error = accept_some(kAcceptsATurn);
  if (error == 0 || error == EAGAIN) return;
  loop_.stats().accept_failures.add();
  log::warn("net.accept_failed", {{"error", std::strerror(error)}});
  loop_.unwatch(socket_.descriptor());
  arm(kPause);
}

void Listener::on_timer() {
  if (!loop_.watch(socket_.descriptor(), *this, EPOLLIN)) arm(kPause);
}

bool Listener::full() const noexcept {
  return limits_.connections_max != 0 && loop_.stats().connections_open.get() >= limits_.connections_max;
}

// Returns 0, or the error that the system will not get over at once; EAGAIN: nobody waits.
int Listener::accept_some(int limit) {
  for (int i = 0; i < limit; ++i) {
    if (full()) return EMFILE;
    const int descriptor = ::accept4(socket_.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS || errno == EAGAIN) return errno;
      if (errno == EBADF || errno == EINVAL) return errno;
      continue;  // the client went away meanwhile
    }
    EpollStream* stream = EpollStream::open(loop_, descriptor, nullptr);
    if (!stream) return ENOMEM;
    loop_.stats().connections_total.add();
    on_stream_(*stream);
  }
  return 0;
}

}  // namespace tutti::net::epoll
