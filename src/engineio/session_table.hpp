// engineio/session_table.hpp: the sessions of one shard. The id says where a session is, so there is no hash table.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engineio/session_id.hpp"
#include "engineio/session_state.hpp"

namespace tutti::engineio {

class SessionTable {
 public:
  // The slot that the next session gets.
  std::uint32_t next_slot() const noexcept {
    return free_.empty() ? static_cast<std::uint32_t>(slots_.size()) : free_.back();
  }
  bool full() const noexcept { return next_slot() >= kSlotsMax; }

  SessionState& insert(std::unique_ptr<SessionState> session) {
    const std::uint32_t slot = next_slot();
    if (free_.empty()) {
      slots_.emplace_back();
    } else {
      free_.pop_back();
    }
    slots_[slot] = std::move(session);
    ++size_;
    return *slots_[slot];
  }
  std::unique_ptr<SessionState> remove(std::uint32_t slot) {
    free_.push_back(slot);
    --size_;
    return std::move(slots_[slot]);
  }
  SessionState* find(std::uint32_t slot, std::string_view id) const noexcept {
    if (slot >= slots_.size() || !slots_[slot] || !slots_[slot]->same_id_as(id)) return nullptr;
    return slots_[slot].get();
  }
  std::size_t size() const noexcept { return size_; }
  // All of them at this moment; the function may remove the one it is given.
  template <class F>
  void for_each(F&& function) {
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot]) function(*slots_[slot]);
    }
  }

 private:
  std::vector<std::unique_ptr<SessionState>> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace tutti::engineio
