// net/epoll/loop.hpp: the event loop of one worker: epoll, timers, tasks from other threads, tasks for the end of the
// turn. It is a Shard and a Scheduler.
//
// Why epoll itself and not Asio's reactor: an idle connection costs its Stream alone (Asio keeps a descriptor state,
// a socket and a waiting operation: 0.5 KB), and a readable one costs epoll_wait and recv (Asio adds an epoll_ctl for
// each wait). An application that has an io_context of its own runs the loop on it: net/asio/hosted_loop.
//
// A turn: wait; deliver events; fire timers; run posted tasks; run deferred tasks; flush streams that have output;
// delete what was closed. now() is constant within a turn.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "base/shard.hpp"
#include "base/timer_queue.hpp"
#include "net/stats.hpp"

namespace tutti::net::epoll {

class EpollStream;
class OutputBatch;
class LingerSet;

// What epoll reports to. Lives at least until the end of the turn in which it is unwatched.
class Watch {
 public:
  virtual void on_ready(std::uint32_t events) = 0;

 protected:
  ~Watch() = default;
};

class Loop final : public Shard, public Scheduler {
 public:
  explicit Loop(std::uint32_t index = 0, std::unique_ptr<Random> random = std::make_unique<SystemRandom>());
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs turns on the calling thread until stop(). May be called again.
  void run();
  // Thread-safe: run() returns after the current turn.
  void stop();
  // One turn: waits at most `wait_max` for something to do. For hosts; run() is made of it.
  void turn(Duration wait_max);
  // Readable when a turn has events to deliver: for hosts.
  int descriptor() const noexcept { return epoll_; }
  // Until when the host may sleep: zero when a turn has work that is no event.
  std::optional<Duration> wait_limit();
  // The thread that is_current() compares with, for hosts.
  void adopt_this_thread() noexcept { thread_.store(std::this_thread::get_id(), std::memory_order_relaxed); }

  // Shard
  void post(Task task) override;
  void defer(Task task) override {
    deferred_.push_back(std::move(task));
    wake_unless_in_turn();
  }
  bool is_current() const noexcept override {
    return thread_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  Scheduler& scheduler() noexcept override { return *this; }
  Random& random() noexcept override { return *random_; }
  std::uint32_t index() const noexcept override { return index_; }

  // Scheduler
  TimePoint now() const override { return now_; }
  std::int64_t wall_time_ms() const override;

  // Descriptors. Level-triggered; `events` as epoll's. False: the system refuses (no memory, too many watches).
  [[nodiscard]] bool watch(int descriptor, Watch& watch, std::uint32_t events);
  void change(int descriptor, Watch& watch, std::uint32_t events);
  void unwatch(int descriptor);

  Stats& stats() noexcept { return stats_; }

  // For streams of this loop.
  void flush_later(EpollStream& stream) {
    dirty_.push_back(&stream);
    wake_unless_in_turn();
  }
  void retire(EpollStream& stream) {
    retired_.push_back(&stream);
    wake_unless_in_turn();
  }
  std::span<char> read_buffer() noexcept { return {read_buffer_.get(), kReadBufferSize}; }
  OutputBatch& batch() noexcept { return *batch_; }
  LingerSet& lingering() noexcept { return *lingering_; }
  static constexpr std::size_t kReadBufferSize = 128 * 1024;

 private:
  TimerQueue& timers() override { return timers_; }
  void earliest_changed() override { wake_unless_in_turn(); }
  // What is done between turns (by a host's own handlers) makes the next turn come soon.
  void wake_unless_in_turn() {
    if (!in_turn_) wake();
  }
  void wake();
  void deliver(int wait_ms);
  void run_posted();
  void run_deferred();
  void flush();
  void bury();
  int wait_ms(Duration wait_max);

  std::uint32_t index_;
  bool in_turn_ = false;  // for what is called on the loop's thread only
  // The thread that is inside a turn, for post(): a thread finds itself here only if it is that one. (is_current() will
  // not do: the constructing thread is current until run() has begun on another.)
  std::atomic<std::thread::id> turning_{};
  std::atomic<bool> woken_{false};  // wake_ is signalled and not yet seen
  std::unique_ptr<Random> random_;
  int epoll_ = -1;
  int wake_ = -1;  // eventfd: posts from other threads
  std::atomic<std::thread::id> thread_;
  TimePoint now_;
  TimerQueue timers_;
  Stats stats_;

  std::mutex posted_mutex_;
  std::vector<Task> posted_;  // guarded by posted_mutex_
  std::atomic<bool> has_posted_{false};
  std::atomic<bool> stopping_{false};

  std::vector<Task> running_;  // the posted or deferred tasks that are being run
  std::vector<Task> deferred_;
  std::vector<EpollStream*> dirty_;    // have output to flush at the end of the turn
  std::vector<EpollStream*> retired_;  // closed, deleted at the end of the turn
  std::unique_ptr<char[]> read_buffer_;
  std::unique_ptr<OutputBatch> batch_;
  std::unique_ptr<LingerSet> lingering_;
};

}  // namespace tutti::net::epoll
