// The public Namespace and Broadcast.
#include "tutti/namespace.h"

#include <stdexcept>

#include "api/emit_arguments.hpp"
#include "api/json_bridge.hpp"
#include "api/namespace_core.hpp"
#include "api/support.hpp"

namespace tutti {
namespace {

json unpack_all(const std::vector<socketio::Packed>& values) {
  json all = json::array();
  for (const socketio::Packed& value : values) all.push_back(api::unpack(value));
  return all;
}

socketio::OnResponses answering(detail::AnswerCallback callback) {
  return [callback = std::move(callback)](socketio::AckResponses answers) {
    api::call_guarded("acknowledgement", [&] { callback(Answer(answers.error, unpack_all(answers.responses))); });
  };
}

}  // namespace

std::string_view Namespace::name() const noexcept { return core_->name(); }

void Namespace::add_listener(std::string_view name, Listener handler, bool once) {
  core_->add_listener(name, std::move(handler), once);
}
void Namespace::off(std::string_view name) { core_->off(name); }
void Namespace::on_any(Listener handler) {
  core_->add_listener(detail::NamespaceCore::kAny, std::move(handler), false);
}
void Namespace::off_any() { core_->off(detail::NamespaceCore::kAny); }

Namespace& Namespace::use(std::function<void(Socket, Next)> middleware) {
  core_->add_middleware(std::move(middleware));
  return *this;
}

void Namespace::on_room(std::function<void(RoomEvent, std::string_view, std::string_view)> handler) {
  core_->add_room_handler(std::move(handler));
}

void Namespace::all_rooms(std::function<void(std::vector<std::string>, std::string)> callback) const {
  if (core_->dynamic()) throw std::logic_error("all_rooms: ask one namespace, not a pattern");
  core_->server().adapter().all_rooms(
      core_->name(), [callback = std::move(callback)](Result<std::vector<std::string>, std::string> rooms) {
        api::call_guarded("all_rooms",
                          [&] { rooms.has_value() ? callback(std::move(*rooms), {}) : callback({}, rooms.error()); });
      });
}

void Namespace::send_server_side(std::string_view name, std::span<const EmitArgument> arguments,
                                 detail::AnswerCallback callback) const {
  if (core_->dynamic()) throw std::logic_error("server_side_emit: use one namespace, not a pattern");
  if (name == "connect" || name == "connection" || name == "new_namespace") {
    throw std::invalid_argument('"' + std::string(name) + "\" is a reserved event name");
  }
  std::vector<socketio::Packed> packed;
  for (const json& value : api::own(arguments)) packed.push_back(api::pack(value));
  core_->server().adapter().server_side_emit(core_->name(), name, std::move(packed),
                                             callback ? answering(std::move(callback)) : nullptr);
}

void Namespace::on_server_side(std::string_view name,
                               std::function<void(const json&, std::function<void(json)>)> handler) {
  core_->add_server_side(name, std::move(handler));
}

Broadcast Broadcast::to(std::string_view room) && {
  rooms_.emplace_back(room);
  return std::move(*this);
}
Broadcast Broadcast::except(std::string_view room) && {
  except_.emplace_back(room);
  return std::move(*this);
}
Broadcast Broadcast::local() && {
  local_ = true;
  return std::move(*this);
}
Broadcast Broadcast::volatile_() && {
  volatile_flag_ = true;
  return std::move(*this);
}
Broadcast Broadcast::compress(bool on) && {
  compress_ = on;
  return std::move(*this);
}
Broadcast Broadcast::timeout(std::chrono::milliseconds limit) && {
  timeout_ = limit;
  return std::move(*this);
}

void Broadcast::send(std::string_view name, std::span<const EmitArgument> arguments, detail::AnswerCallback callback) {
  api::check_event_name(name);
  const socketio::Selection selection{std::move(rooms_), std::move(except_)};
  socketio::BroadcastFlags flags{.volatile_ = volatile_flag_, .compress = compress_, .local = local_, .timeout = {}};
  socketio::WriteArguments write = [arguments](codec::ValueWriter& writer) { api::write(writer, arguments); };
  socketio::Adapter& adapter = core_->server().adapter();
  if (callback) {
    if (core_->dynamic()) throw std::logic_error("acknowledgements: ask one namespace, not a pattern");
    flags.timeout = timeout_;
    return adapter.broadcast_with_ack({core_->name(), name, api::count(arguments), write}, selection, flags,
                                      answering(std::move(callback)));
  }
  if (!core_->dynamic()) {
    return adapter.broadcast({core_->name(), name, api::count(arguments), write}, selection, flags);
  }
  for (const std::string& nsp : core_->names()) {
    adapter.broadcast({nsp, name, api::count(arguments), write}, selection, flags);
  }
}

void Broadcast::fetch_sockets(std::function<void(std::vector<RemoteSocket>, std::string)> callback) && {
  if (core_->dynamic()) throw std::logic_error("fetch_sockets: ask one namespace, not a pattern");
  core_->server().adapter().fetch_sockets(
      core_->name(), {std::move(rooms_), std::move(except_)},
      {.volatile_ = false, .compress = true, .local = local_, .timeout = timeout_},
      [callback = std::move(callback)](Result<std::vector<socketio::SocketDescription>, std::string> found) {
        std::vector<RemoteSocket> sockets;
        if (found.has_value()) {
          for (auto& [id, rooms, handshake, data] : *found) {
            sockets.push_back({std::move(id), std::move(rooms), api::unpack(handshake), api::unpack(data)});
          }
        }
        api::call_guarded("fetch_sockets",
                          [&] { callback(std::move(sockets), found.has_value() ? std::string() : found.error()); });
      });
}

void Broadcast::sockets_join(std::vector<std::string> rooms) && {
  const socketio::Selection selection{std::move(rooms_), std::move(except_)};
  const socketio::BroadcastFlags flags{.volatile_ = false, .compress = true, .local = local_, .timeout = {}};
  for (const std::string& nsp : core_->names()) core_->server().adapter().sockets_join(nsp, selection, rooms, flags);
}

void Broadcast::sockets_leave(std::vector<std::string> rooms) && {
  const socketio::Selection selection{std::move(rooms_), std::move(except_)};
  const socketio::BroadcastFlags flags{.volatile_ = false, .compress = true, .local = local_, .timeout = {}};
  for (const std::string& nsp : core_->names()) core_->server().adapter().sockets_leave(nsp, selection, rooms, flags);
}

void Broadcast::disconnect_sockets(bool close) && {
  const socketio::Selection selection{std::move(rooms_), std::move(except_)};
  const socketio::BroadcastFlags flags{.volatile_ = false, .compress = true, .local = local_, .timeout = {}};
  for (const std::string& nsp : core_->names()) {
    core_->server().adapter().disconnect_sockets(nsp, selection, close, flags);
  }
}

}  // namespace tutti
