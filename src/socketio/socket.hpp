// socketio/socket.hpp: one client in one namespace.
//
// Owner: its Connection, on that connection's worker; handles (SocketRef) may keep the object longer. Everything but
// the id, the handle and the namespace's name is used on that worker only.
// Lifetime: connecting (middlewares run) -> connected (from on_connect) -> leaving (on_disconnecting) -> gone.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "socketio/ack_table.hpp"
#include "socketio/namespace_record.hpp"
#include "socketio/native.hpp"
#include "socketio/ref.hpp"
#include "socketio/room.hpp"

namespace tutti::socketio {

class Connection;
class Namespace;
struct RecoverySession;

// What the public API keeps with a socket: its data and its own handlers.
class Extension {
 public:
  virtual ~Extension() = default;
  virtual void write_data(codec::ValueWriter& writer) const = 0;
  // What a recovered session gets back; called when the socket has gone.
  virtual std::unique_ptr<Extension> for_recovery() = 0;
};

struct EmitFlags {
  bool volatile_ = false;
  bool compress = true;
};

class Socket final : public Peer {
 public:
  enum class State : std::uint8_t { connecting, connected, leaving, gone };
  static constexpr std::size_t kIdSize = 20;

  Socket(Connection& connection, Namespace& nsp, std::string_view id, SharedBytes auth);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Peer
  SocketHandle handle() const noexcept override { return {shard_.index(), handle_}; }
  std::string_view id() const noexcept override {
    return long_id_ ? std::string_view(*long_id_) : std::string_view(id_.data(), id_.size());
  }
  std::string_view nsp() const noexcept override { return record_->name; }
  Form form() const noexcept override { return form_; }
  Shard& shard() noexcept override { return shard_; }  // also when gone
  const engineio::Handshake& handshake() const noexcept override;
  codec::Value auth(codec::Arena& arena) const override;
  std::string_view user_id() const noexcept override { return user_id_.view(); }
  void set_user_id(std::string_view user_id) override { user_id_ = SharedBytes::copy(user_id); }
  std::unique_ptr<SlotState>& slot(Slot slot) noexcept override { return slots_[static_cast<std::size_t>(slot)]; }
  void send(const engineio::OutgoingPtr& packet, engineio::SendOptions options = {}) override;
  std::size_t buffered_bytes() const noexcept override;
  void join(std::string_view room) override;
  void leave(std::string_view room) override;
  void disconnect(bool close) override;

  State state() const noexcept { return state_; }
  bool connected() const noexcept { return state_ == State::connected; }
  bool recovered() const noexcept { return recovered_; }
  Namespace& name_space() noexcept { return *nsp_; }          // not when gone
  Connection& connection() noexcept { return *connection_; }  // not when gone
  NamespaceRecord& record() noexcept { return *record_; }
  std::unique_ptr<Extension>& extension() noexcept { return extension_; }
  std::vector<std::string> rooms() const;  // its own id first
  bool in_room(std::string_view room) const;

  // An event to this client alone. A volatile one is dropped where it cannot go out at once. Nothing when gone.
  void emit(std::string_view name, std::size_t count, WriteArguments write, EmitFlags flags = {});
  void emit_with_ack(std::string_view name, std::size_t count, WriteArguments write, AckCallback callback,
                     std::optional<Duration> timeout, EmitFlags flags = {});
  AckTable& acks();

 private:
  friend class Connection;
  friend class Namespace;
  friend class Hub;
  friend class Recovery;
  friend void acquire(Socket* socket) noexcept;
  friend void release(Socket* socket) noexcept;
  ~Socket();
  void set_id(std::string_view id);  // while it is in no table

  std::atomic<std::uint32_t> references_{0};
  State state_ = State::connecting;
  Form form_;
  bool in_own_room_ : 1;
  bool recovered_ : 1;
  std::uint16_t next_middleware_ = 0;
  std::uint32_t mark_ = 0;      // of the last selection that met this socket
  std::uint32_t place_ = 0;     // among all sockets of the namespace
  engineio::Session* session_;  // null when gone
  Connection* connection_;      // null when gone
  Namespace* nsp_;              // null when gone
  Shard& shard_;
  Socket* next_ = nullptr;  // of the same connection
  std::uint64_t handle_ = 0;
  std::array<char, kIdSize> id_;
  std::unique_ptr<const std::string> long_id_;  // "/nsp#sid" of a Socket.IO 2 client
  std::vector<Joined> rooms_;
  std::shared_ptr<NamespaceRecord> record_;
  SharedBytes auth_;  // the CONNECT payload as it came; "" if there was none
  SharedBytes user_id_;
  std::array<std::unique_ptr<SlotState>, kSlots> slots_;
  std::unique_ptr<AckTable> acks_;
  std::unique_ptr<Extension> extension_;
  std::unique_ptr<RecoverySession> recovery_;
};

// {headers, time, address, xdomain, secure, issued, url, query, auth}, as the Node server's socket.handshake.
void write_handshake(codec::ValueWriter& writer, const Socket& socket);

}  // namespace tutti::socketio
