#include "socketio/ack_table.hpp"

namespace tutti::socketio {

std::string_view to_string(AckError error) {
  switch (error) {
    case AckError::none:
      return "";
    case AckError::timeout:
      return "operation has timed out";
    case AckError::disconnected:
      return "socket has been disconnected";
    case AckError::too_many:
      return "too many acknowledgements are pending";
  }
  return "";
}

struct AckTable::Pending final : Timer {
  Pending(AckTable& owner, std::uint64_t ack_id, AckCallback on_answer)
      : Timer(owner.scheduler_), table(owner), id(ack_id), callback(std::move(on_answer)) {}
  void on_timer() override { table.expire(id); }

  AckTable& table;
  std::uint64_t id;
  AckCallback callback;
};

AckTable::AckTable(Scheduler& scheduler, std::size_t acks_max) : scheduler_(scheduler), acks_max_(acks_max) {}
AckTable::~AckTable() = default;

void AckTable::forget(std::uint64_t id) { pending_.erase(id); }

void AckTable::add(std::uint64_t id, AckCallback callback, std::optional<Duration> timeout) {
  if (pending_.size() >= acks_max_) return callback(AckError::too_many, {});
  auto pending = std::make_unique<Pending>(*this, id, std::move(callback));
  if (timeout) pending->arm(*timeout);
  pending_.insert_or_assign(id, std::move(pending));
}

AckCallback AckTable::take(std::uint64_t id) {
  const auto node = pending_.extract(id);
  return node ? std::move(node.mapped()->callback) : AckCallback();
}

void AckTable::expire(std::uint64_t id) {
  if (AckCallback callback = take(id)) callback(AckError::timeout, {});
}

void AckTable::fail_all(AckError error) {
  const auto pending = std::exchange(pending_, {});
  for (const auto& [id, entry] : pending) entry->callback(error, {});
}

}  // namespace tutti::socketio
