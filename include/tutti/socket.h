// tutti/socket.h: one client in one namespace.
//
// A Socket is a handle: copy it, keep it in your handlers; it never dangles while the server exists. Each client lives
// on one worker, where all handlers for it run. emit(), join(), leave(), disconnect(), id() and nsp() may be called
// from any thread; everything else on the socket's own worker (that is, in its handlers), which debug builds check.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tutti/broadcast.h"
#include "tutti/event.h"
#include "tutti/handler.h"

namespace tutti {

namespace socketio {
class Socket;
void acquire(Socket* socket) noexcept;
void release(Socket* socket) noexcept;
}  // namespace socketio

class Next;

// Flags for the next emit to one client.
class SocketEmitter;

class Socket {
 public:
  explicit Socket(socketio::Socket* core) noexcept : core_(core) { socketio::acquire(core_); }
  Socket(const Socket& other) noexcept : Socket(other.core_) {}
  Socket& operator=(Socket other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~Socket() { socketio::release(core_); }
  friend bool operator==(const Socket& a, const Socket& b) noexcept { return a.core_ == b.core_; }

  std::string_view id() const noexcept;
  std::string_view nsp() const noexcept;
  bool connected() const;
  bool recovered() const;  // connection state recovery has brought it back

  json& data() const;      // yours; an object at first
  json handshake() const;  // headers, time, address, xdomain, secure, issued, url, query, auth; null when it has gone
  json auth() const;       // what the client gave
  std::vector<std::string> rooms() const;  // its own id among them
  std::string_view user_id() const;        // as your middleware has set it
  void set_user_id(std::string_view user_id) const;

  // Handlers for this client. on() handlers run in the order they were added, after those of the namespace. Names of
  // the server's own: "disconnecting" and "disconnect" (std::string reason), "error" (std::string message).
  template <class F>
  const Socket& on(std::string_view name, F&& handler) const {
    add_listener(name, listener(std::forward<F>(handler)), false);
    return *this;
  }
  template <class F>
  const Socket& once(std::string_view name, F&& handler) const {
    add_listener(name, listener(std::forward<F>(handler)), true);
    return *this;
  }
  void off(std::string_view name) const;  // all of that name
  void on_any(Listener handler) const;    // every event of the client, before its other handlers
  void off_any() const;
  // Sees each event before any handler; next() lets it pass, next.refuse(message) raises "error" instead.
  void use(std::function<void(Event&, Next)> middleware) const;

  // To this client. With a callback at the end (a function of const Answer&) it is asked for an acknowledgement.
  template <class... Args>
  void emit(std::string_view name, Args&&... args) const {
    detail::split_callback([&](std::span<const EmitArgument> arguments,
                               detail::AnswerCallback callback) { send(name, arguments, std::move(callback), {}); },
                           std::forward<Args>(args)...);
  }
  SocketEmitter volatile_() const;
  SocketEmitter compress(bool on) const;
  SocketEmitter timeout(std::chrono::milliseconds limit) const;

  // To others: this client is excepted.
  Broadcast to(std::string_view room) const { return broadcast().to(room); }
  Broadcast in(std::string_view room) const { return broadcast().to(room); }
  Broadcast except(std::string_view room) const { return broadcast().except(room); }
  Broadcast local() const { return broadcast().local(); }
  Broadcast broadcast() const;

  void join(std::string_view room) const;
  void leave(std::string_view room) const;
  // Ends this namespace for the client; with `close` its whole connection.
  void disconnect(bool close = false) const;

 private:
  friend class SocketEmitter;
  struct Flags {
    bool volatile_ = false;
    bool compress = true;
    std::optional<std::chrono::milliseconds> timeout;
  };
  void add_listener(std::string_view name, Listener handler, bool once) const;
  void send(std::string_view name, std::span<const EmitArgument> arguments, detail::AnswerCallback callback,
            Flags flags) const;

  socketio::Socket* core_;
};

class SocketEmitter {
 public:
  SocketEmitter volatile_() && { return flags_.volatile_ = true, std::move(*this); }
  SocketEmitter compress(bool on) && { return flags_.compress = on, std::move(*this); }
  SocketEmitter timeout(std::chrono::milliseconds limit) && { return flags_.timeout = limit, std::move(*this); }
  template <class... Args>
  void emit(std::string_view name, Args&&... args) && {
    detail::split_callback(
        [&](std::span<const EmitArgument> arguments, detail::AnswerCallback callback) {
          socket_.send(name, arguments, std::move(callback), flags_);
        },
        std::forward<Args>(args)...);
  }

 private:
  friend class Socket;
  explicit SocketEmitter(Socket socket) : socket_(std::move(socket)) {}
  Socket socket_;
  Socket::Flags flags_;
};

inline SocketEmitter Socket::volatile_() const { return SocketEmitter(*this).volatile_(); }
inline SocketEmitter Socket::compress(bool on) const { return SocketEmitter(*this).compress(on); }
inline SocketEmitter Socket::timeout(std::chrono::milliseconds limit) const {
  return SocketEmitter(*this).timeout(limit);
}

// The right to let a connection or an event go on. Use it once, now or later, from any thread; dropped, it refuses.
class Next {
 public:
  class Target {
   public:
    virtual ~Target() = default;
    virtual void pass() = 0;
    virtual void refuse(std::string_view message, const json* data) = 0;
  };
  explicit Next(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  void operator()() const { target_->pass(); }
  void refuse(std::string_view message) const { target_->refuse(message, nullptr); }
  void refuse(std::string_view message, const json& data) const { target_->refuse(message, &data); }

 private:
  std::shared_ptr<Target> target_;
};

}  // namespace tutti
