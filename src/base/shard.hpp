// base/shard.hpp: one worker: one thread, one event loop, and all that lives on it.
//
// Nobody touches another shard's state. post() is the only thread-safe call in the system; what crosses is a value or
// an immutable buffer (SharedBytes). Implemented by net/asio and by the simulation.
#pragma once

#include <cstdint>

#include "base/assert.hpp"
#include "base/function.hpp"
#include "base/random.hpp"
#include "base/scheduler.hpp"

namespace tutti {

class Shard {
 public:
  virtual ~Shard() = default;

  // Runs the task on this shard's thread, in the order posted by one thread. Thread-safe. Never runs it inside post().
  virtual void post(Task task) = 0;
  // Runs the task at the end of the current loop turn (before the loop waits again). On the shard's thread only.
  virtual void defer(Task task) = 0;
  virtual bool is_current() const noexcept = 0;

  virtual Scheduler& scheduler() noexcept = 0;
  virtual Random& random() noexcept = 0;
  // 0-based number of this worker in its server.
  virtual std::uint32_t index() const noexcept = 0;

  void assert_current() const { TUTTI_ASSERT(is_current()); }
};

}  // namespace tutti
