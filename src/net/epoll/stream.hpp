// net/epoll/stream.hpp: a TCP connection on a Loop.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>

#include "base/scheduler.hpp"
#include "net/epoll/loop.hpp"
#include "net/epoll/output.hpp"
#include "net/stream.hpp"

namespace tutti::net::epoll {

// Deletes itself at the end of the turn in which it was closed. 88 bytes, nothing else while idle.
class EpollStream final : public Stream, private Watch {
 public:
  // Takes a connected, non-blocking socket. nullptr (and the socket is closed) if the loop cannot watch it.
  static EpollStream* open(Loop& loop, int descriptor, StreamHandler* handler);

  void set_handler(StreamHandler* handler) noexcept override { handler_ = handler; }
  void write(SharedBytes bytes) override;
  std::size_t buffered_bytes() const noexcept override { return output_.bytes(); }
  bool blocked() const noexcept override { return blocked_; }
  void pause_reading() override;
  void resume_reading() override;
  void close() override;
  void abort() override;
  std::unique_ptr<DetachedStream> detach() override;
  PeerAddress peer() const override;

  // End of the turn.
  void flush();
  void prefetch() const noexcept { __builtin_prefetch(&output_); }

 private:
  friend class Loop;
  EpollStream(Loop& loop, int descriptor, StreamHandler* handler) noexcept
      : descriptor_(descriptor), loop_(loop), handler_(handler) {}
  ~EpollStream() = default;

  void on_ready(std::uint32_t events) override;
  void read();
  void send_queued();
  void set_blocked(bool blocked);
  void update_interest();
  void finish(bool clean);
  int release_descriptor();
  void retire();
  bool gone() const noexcept { return descriptor_ < 0; }

  int descriptor_;
  bool dirty_ = false;    // in the loop's list of streams to flush
  bool blocked_ = false;  // waits for the descriptor to become writable
  bool paused_ = false;
  bool closing_ = false;  // nothing more is written: shut down when the queue is empty
  Loop& loop_;
  StreamHandler* handler_;
  OutputQueue output_;
};

// A stream that was closed by its user and waits for the peer's end.
// Limits: 10 s and 1 MiB of what the peer still sends, then the connection is cut.
class Linger final : private StreamHandler, private Timer {
 public:
  Linger(Loop& loop, EpollStream& stream);
  ~Linger() override = default;
  StreamHandler& handler() noexcept { return *this; }

 private:
  friend class LingerSet;
  static constexpr std::size_t kDiscardedMax = 1024 * 1024;
  static constexpr std::chrono::seconds kTimeout{10};

  void on_data(char* bytes, std::size_t size) override;
  void on_drain() override {}
  void on_close(bool clean) override;
  void on_timer() override;
  void cut();

  Loop& loop_;
  EpollStream& stream_;
  std::size_t discarded_ = 0;
};

// All of a loop's: they have no other owner.
class LingerSet {
 public:
  ~LingerSet();
  StreamHandler& add(Loop& loop, EpollStream& stream);
  void remove(Linger& linger);

 private:
  std::unordered_set<Linger*> members_;
};

}  // namespace tutti::net::epoll
