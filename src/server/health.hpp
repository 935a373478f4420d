// server/health.hpp: whether this process lives (/healthz) and should be sent new clients (/readyz).
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace tutti::server {

// Thread-safe once the checks are registered.
class Health {
 public:
  // Each says what is missing, or "" if all is well: "store: disk is full".
  using Check = std::function<std::string()>;
  void add_check(Check check) { checks_.push_back(std::move(check)); }

  void set_started() noexcept { started_.store(true, std::memory_order_relaxed); }
  void set_stopping() noexcept { stopping_.store(true, std::memory_order_relaxed); }

  // Why no client should be sent here now; empty: ready.
  std::vector<std::string> reasons_not_ready() const;

 private:
  std::atomic<bool> started_{false};
  std::atomic<bool> stopping_{false};
  std::vector<Check> checks_;
};

}  // namespace tutti::server
