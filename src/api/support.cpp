#include "api/support.hpp"

#include <stdexcept>
#include <string>

#include "api/json_bridge.hpp"
#include "api/namespace_core.hpp"
#include "codec/msgpack.hpp"
#include "socketio/packet.hpp"

namespace tutti::api {

void check_event_name(std::string_view name) {
  if (!socketio::is_reserved(name)) return;
  throw std::invalid_argument('"' + std::string(name) + "\" is a reserved event name");
}

json handshake_json(socketio::Socket& socket) {
  if (socket.state() == socketio::Socket::State::gone) return nullptr;
  std::string packed;
  codec::MsgpackWriter writer(packed);
  write_handshake(writer, socket);
  return unpack(packed);
}

std::shared_ptr<detail::NamespaceCore> core_of(socketio::Socket& socket) {
  return std::static_pointer_cast<detail::NamespaceCore>(socket.record().owner);
}

}  // namespace tutti::api
