// adapter/redis/at_home.hpp: how the adapter's parts get from worker to worker. For its own source files.
#pragma once

#include "adapter/redis/redis_adapter.hpp"

namespace tutti::adapter {

// At once where that shard is the calling one, else as a task.
template <class F>
void run_on(Shard& shard, F&& task) {
  if (shard.is_current()) return task();
  shard.post(std::forward<F>(task));
}

// Worker 0 has Redis.
template <class F>
void RedisAdapter::at_home(F&& task) {
  run_on(home(), std::forward<F>(task));
}

}  // namespace tutti::adapter
