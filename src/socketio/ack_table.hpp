// socketio/ack_table.hpp: the acknowledgements that one client owes: callbacks by id, each with its time limit.
//
// Owner: a Socket, made at its first emit with acknowledgement. Every callback runs exactly once: with the arguments,
// or with an error.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "base/function.hpp"
#include "base/scheduler.hpp"
#include "codec/value.hpp"

namespace tutti::socketio {

enum class AckError : std::uint8_t { none, timeout, disconnected, too_many };
std::string_view to_string(AckError error);  // "operation has timed out", ...

// The arguments live during the call only; empty with an error.
using AckCallback = UniqueFunction<void(AckError, std::span<const codec::Value>)>;

class AckTable {
 public:
  AckTable(Scheduler& scheduler, std::size_t acks_max);
  ~AckTable();
  AckTable(const AckTable&) = delete;
  AckTable& operator=(const AckTable&) = delete;

  // Without a timeout it waits as long as the socket lives. Above the limit the callback gets too_many at once.
  void add(std::uint64_t id, AckCallback callback, std::optional<Duration> timeout);
  // The callback of that id, taken out; nothing if it is unknown (never asked, answered, timed out).
  AckCallback take(std::uint64_t id);
  // Forgets that id without a call.
  void forget(std::uint64_t id);
  // The socket has gone: all that waits fails.
  void fail_all(AckError error);
  std::size_t size() const noexcept { return pending_.size(); }

 private:
  struct Pending;
  void expire(std::uint64_t id);

  Scheduler& scheduler_;
  std::size_t acks_max_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Pending>> pending_;
};

}  // namespace tutti::socketio
