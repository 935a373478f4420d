// The public Socket: its calls go to the core on the socket's worker, from elsewhere as tasks.
#include "tutti/socket.h"

#include <stdexcept>

#include "api/emit_arguments.hpp"
#include "api/json_bridge.hpp"
#include "api/namespace_core.hpp"
#include "api/support.hpp"
#include "base/assert.hpp"
#include "socketio/hub.hpp"
#include "socketio/packet.hpp"
#include "socketio/socket.hpp"

namespace tutti {
namespace {

using detail::extension_of;
using socketio::SocketRef;

void assert_own_worker([[maybe_unused]] socketio::Socket& core) {
#ifndef NDEBUG
  core.shard().assert_current();
#endif
}

template <class F>
void run_on_worker(socketio::Socket* core, F task) {
  if (core->shard().is_current()) return task(*core);
  core->shard().post([ref = SocketRef(core), task = std::move(task)]() mutable { task(*ref); });
}

// Sends with or without acknowledgement, on the socket's worker.
void emit_here(socketio::Socket& core, std::string_view name, std::size_t count, socketio::WriteArguments write,
               detail::AnswerCallback callback, socketio::EmitFlags flags,
               std::optional<std::chrono::milliseconds> timeout) {
  if (!callback) return core.emit(name, count, std::move(write), flags);
  core.emit_with_ack(
      name, count, std::move(write),
      [callback = std::move(callback)](socketio::AckError error, std::span<const codec::Value> arguments) {
        json values = json::array();
        for (const codec::Value& value : arguments) values.push_back(api::to_json(value));
        api::call_guarded("acknowledgement",
                          [&] { callback(Answer(std::string(to_string(error)), std::move(values))); });
      },
      timeout, flags);
}

}  // namespace

std::string_view Socket::id() const noexcept { return core_->id(); }
std::string_view Socket::nsp() const noexcept { return core_->nsp(); }

bool Socket::connected() const {
  assert_own_worker(*core_);
  return core_->connected();
}

bool Socket::recovered() const {
  assert_own_worker(*core_);
  return core_->recovered();
}

json& Socket::data() const {
  assert_own_worker(*core_);
  return extension_of(*core_).data;
}

json Socket::handshake() const {
  assert_own_worker(*core_);
  return api::handshake_json(*core_);
}

json Socket::auth() const {
  assert_own_worker(*core_);
  codec::Arena arena;
  return api::to_json(core_->auth(arena));
}

std::vector<std::string> Socket::rooms() const {
  assert_own_worker(*core_);
  return core_->rooms();
}

std::string_view Socket::user_id() const {
  assert_own_worker(*core_);
  return core_->user_id();
}

void Socket::set_user_id(std::string_view user_id) const {
  assert_own_worker(*core_);
  core_->set_user_id(user_id);
}

void Socket::add_listener(std::string_view name, Listener handler, bool once) const {
  assert_own_worker(*core_);
  if (core_->state() == socketio::Socket::State::gone) return;
  extension_of(*core_).listeners.add(name, std::move(handler), once);
}

void Socket::off(std::string_view name) const {
  assert_own_worker(*core_);
  extension_of(*core_).listeners.off(name);
}

void Socket::on_any(Listener handler) const {
  assert_own_worker(*core_);
  if (core_->state() == socketio::Socket::State::gone) return;
  extension_of(*core_).any.add(detail::NamespaceCore::kAny, std::move(handler), false);
}

void Socket::off_any() const {
  assert_own_worker(*core_);
  extension_of(*core_).any.clear();
}

void Socket::use(std::function<void(Event&, Next)> middleware) const {
  assert_own_worker(*core_);
  if (core_->state() == socketio::Socket::State::gone) return;
  extension_of(*core_).middlewares.push_back(std::make_shared<const detail::SocketMiddleware>(std::move(middleware)));
}

void Socket::send(std::string_view name, std::span<const EmitArgument> arguments, detail::AnswerCallback callback,
                  Flags flags) const {
  api::check_event_name(name);
  const socketio::EmitFlags core_flags{.volatile_ = flags.volatile_, .compress = flags.compress};
  if (core_->shard().is_current()) {
    return emit_here(
        *core_, name, api::count(arguments), [arguments](codec::ValueWriter& writer) { api::write(writer, arguments); },
        std::move(callback), core_flags, flags.timeout);
  }
  core_->shard().post([ref = SocketRef(core_), name = std::string(name), values = api::own(arguments),
                       callback = std::move(callback), core_flags, timeout = flags.timeout]() mutable {
    emit_here(
        *ref, name, values.size(),
        [&values](codec::ValueWriter& writer) {
          for (const json& value : values) api::write(writer, value);
        },
        std::move(callback), core_flags, timeout);
  });
}

Broadcast Socket::broadcast() const { return Broadcast(api::core_of(*core_)).except(id()); }

void Socket::join(std::string_view room) const {
  if (core_->shard().is_current()) return core_->join(room);
  run_on_worker(core_, [room = std::string(room)](socketio::Socket& core) { core.join(room); });
}

void Socket::leave(std::string_view room) const {
  if (core_->shard().is_current()) return core_->leave(room);
  run_on_worker(core_, [room = std::string(room)](socketio::Socket& core) { core.leave(room); });
}

void Socket::disconnect(bool close) const {
  run_on_worker(core_, [close](socketio::Socket& core) { core.disconnect(close); });
}

}  // namespace tutti
