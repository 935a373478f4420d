// Events, their arguments and acknowledgements.
#include "tutti/event.h"

#include "api/emit_arguments.hpp"
#include "api/event_source.hpp"
#include "api/json_bridge.hpp"
#include "socketio/encode.hpp"
#include "socketio/socket.hpp"

namespace tutti {
namespace detail {

json PacketSource::value(std::size_t index) {
  const auto arguments = event_.arguments();
  return index < arguments.size() ? api::to_json(arguments[index]) : json();
}

void PacketSource::write(codec::ValueWriter& writer, std::size_t index) {
  if (writer.form() == peer_.form()) {
    if (const std::string_view raw = event_.raw_argument(index); !raw.empty()) return writer.raw(raw);
  }
  const auto arguments = event_.arguments();
  writer.value(index < arguments.size() ? arguments[index] : codec::Value::null());
}

Ack PacketSource::ack() {
  if (!ack_ && event_.ack_id()) {
    auto state = std::make_shared<AckState>();
    state->socket = socketio::SocketRef(&static_cast<socketio::Socket&>(peer_));
    state->id = *event_.ack_id();
    ack_ = Ack(std::move(state));
  }
  return ack_;
}

OwnedSource::OwnedSource(EventSource& other)
    : name_(other.name()), ack_(other.ack()), from_client_(other.from_client()) {
  for (std::size_t i = 0; i < other.size(); ++i) values_.push_back(other.value(i));
}

void OwnedSource::write(codec::ValueWriter& writer, std::size_t index) {
  if (index >= values_.size()) return writer.null();
  api::write(writer, values_[index]);
}

}  // namespace detail

json Argument::value() const { return source_->value(index_); }
std::size_t Arguments::size() const noexcept { return source_->size(); }
json Arguments::value() const {
  json array = json::array();
  for (std::size_t i = 0; i < size(); ++i) array.push_back(source_->value(i));
  return array;
}

std::string_view Event::name() const noexcept { return source_->name(); }
Ack Event::ack() const { return source_->ack(); }
bool Event::from_client() const noexcept { return source_->from_client(); }

void Ack::send(std::span<const EmitArgument> arguments) const {
  if (!state_ || state_->used.exchange(true)) return;
  socketio::Socket& socket = *state_->socket;
  const auto packet = socketio::encode_ack(socket.form(), socket.nsp(), state_->id, api::count(arguments),
                                           [arguments](codec::ValueWriter& writer) { api::write(writer, arguments); });
  if (socket.shard().is_current()) return socket.send(packet);
  socket.shard().post([ref = state_->socket, packet] { ref->send(packet); });
}

namespace api {

std::size_t count(std::span<const EmitArgument> arguments) {
  std::size_t total = 0;
  for (const EmitArgument& argument : arguments) {
    total += argument.source() && argument.index() == EmitArgument::kAll ? argument.source()->size() : 1;
  }
  return total;
}

void write(codec::ValueWriter& writer, std::span<const EmitArgument> arguments) {
  for (const EmitArgument& argument : arguments) {
    if (argument.value()) {
      write(writer, *argument.value());
    } else if (!argument.source()) {
      writer.string(argument.text());
    } else if (argument.index() != EmitArgument::kAll) {
      argument.source()->write(writer, argument.index());
    } else {
      for (std::size_t i = 0; i < argument.source()->size(); ++i) argument.source()->write(writer, i);
    }
  }
}

std::vector<json> own(std::span<const EmitArgument> arguments) {
  std::vector<json> values;
  for (const EmitArgument& argument : arguments) {
    if (argument.value()) {
      values.push_back(*argument.value());
    } else if (!argument.source()) {
      values.emplace_back(argument.text());
    } else if (argument.index() != EmitArgument::kAll) {
      values.push_back(argument.source()->value(argument.index()));
    } else {
      for (std::size_t i = 0; i < argument.source()->size(); ++i) values.push_back(argument.source()->value(i));
    }
  }
  return values;
}

}  // namespace api
}  // namespace tutti
