// net/epoll/worker_pool.hpp: N loops, each on a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "net/epoll/loop.hpp"

namespace tutti::net::epoll {

// Loops exist from the constructor on (build shards with them), run from start() to stop(). After stop() the calling
// thread may use and destroy what lives on them.
class WorkerPool {
 public:
  explicit WorkerPool(std::uint32_t workers);
  ~WorkerPool();

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(loops_.size()); }
  Loop& loop(std::uint32_t index) noexcept { return *loops_[index]; }

  void start();
  // Ends every loop after its current turn and joins the threads. What was posted before has run; tasks posted later
  // are destroyed with the loops.
  void stop();

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace tutti::net::epoll
