// net/epoll/output.hpp: what waits to be sent on one connection, and how it becomes system calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"

namespace tutti::net::epoll {

class OutputBatch;

// The queue of one connection, in order. One piece is kept in place (nearly always all there is); more of them in a
// list that is taken from the loop's OutputBatch and goes back when the queue is empty: an idle queue is 24 bytes.
class OutputQueue {
 public:
  OutputQueue() noexcept = default;
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;

  void push(SharedBytes bytes, OutputBatch& batch);
  void clear(OutputBatch& batch) noexcept;
  std::size_t bytes() const noexcept { return bytes_; }
  bool empty() const noexcept { return bytes_ == 0; }

 private:
  friend class OutputBatch;
  struct More {
    std::vector<SharedBytes> pieces;
    std::size_t begin = 0;  // those before it were sent
  };
  void consume(std::size_t sent, OutputBatch& batch) noexcept;

  SharedBytes first_;
  std::unique_ptr<More> more_;
  std::uint32_t offset_ = 0;  // bytes of first_ that were sent
  std::size_t bytes_ = 0;
};

// Sends queues, one system call each where possible. Small pieces are put together in one buffer; when the next
// connection has the very same pieces (a broadcast of several messages) the buffer is sent again as it is.
//
// Owner: the loop.
class OutputBatch {
 public:
  OutputBatch();
  ~OutputBatch();

  enum class Outcome : std::uint8_t { all, blocked, failed };
  // Sends as much as the operating system takes now. `failed`: the connection is broken, the queue was cleared.
  Outcome send(int descriptor, OutputQueue& queue);
  // Forgets the pieces put together: at the end of each flush.
  void end_flush() noexcept { joined_.clear(); }

  std::uint64_t sends() const noexcept { return sends_; }
  std::uint64_t bytes_sent() const noexcept { return bytes_sent_; }

 private:
  friend class OutputQueue;
  std::unique_ptr<OutputQueue::More> take_more();
  void give_more(std::unique_ptr<OutputQueue::More> more) noexcept;
  bool is_joined(const OutputQueue& queue) const noexcept;
  void join(const OutputQueue& queue);
  long send_joined(int descriptor, const OutputQueue& queue);
  long send_scattered(int descriptor, const OutputQueue& queue, std::size_t& offered);

  static constexpr std::size_t kJoinBytesMax = 64 * 1024;
  static constexpr std::size_t kPieceBytesMax = 8 * 1024;  // larger pieces on average are not worth copying
  static constexpr std::size_t kPoolMax = 1024;
  static constexpr std::size_t kPooledPiecesMax = 32;

  std::unique_ptr<char[]> buffer_;
  std::vector<SharedBytes> joined_;  // the pieces that are in buffer_
  std::vector<std::unique_ptr<OutputQueue::More>> pool_;
  std::uint64_t sends_ = 0;
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace tutti::net::epoll
