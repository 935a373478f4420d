// socketio/ref.hpp: a counted reference to a Socket, from any thread. The socket object outlives its connection while
// somebody holds one; what it is bound to its worker by is given up when it leaves its namespace.
#pragma once

#include <utility>

namespace tutti::socketio {

class Socket;
void acquire(Socket* socket) noexcept;
void release(Socket* socket) noexcept;

class SocketRef {
 public:
  SocketRef() noexcept = default;
  explicit SocketRef(Socket* socket) noexcept : socket_(socket) {
    if (socket_) acquire(socket_);
  }
  SocketRef(const SocketRef& other) noexcept : SocketRef(other.socket_) {}
  SocketRef(SocketRef&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
  SocketRef& operator=(SocketRef other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }
  ~SocketRef() {
    if (socket_) release(socket_);
  }

  Socket* get() const noexcept { return socket_; }
  Socket& operator*() const noexcept { return *socket_; }
  Socket* operator->() const noexcept { return socket_; }
  explicit operator bool() const noexcept { return socket_ != nullptr; }

 private:
  Socket* socket_ = nullptr;
};

}  // namespace tutti::socketio
