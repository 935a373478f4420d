// engineio/session.hpp: one Engine.IO v4 session as the layer above sees it: messages in, messages out, one close.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shard.hpp"
#include "engineio/outgoing.hpp"

namespace tutti::engineio {

// The words of the Node server; what Socket.IO hands to the application as the disconnect reason.
enum class CloseReason : std::uint8_t {
  transport_error,
  transport_close,
  ping_timeout,
  parse_error,
  forced_close,
  server_shutting_down,
};
constexpr std::size_t kCloseReasons = 6;
std::string_view to_string(CloseReason reason);  // "transport error", ...

enum class TransportName : std::uint8_t { polling, websocket };
std::string_view to_string(TransportName name);

struct SendOptions {
  bool volatile_ = false;  // dropped (returns false) when the transport cannot take it at this moment
  bool compress = true;
};

// The request that opened the session, kept as compact bytes and decoded on demand.
class Handshake {
 public:
  virtual ~Handshake() = default;
  virtual std::string_view target() const = 0;                       // path and query
  virtual std::string_view header(std::string_view name) const = 0;  // lower-case name; "" if absent
  // All headers in order, names in lower case.
  virtual std::vector<std::pair<std::string_view, std::string_view>> headers() const = 0;
  virtual std::string_view address() const = 0;
  virtual std::int64_t issued_ms() const = 0;
  virtual bool secure() const = 0;
};

class Session;

// Implemented by the layer above, one a session; it owns itself until on_close returns.
class SessionHandler {
 public:
  virtual void on_text(std::string_view data) = 0;
  virtual void on_binary(std::string_view data) = 0;
  // The outgoing buffer has emptied after it held something at the end of a turn.
  virtual void on_drain() = 0;
  // Exactly once, last. The session is gone when this returns.
  virtual void on_close(CloseReason reason, std::string_view description) = 0;

 protected:
  ~SessionHandler() = default;
};

// Owner: engineio::Server of one shard; used on that shard only. Valid until on_close returns.
class Session {
 public:
  virtual Shard& shard() noexcept = 0;
  virtual std::string_view sid() const noexcept = 0;
  virtual const Handshake& handshake() const noexcept = 0;
  virtual TransportName transport() const noexcept = 0;
  // The version of Engine.IO the client speaks: 4, or 3 if Options::allow_eio3.
  virtual unsigned protocol() const noexcept { return 4; }

  // Queues for the end of the loop turn. False only for a volatile message that was dropped. Never closes the session
  // and never calls the handler from inside.
  virtual bool send(const OutgoingPtr& message, SendOptions options = {}) = 0;
  // Bytes accepted by send() that the operating system has not taken yet (polling: not yet answered).
  virtual std::size_t buffered_bytes() const noexcept = 0;
  virtual bool writable() const noexcept = 0;
  // Closes after what is queued was handed to the transport. on_close comes in a later turn.
  virtual void close(CloseReason reason = CloseReason::forced_close) = 0;

 protected:
  ~Session() = default;
};

// Who takes new sessions. Called on the session's shard right after the open packet was queued.
class SessionAcceptor {
 public:
  virtual SessionHandler* on_session(Session& session) = 0;

 protected:
  ~SessionAcceptor() = default;
};

}  // namespace tutti::engineio
