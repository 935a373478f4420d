// What the other servers ask of this one.
#include <algorithm>

#include "adapter/redis/at_home.hpp"
#include "base/log.hpp"
#include "socketio/hub.hpp"

namespace tutti::adapter {
namespace {

using codec::Value;
using socketio::Packed;
using socketio::Selection;
using socketio::SocketDescription;

bool flag_of(const Value& value) { return value.kind() == codec::Kind::boolean && value.as_boolean(); }

// Calls `use` with the event as the layers below want it.
template <class Use>
void with_event(const ReceivedBroadcast& received, Use use) {
  socketio::WriteArguments write = [&received](codec::ValueWriter& writer) {
    for (const Value& argument : received.arguments) writer.value(argument);
  };
  use(socketio::OutgoingEvent{received.nsp, received.name, received.arguments.size(), write});
}

}  // namespace

void RedisAdapter::drop_undecodable(std::string_view what) {
  stats_.undecodable.add();
  log::warn("redis_adapter.undecodable", {{"what", what}});
}

bool RedisAdapter::has_room(std::string_view nsp, std::string_view room) {
  const auto record = server_.find_record(nsp);
  if (!record) return false;
  if (record->recovery) return true;  // somebody who was in it may come back
  if (server_.workers() == 1) {
    socketio::Namespace* const local = server_.hub(0).find(nsp);
    return local && (local->room(room) || local->find(room));
  }
  return room.size() == socketio::Socket::kIdSize || record->rooms.exists(std::string(room));
}

void RedisAdapter::receive_broadcast(const Channels& to, std::string_view channel, std::string_view payload) {
  if (!channel.starts_with(to.broadcasts)) return;  // the pattern of another namespace
  stats_.broadcasts_received.add();
  if (broadcast_uid(payload) == uid_) return;
  std::string_view room = channel.substr(to.broadcasts.size());
  if (!room.empty()) {
    room.remove_suffix(1);
    if (!has_room(to.nsp, room)) return stats_.broadcasts_skipped.add();
  }
  codec::Arena arena;
  const auto message = decode_message(payload, arena);
  if (!message || !message->is_array() || message->elements().size() < 3) return drop_undecodable("broadcast");
  const auto parts = message->elements();
  const auto received = read_broadcast(parts[1], parts[2]);
  if (!received) return drop_undecodable("broadcast");
  if (received->nsp != to.nsp || (parts[0].is_string() && parts[0].as_string() == uid_)) return;
  with_event(*received, [&](const socketio::OutgoingEvent& event) {
    memory_.broadcast(event, received->selection, received->flags);
  });
}

void RedisAdapter::receive_request(const Channels& to, std::string_view payload) {
  stats_.requests_received.add();
  codec::Arena arena;
  const auto request = decode_message(payload, arena);
  if (!request || !answer(to, *request)) drop_undecodable("request");
}

bool RedisAdapter::is_own(const Value& request) const {
  const Value uid = request["uid"];
  return uid.is_string() && uid.as_string() == uid_;
}

std::string RedisAdapter::response_channel(const Channels& to, const Value& request) const {
  const auto uid = text_of(request["uid"]);
  return options_.specific_response && uid ? to.responses + *uid + "#" : to.responses;
}

// False: this cannot be understood.
bool RedisAdapter::answer(const Channels& to, const Value& request) {
  const auto number = request["type"].whole_number();
  if (!number || *number < 0 || *number > static_cast<int>(RequestType::broadcast)) return false;
  const auto type = static_cast<RequestType>(*number);
  switch (type) {
    case RequestType::remote_join:
    case RequestType::remote_leave:
    case RequestType::remote_disconnect:
      return request["opts"].is_undefined() ? obey_legacy(to, type, request) : obey(to, type, request);
    case RequestType::server_side_emit:
      return is_own(request) || answer_server_side(to, request);
    default:
      break;
  }
  const auto id = text_of(request["requestId"]);
  if (!id) return false;
  if (gatherings_.contains(*id) || collectors_.contains(*id)) return true;  // our own
  return type == RequestType::broadcast ? answer_broadcast(to, *id, request) : answer_question(to, type, *id, request);
}

bool RedisAdapter::answer_question(const Channels& to, RequestType type, const std::string& id, const Value& request) {
  const std::string channel = response_channel(to, request);
  if (type == RequestType::all_rooms) {
    memory_.all_rooms(to.nsp, [this, channel, id](Result<std::vector<std::string>, std::string> rooms) {
      publish(channel, encode_names_answer(id, "rooms", *rooms));
    });
    return true;
  }
  const bool full = type == RequestType::remote_fetch;
  auto selection = full ? selection_of(request["opts"]) : std::nullopt;
  if (!full) {
    auto rooms = names_of(request["rooms"]);
    if (rooms) selection = Selection{std::move(*rooms), {}};
  }
  if (!selection) return false;
  using Found = Result<std::vector<SocketDescription>, std::string>;
  memory_.fetch_sockets(to.nsp, *selection, {}, [this, channel, id, full](Found found) {
    if (full) return publish(channel, encode_fetch_answer(id, *found));
    std::vector<std::string> ids;
    for (const SocketDescription& socket : *found) ids.push_back(socket.id);
    publish(channel, encode_names_answer(id, "sockets", ids));
  });
  return true;
}

bool RedisAdapter::obey(const Channels& to, RequestType type, const Value& request) {
  const auto selection = selection_of(request["opts"]);
  if (!selection) return false;
  if (type == RequestType::remote_disconnect) {
    memory_.disconnect_sockets(to.nsp, *selection, flag_of(request["close"]), {});
    return true;
  }
  auto rooms = names_of(request["rooms"]);
  if (!rooms) return false;
  type == RequestType::remote_join ? memory_.sockets_join(to.nsp, *selection, std::move(*rooms), {})
                                   : memory_.sockets_leave(to.nsp, *selection, std::move(*rooms), {});
  return true;
}

// One socket, named by its id; answered by the server that has it.
bool RedisAdapter::obey_legacy(const Channels& to, RequestType type, const Value& request) {
  const auto sid = text_of(request["sid"]);
  const auto id = text_of(request["requestId"]);
  const auto room = text_of(request["room"]);
  if (!sid || !id || (!room && type != RequestType::remote_disconnect)) return false;
  const Selection selection{{*sid}, {}};
  using Found = Result<std::vector<SocketDescription>, std::string>;
  memory_.fetch_sockets(to.nsp, selection, {},
                        [this, nsp = to.nsp, type, selection, id = *id, room = room.value_or(""),
                         close = flag_of(request["close"]), channel = response_channel(to, request)](Found found) {
                          if (found->size() != 1 || found->front().id != selection.rooms.front()) return;
                          if (type == RequestType::remote_join) memory_.sockets_join(nsp, selection, {room}, {});
                          if (type == RequestType::remote_leave) memory_.sockets_leave(nsp, selection, {room}, {});
                          if (type == RequestType::remote_disconnect)
                            memory_.disconnect_sockets(nsp, selection, close, {});
                          publish(channel, encode_done_answer(id));
                        });
  return true;
}

bool RedisAdapter::answer_server_side(const Channels& to, const Value& request) {
  const Value data = request["data"];
  if (!data.is_array() || data.elements().empty()) return false;
  const auto name = text_of(data.elements().front());
  if (!name) return false;
  std::vector<Packed> arguments;
  for (const Value& argument : data.elements().subspan(1)) arguments.push_back(packed(argument));
  socketio::ServerSideReply reply;
  if (const auto id = text_of(request["requestId"])) {
    reply = [this, id = *id, channel = to.responses](const Packed& first_argument) {
      publish_later(channel, encode_server_side_answer(id, first_argument));
    };
  }
  server_.receive_server_side(to.nsp, *name, arguments, std::move(reply));
  return true;
}

bool RedisAdapter::answer_broadcast(const Channels& to, const std::string& id, const Value& request) {
  const Value options = request["opts"];
  const auto received = read_broadcast(request["packet"], options);
  if (!received) return false;
  if (received->nsp != to.nsp) return true;
  const std::string channel = response_channel(to, request);
  const auto timeout_ms = options["flags"]["timeout"].whole_number();
  constexpr std::chrono::milliseconds kTimeoutMax = std::chrono::hours(1);
  const Duration timeout =
      timeout_ms ? std::clamp(std::chrono::milliseconds(*timeout_ms), std::chrono::milliseconds(0), kTimeoutMax)
                 : options_.requests_timeout;
  with_event(*received, [&](const socketio::OutgoingEvent& event) {
    const std::uint64_t asked = memory_.ask(
        event, received->selection, {},
        [this, channel, id](std::size_t count) { publish(channel, encode_client_count(id, count)); },
        [this, channel, id](const Packed& answer) { publish(channel, encode_broadcast_ack(id, answer)); });
    asked_.push_back({to.nsp, asked, home().scheduler().now() + timeout});
  });
  return true;
}

}  // namespace tutti::adapter
