// socketio/native.hpp: the fast API for the layers of this program (documents, presence, auth): raw events in, encoded
// packets out, no JSON library between. The public API (include/tutti) stands on the same objects.
//
// Everything but Courier lives on one worker and is used on it alone. Register before the server listens.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.hpp"
#include "base/shard.hpp"
#include "codec/value.hpp"
#include "engineio/session.hpp"
#include "socketio/encode.hpp"
#include "socketio/reason.hpp"

namespace tutti::socketio {

// Names one socket on any worker; never reused.
struct SocketHandle {
  std::uint32_t shard = 0;
  std::uint64_t id = 0;  // unique on its worker
  friend auto operator<=>(const SocketHandle&, const SocketHandle&) = default;
};

// What a layer keeps with a socket: one object a slot, freed with the socket (after on_disconnect).
enum class Slot : std::uint8_t { auth, documents, presence };
constexpr std::size_t kSlots = 3;
class SlotState {
 public:
  virtual ~SlotState() = default;
};

// One socket of a namespace. Valid from its middlewares to the return of on_disconnect.
class Peer {
 public:
  virtual SocketHandle handle() const noexcept = 0;
  virtual std::string_view id() const noexcept = 0;  // the Socket.IO id, 20 characters
  virtual std::string_view nsp() const noexcept = 0;
  virtual Form form() const noexcept = 0;
  virtual Shard& shard() noexcept = 0;
  virtual const engineio::Handshake& handshake() const noexcept = 0;
  // The CONNECT payload, an object (empty if there was none).
  virtual codec::Value auth(codec::Arena& arena) const = 0;

  // Set by the authentication middleware; "" for a server without one. Kept by connection state recovery.
  virtual std::string_view user_id() const noexcept = 0;
  virtual void set_user_id(std::string_view user_id) = 0;
  virtual std::unique_ptr<SlotState>& slot(Slot slot) noexcept = 0;

  // One packet in this socket's form. When more than the limit is buffered already, a volatile one is dropped and any
  // other closes the connection (slow_consumer): ask buffered_bytes() first where that must not happen.
  virtual void send(const engineio::OutgoingPtr& packet, engineio::SendOptions options = {}) = 0;
  virtual std::size_t buffered_bytes() const noexcept = 0;

  virtual void join(std::string_view room) = 0;
  virtual void leave(std::string_view room) = 0;
  // Leaves the namespace; with `close` the whole connection is closed. Hooks run before this returns.
  virtual void disconnect(bool close) = 0;

 protected:
  ~Peer() = default;
};

// The id of an acknowledgement that a client asked for; opaque (socketio/ack_id.hpp).
using AckId = std::uint64_t;

// One event that came in; valid during the handler.
class IncomingEvent {
 public:
  virtual std::string_view name() const noexcept = 0;  // "" for the odd event without a name
  virtual std::size_t size() const noexcept = 0;       // number of arguments, without the name
  // The arguments after the name, decoded at the first call; they live as long as the event. Binary attachments are
  // in their places.
  virtual std::span<const codec::Value> arguments() = 0;
  // One argument as the bytes that came in, in the sender's form; "" if there is none or it holds JSON attachments.
  virtual std::string_view raw_argument(std::size_t index) = 0;
  // Set if the client waits for an acknowledgement: answer with encode_ack(peer.form(), peer.nsp(), id, ...), at any
  // later time, once.
  virtual std::optional<AckId> ack_id() const noexcept = 0;

 protected:
  ~IncomingEvent() = default;
};

// The right to let one connecting socket go on, once, from any thread. Dropped unused: refused.
class Admission {
 public:
  class Target {
   public:
    virtual ~Target() = default;
    virtual void accept() = 0;
    // `data`: one JSON value shown to the client as error.data; "" for none.
    virtual void refuse(std::string_view message, std::string_view data) = 0;
  };
  explicit Admission(std::unique_ptr<Target> target) : target_(std::move(target)) {}
  Admission(Admission&&) noexcept = default;
  Admission& operator=(Admission&&) = delete;
  ~Admission();

  void accept();
  void refuse(std::string_view message, std::string_view data_json = {});

 private:
  std::unique_ptr<Target> target_;
};

using EventHandler = UniqueFunction<void(Peer&, IncomingEvent&)>;
using Middleware = UniqueFunction<void(Peer&, Admission)>;

// One namespace on one worker.
class NativeNamespace {
 public:
  // Takes the events of that name: no other handler runs for them.
  virtual void on_event(std::string name, EventHandler handler) = 0;
  // Takes all other events.
  virtual void on_any_event(EventHandler handler) = 0;
  // The client sent what is no packet; its connection is being closed.
  virtual void on_error(UniqueFunction<void(Peer&, std::string_view message)> hook) = 0;
  virtual void use(Middleware middleware) = 0;                    // in order, before the CONNECT answer
  virtual void on_connect(UniqueFunction<void(Peer&)> hook) = 0;  // after the CONNECT answer is queued
  virtual void on_drain(UniqueFunction<void(Peer&)> hook) = 0;    // its connection's buffer has emptied
  // Before the rooms are left, then once for every socket that on_connect was called for.
  virtual void on_disconnecting(UniqueFunction<void(Peer&, DisconnectReason)> hook) = 0;
  virtual void on_disconnect(UniqueFunction<void(Peer&, DisconnectReason)> hook) = 0;
  // A connected socket of this namespace and worker; nullptr if it has gone.
  virtual Peer* find(std::uint64_t id) noexcept = 0;
  // Forms that any socket of the namespace uses, on all workers.
  virtual Forms forms_in_use() const noexcept = 0;

 protected:
  ~NativeNamespace() = default;
};

// The same packet for some sockets of one worker.
struct Parcel {
  EncodedPacket packet;
  std::vector<std::uint64_t> to;  // SocketHandle::id
  engineio::SendOptions options;
};

// Carries packets to sockets of another worker.
class Courier {
 public:
  // Thread-safe; one post. Sockets that have gone are skipped.
  virtual void send(std::uint32_t shard, std::vector<Parcel> parcels) = 0;

 protected:
  ~Courier() = default;
};

}  // namespace tutti::socketio
