// limits/connection_counter.hpp: how many connections each user has, counted and released in one place.
//
// A connection holds a Lease; its destructor releases, whichever way the connection ends. A user without connections
// has no entry. Thread-safe: asked once a connection, never on the message path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tutti::limits {

class ConnectionCounter {
 public:
  // limit_per_user 0: no limit (still counted).
  explicit ConnectionCounter(std::uint32_t limit_per_user) noexcept : limit_(limit_per_user) {}
  ConnectionCounter(const ConnectionCounter&) = delete;
  ConnectionCounter& operator=(const ConnectionCounter&) = delete;

  // The right to one connection of one user. Move-only; must not outlive the counter.
  class Lease {
   public:
    Lease() noexcept = default;
    Lease(Lease&& other) noexcept : counter_(std::exchange(other.counter_, nullptr)), user_(std::move(other.user_)) {}
    Lease& operator=(Lease&& other) noexcept {
      if (this == &other) return *this;
      release();
      counter_ = std::exchange(other.counter_, nullptr);
      user_ = std::move(other.user_);
      return *this;
    }
    ~Lease() { release(); }
    explicit operator bool() const noexcept { return counter_ != nullptr; }

   private:
    friend class ConnectionCounter;
    Lease(ConnectionCounter& counter, std::string user) noexcept : counter_(&counter), user_(std::move(user)) {}
    void release() noexcept {
      if (counter_ != nullptr) std::exchange(counter_, nullptr)->release(user_);
    }
    ConnectionCounter* counter_ = nullptr;
    std::string user_;
  };

  // nullopt: the user has as many connections as allowed.
  std::optional<Lease> acquire(std::string_view user);

  std::uint32_t connections_of(std::string_view user) const;
  std::size_t users() const;

 private:
  void release(const std::string& user) noexcept;

  const std::uint32_t limit_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> counts_;
};

}  // namespace tutti::limits
