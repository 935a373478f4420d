// tests/net/memory_stream.hpp: a Stream whose peer is the test: bytes are put in by hand, what was written is looked
// at.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/stream.hpp"
#include "net/test_shard.hpp"

namespace tutti::test {

// Lives as long as its shard, so that the test can look how it ended.
class MemoryStream final : public net::Stream, public std::enable_shared_from_this<MemoryStream> {
 public:
  static std::shared_ptr<MemoryStream> make(TestShard& shard) {
    auto stream = std::shared_ptr<MemoryStream>(new MemoryStream);
    stream->live_on(shard);
    return stream;
  }

  // The peer's side.
  void deliver(std::string bytes) {
    if (gone() || closed) return;
    if (paused) {
      waiting += bytes;
      return;
    }
    handler_->on_data(bytes.data(), bytes.size());
  }
  void peer_closes(bool clean = true) {
    if (!handler_) return;
    aborted = true;
    std::exchange(handler_, nullptr)->on_close(clean);
  }
  std::string take_sent() { return std::exchange(sent, {}); }
  // Reads what had been refused until now; 0: all of it.
  void reads(std::size_t bytes) {
    window += bytes;
    flush();
  }

  bool gone() const noexcept { return aborted || detached; }
  // Nothing more will come from the server.
  bool ended() const noexcept { return aborted || closed; }

  std::string sent;               // that the peer has got
  std::string waiting;            // that was delivered while paused
  std::size_t window = SIZE_MAX;  // how much more the operating system takes
  std::size_t sends = 0;          // turns in which something went out
  bool closed = false;
  bool aborted = false;
  bool detached = false;
  bool paused = false;

  // net::Stream
  void set_handler(net::StreamHandler* handler) noexcept override { handler_ = handler; }
  void write(SharedBytes bytes) override {
    if (!ended()) queued_ += bytes.view();
  }
  std::size_t buffered_bytes() const noexcept override { return queued_.size(); }
  bool blocked() const noexcept override { return blocked_; }
  void pause_reading() override { paused = true; }
  void resume_reading() override {
    paused = false;
    if (waiting.empty() || !shard_) return;
    shard_->defer([self = shared_from_this()] {
      if (!self->paused) self->deliver(std::exchange(self->waiting, {}));
    });
  }
  void close() override {
    closed = true;
    handler_ = nullptr;
  }
  void abort() override {
    aborted = true;
    handler_ = nullptr;
    queued_.clear();
  }
  std::unique_ptr<net::DetachedStream> detach() override;
  net::PeerAddress peer() const override { return {"192.0.2.7", 4242}; }

 private:
  class Detached final : public net::DetachedStream {
   public:
    explicit Detached(std::shared_ptr<MemoryStream> stream) : stream_(std::move(stream)) {}
    ~Detached() override {
      if (stream_) stream_->aborted = true;
    }
    net::Stream* attach(Shard& shard, net::StreamHandler& handler) override {
      const auto stream = std::exchange(stream_, nullptr);
      stream->detached = false;
      stream->live_on(static_cast<TestShard&>(shard));
      stream->set_handler(&handler);
      return stream.get();
    }

   private:
    std::shared_ptr<MemoryStream> stream_;
  };

  MemoryStream() = default;
  void live_on(TestShard& shard) {
    shard_ = &shard;
    shard.at_end_of_turn([self = shared_from_this(), &shard] {
      if (self->shard_ == &shard && !self->blocked_) self->flush();
    });
  }
  void flush() {
    const std::size_t size = std::min(window, queued_.size());
    if (size > 0) ++sends;
    sent.append(queued_, 0, size);
    queued_.erase(0, size);
    if (window != SIZE_MAX) window -= size;
    const bool was_blocked = std::exchange(blocked_, !queued_.empty());
    if (was_blocked && !blocked_ && handler_) handler_->on_drain();
  }

  TestShard* shard_ = nullptr;
  net::StreamHandler* handler_ = nullptr;
  std::string queued_;
  bool blocked_ = false;
};

inline std::unique_ptr<net::DetachedStream> MemoryStream::detach() {
  flush();
  detached = true;
  handler_ = nullptr;
  shard_ = nullptr;
  return std::make_unique<Detached>(shared_from_this());
}

}  // namespace tutti::test
