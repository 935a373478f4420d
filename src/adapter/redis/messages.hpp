// adapter/redis/messages.hpp: what the servers of a cluster tell each other, as bytes: the payloads of
// @socket.io/redis-adapter 8 and @socket.io/redis-emitter 5. Pure.
//
// Broadcasts and what belongs to acknowledgements are MessagePack (notepack.io 3), everything else is JSON text; the
// first byte tells.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/value.hpp"
#include "socketio/adapter.hpp"

namespace tutti::adapter {

enum class RequestType : std::uint8_t {
  sockets,  // of old servers
  all_rooms,
  remote_join,
  remote_leave,
  remote_disconnect,
  remote_fetch,
  server_side_emit,
  broadcast,               // with acknowledgement
  broadcast_client_count,  // an answer
  broadcast_ack,           // an answer
};

// JSON or MessagePack, as the first byte tells; nullopt: neither.
std::optional<codec::Value> decode_message(std::string_view payload, codec::Arena& arena);

// A broadcast that another server has published. Borrows the decoded message.
struct ReceivedBroadcast {
  std::string_view nsp;
  std::string name;
  std::span<const codec::Value> arguments;
  socketio::Selection selection;
  socketio::BroadcastFlags flags;
};

// Numbers are taken as the text that JavaScript makes of them: room names may be numbers there.
std::optional<std::string> text_of(const codec::Value& value);
// nullopt: no array of names. Nothing at all is an empty list.
std::optional<std::vector<std::string>> names_of(const codec::Value& value);
std::optional<socketio::Selection> selection_of(const codec::Value& options);
// `packet` and `options` as they stand in a message; nullopt where a delivery is impossible.
std::optional<ReceivedBroadcast> read_broadcast(const codec::Value& packet, const codec::Value& options);

// The uid in front of a broadcast, without decoding the rest; nullopt: this is none.
std::optional<std::string_view> broadcast_uid(std::string_view payload);

// [uid, packet, options]
std::string encode_broadcast(std::string_view uid, const socketio::OutgoingEvent& event,
                             const socketio::Selection& selection, const socketio::BroadcastFlags& flags);
std::string encode_broadcast_request(std::string_view uid, std::string_view request_id,
                                     const socketio::OutgoingEvent& event, const socketio::Selection& selection,
                                     const socketio::BroadcastFlags& flags);
std::string encode_all_rooms_request(std::string_view uid, std::string_view request_id);
std::string encode_fetch_request(std::string_view uid, std::string_view request_id,
                                 const socketio::Selection& selection);
// remote_join or remote_leave
std::string encode_rooms_request(RequestType type, std::string_view uid, const socketio::Selection& selection,
                                 const std::vector<std::string>& rooms);
std::string encode_disconnect_request(std::string_view uid, const socketio::Selection& selection, bool close);
// `request_id` "": no acknowledgement is asked for
std::string encode_server_side_emit(std::string_view uid, std::string_view request_id, std::string_view name,
                                    const std::vector<socketio::Packed>& arguments);

std::string encode_done_answer(std::string_view request_id);
// `key`: "sockets" (ids) or "rooms"
std::string encode_names_answer(std::string_view request_id, std::string_view key,
                                const std::vector<std::string>& names);
std::string encode_fetch_answer(std::string_view request_id, const std::vector<socketio::SocketDescription>& sockets);
std::string encode_server_side_answer(std::string_view request_id, std::string_view packed);
std::string encode_client_count(std::string_view request_id, std::size_t count);
std::string encode_broadcast_ack(std::string_view request_id, std::string_view packed);

// One value as MessagePack.
socketio::Packed packed(const codec::Value& value);

}  // namespace tutti::adapter
