// net/stream.hpp: one TCP (or TLS) connection as the protocols see it: bytes in, shared bytes out, one end.
//
// Implemented by net/epoll and, in memory, by the tests and the simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/shard.hpp"

namespace tutti::net {

// Who listens to a stream.
class StreamHandler {
 public:
  // Bytes as they came, in a buffer of the shard that may be modified and is valid during the call only.
  virtual void on_data(char* bytes, std::size_t size) = 0;
  // Everything was taken by the operating system after it had refused some.
  virtual void on_drain() = 0;
  // The peer or the network ended the connection (`clean`: the peer said so, no error). Last call, exactly once unless
  // close(), abort() or detach() came first. The stream is gone when this returns.
  virtual void on_close(bool clean) = 0;

 protected:
  ~StreamHandler() = default;
};

struct PeerAddress {
  std::string address;  // text of the IP address; IPv4 in IPv6 is shown as IPv4
  std::uint16_t port = 0;
};

// A connection between two shards: it belongs to nobody and may travel in a post(). Destroyed: the connection is cut.
class DetachedStream;

// Owner: the event loop of its shard; used on that shard only. A user's pointer is valid until on_close() returns or
// until the user calls close(), abort() or detach(): from then on the handler hears nothing more.
class Stream {
 public:
  virtual void set_handler(StreamHandler* handler) noexcept = 0;

  // Queues for the end of the loop turn: all that was written in a turn goes out with one system call.
  // Never calls the handler from inside. Nothing limits the queue: watch buffered_bytes().
  virtual void write(SharedBytes bytes) = 0;
  // Bytes written that the operating system has not taken yet.
  virtual std::size_t buffered_bytes() const noexcept = 0;
  // The operating system refused bytes in an earlier turn: on_drain() will come.
  virtual bool blocked() const noexcept = 0;

  // While paused no data is delivered; that the peer went away is then noticed only when it resets the connection.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  // Sends what is queued, tells the peer that nothing more comes, and waits a limited time for the peer's end, throwing
  // away what it still sends: so the peer gets our last bytes.
  virtual void close() = 0;
  // Cuts the connection at once; what is queued is lost.
  virtual void abort() = 0;
  // Takes the connection off this shard. What is queued is sent first as far as the operating system takes it at once;
  // nullptr (and the connection is cut) if it does not.
  virtual std::unique_ptr<DetachedStream> detach() = 0;

  virtual PeerAddress peer() const = 0;
  virtual bool secure() const noexcept { return false; }

 protected:
  ~Stream() = default;
};

class DetachedStream {
 public:
  virtual ~DetachedStream() = default;
  // Once, on the thread of that shard. The stream delivers to the handler from the next turn on.
  // nullptr, and the connection is cut, if the shard cannot take it (out of memory).
  virtual Stream* attach(Shard& shard, StreamHandler& handler) = 0;
};

}  // namespace tutti::net
