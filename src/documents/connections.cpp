#include "documents/connections.hpp"

#include "base/assert.hpp"
#include "documents/address.hpp"

namespace tutti::documents {
namespace {

constexpr std::uint32_t kGenerations = std::uint32_t{1} << 26;  // 46 bits - kPlaceBits

}  // namespace

ConnectionState& Connections::of(socketio::Peer& socket) {
  std::unique_ptr<socketio::SlotState>& slot = socket.slot(socketio::Slot::documents);
  if (slot) return static_cast<ConnectionState&>(*slot);
  if (free_.empty()) {
    TUTTI_ASSERT(places_.size() < (std::size_t{1} << kPlaceBits));
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Place& place = places_[index];
  const Address address{worker_, std::uint64_t{place.generation} << kPlaceBits | index, socket.form(), false};
  auto state = std::make_unique<ConnectionState>();
  const bool anonymous = socket.user_id().empty() || socket.user_id() == kAnonymous;
  state->peer = std::make_shared<const Peer>(Peer{address.connection(), std::string(socket.id()),
                                                  std::string(anonymous ? kAnonymous : socket.user_id()), anonymous});
  state->socket = &socket;
  place.state = state.get();
  slot = std::move(state);
  return *place.state;
}

ConnectionState* Connections::find(Connection connection) noexcept {
  const std::uint64_t number = Address::of(connection).number;
  const std::uint64_t index = number & ((std::uint64_t{1} << kPlaceBits) - 1);
  if (index >= places_.size()) return nullptr;
  const Place& place = places_[index];
  return place.generation == number >> kPlaceBits ? place.state : nullptr;
}

void Connections::remove(Connection connection) noexcept {
  if (find(connection) == nullptr) return;
  const std::uint64_t index = Address::of(connection).number & ((std::uint64_t{1} << kPlaceBits) - 1);
  Place& place = places_[index];
  place.state = nullptr;
  place.generation = place.generation + 1 < kGenerations ? place.generation + 1 : 1;
  free_.push_back(static_cast<std::uint32_t>(index));
}

}  // namespace tutti::documents
