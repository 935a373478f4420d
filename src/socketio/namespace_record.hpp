// socketio/namespace_record.hpp: what all workers share of one namespace: a few counters, nothing that is locked on the
// message path.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "socketio/encode.hpp"

namespace tutti::socketio {

class Recovery;

// Which rooms exist on any worker, counted by worker. Used only where somebody observes rooms.
class RoomDirectory {
 public:
  // True: the room did not exist before.
  bool created(const std::string& room) {
    const std::lock_guard lock(mutex_);
    return ++workers_[room] == 1;
  }
  // True: the room exists no more.
  bool deleted(const std::string& room) {
    const std::lock_guard lock(mutex_);
    const auto at = workers_.find(room);
    if (at == workers_.end() || --at->second > 0) return false;
    workers_.erase(at);
    return true;
  }
  bool exists(const std::string& room) {
    const std::lock_guard lock(mutex_);
    return workers_.contains(room);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> workers_;  // on how many workers
};

struct NamespaceRecord {
  explicit NamespaceRecord(std::string nsp_name);
  ~NamespaceRecord();

  const std::string name;
  std::atomic<std::uint64_t> next_ack_id{0};  // one sequence for all sockets, as in the Node server
  std::atomic<std::int64_t> json_sockets{0};
  std::atomic<std::int64_t> msgpack_sockets{0};
  RoomDirectory rooms;
  std::unique_ptr<Recovery> recovery;  // null: switched off
  // What the public API stands for this namespace with; set once, before its first socket is let in.
  std::once_flag owner_once;
  std::shared_ptr<void> owner;

  std::atomic<std::int64_t>& sockets(Form form) noexcept { return form == Form::json ? json_sockets : msgpack_sockets; }
  Forms forms_in_use() const noexcept {
    return {.json = json_sockets.load(std::memory_order_acquire) > 0,
            .msgpack = msgpack_sockets.load(std::memory_order_acquire) > 0};
  }
};

}  // namespace tutti::socketio
