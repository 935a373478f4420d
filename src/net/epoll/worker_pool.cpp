#include "net/epoll/worker_pool.hpp"

#include <pthread.h>

#include <string>

namespace tutti::net::epoll {

WorkerPool::WorkerPool(std::uint32_t workers) {
  for (std::uint32_t i = 0; i < workers; ++i) loops_.push_back(std::make_unique<Loop>(i));
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::start() {
  for (const auto& loop : loops_) {
    threads_.emplace_back([&loop = *loop] { loop.run(); });
    const std::string name = "worker-" + std::to_string(loop->index());
    ::pthread_setname_np(threads_.back().native_handle(), name.c_str());
  }
}

void WorkerPool::stop() {
  if (threads_.empty()) return;
  for (const auto& loop : loops_) loop->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const auto& loop : loops_) loop->adopt_this_thread();
}

}  // namespace tutti::net::epoll
