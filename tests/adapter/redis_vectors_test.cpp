// The captured exchanges of two Node servers: what they published means the same to us, and what we publish for it is
// equal in every byte where the format leaves no choice.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapter/redis/messages.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "socketio/world.hpp"

namespace tutti::adapter {
namespace {

using codec::Value;
using socketio::test::unhex;

struct Publication {
  std::string name, channel, bytes;
};

std::vector<Publication> publications(const std::string& file) {
  std::ifstream in(std::filesystem::path(TUTTI_SOURCE_DIR) / "tests/vectors/protocol" / file);
  std::stringstream text;
  text << in.rdbuf();
  const std::string whole = text.str();
  codec::Arena arena;
  const auto tree = codec::parse_json(whole, arena);
  std::vector<Publication> found;
  if (!tree.has_value()) return found;
  for (const Value& step : (*tree)["steps"].elements()) {
    const Value vectors = step["vectors"];
    if (!vectors.is_array()) continue;
    for (const Value& vector : vectors.elements()) {
      if (!vector["bytes"].is_string() || !vector["channel"].is_string()) continue;
      if (!vector["direction"].is_string() || vector["direction"].as_string() != "client->redis") continue;
      found.push_back({std::string(vector["name"].as_string()), std::string(vector["channel"].as_string()),
                       unhex(vector["bytes"].as_string())});
    }
  }
  return found;
}

socketio::BroadcastFlags flags_with_timeout(const ReceivedBroadcast& received, const Value& options) {
  socketio::BroadcastFlags flags = received.flags;
  if (const auto timeout = options["flags"]["timeout"].whole_number())
    flags.timeout = std::chrono::milliseconds(*timeout);
  return flags;
}

// The message as we would have written it; "" where the format leaves a choice or we never send it.
std::string written_again(const Value& message) {
  const auto event_of = [](const ReceivedBroadcast& received, auto use) {
    socketio::WriteArguments write = [&](codec::ValueWriter& writer) {
      for (const Value& argument : received.arguments) writer.value(argument);
    };
    return use(socketio::OutgoingEvent{received.nsp, received.name, received.arguments.size(), write});
  };
  if (message.is_array()) {
    const auto parts = message.elements();
    const auto received = read_broadcast(parts[1], parts[2]);
    if (!received || parts[0].as_string() == "emitter") return "";  // its options are in another order
    return event_of(*received, [&](const socketio::OutgoingEvent& event) {
      return encode_broadcast(parts[0].as_string(), event, received->selection, received->flags);
    });
  }
  const auto type = message["type"].whole_number();
  if (!type) {
    if (message["rooms"].is_array()) {
      return encode_names_answer(*text_of(message["requestId"]), "rooms", *names_of(message["rooms"]));
    }
    std::vector<socketio::SocketDescription> sockets;
    for (const Value& socket : message["sockets"].elements()) {
      sockets.push_back(
          {*text_of(socket["id"]), *names_of(socket["rooms"]), packed(socket["handshake"]), packed(socket["data"])});
    }
    return encode_fetch_answer(*text_of(message["requestId"]), sockets);
  }
  const std::string uid = text_of(message["uid"]).value_or("");
  const std::string id = text_of(message["requestId"]).value_or("");
  if (uid.empty() && *type < 7) {
    if (*type == 6) return encode_server_side_answer(id, packed(message["data"]));
    return "";  // of the emitter
  }
  const Value options = message["opts"];
  switch (static_cast<RequestType>(*type)) {
    case RequestType::all_rooms:
      return encode_all_rooms_request(uid, id);
    case RequestType::remote_join:
    case RequestType::remote_leave:
      return encode_rooms_request(static_cast<RequestType>(*type), uid, *selection_of(options),
                                  *names_of(message["rooms"]));
    case RequestType::remote_disconnect:
      return encode_disconnect_request(uid, *selection_of(options), message["close"].as_boolean());
    case RequestType::remote_fetch:
      return encode_fetch_request(uid, id, *selection_of(options));
    case RequestType::server_side_emit: {
      const auto data = message["data"].elements();
      std::vector<socketio::Packed> arguments;
      for (const Value& argument : data.subspan(1)) arguments.push_back(packed(argument));
      return encode_server_side_emit(uid, id, data.front().as_string(), arguments);
    }
    case RequestType::broadcast: {
      if (!options["flags"]["expectSingleResponse"].is_undefined()) return "";
      const auto received = read_broadcast(message["packet"], options);
      return event_of(*received, [&](const socketio::OutgoingEvent& event) {
        return encode_broadcast_request(uid, id, event, received->selection, flags_with_timeout(*received, options));
      });
    }
    case RequestType::broadcast_client_count:
      return encode_client_count(id, static_cast<std::size_t>(*message["clientCount"].whole_number()));
    case RequestType::broadcast_ack:
      return encode_broadcast_ack(id, packed(message["packet"]));
    default:
      return "";
  }
}

void check(const std::string& file, std::size_t published, std::size_t equal) {
  const auto all = publications(file);
  EXPECT_EQ(all.size(), published);
  std::size_t compared = 0;
  for (const Publication& one : all) {
    codec::Arena arena;
    const auto message = decode_message(one.bytes, arena);
    ASSERT_TRUE(message) << one.name;
    if (message->is_array()) {
      EXPECT_TRUE(read_broadcast(message->elements()[1], message->elements()[2])) << one.name;
      EXPECT_EQ(broadcast_uid(one.bytes), message->elements()[0].as_string()) << one.name;
    }
    const std::string ours = written_again(*message);
    if (ours.empty()) continue;
    ++compared;
    EXPECT_EQ(socketio::test::hex(ours), socketio::test::hex(one.bytes)) << one.name << "\n" << ours;
  }
  EXPECT_EQ(compared, equal);
}

TEST(RedisVectors, ClassicAdapterAndEmitter) { check("redis-adapter.json", 60, 49); }
TEST(RedisVectors, SpecificResponseChannels) { check("redis-adapter-specific-response.json", 60, 49); }

}  // namespace
}  // namespace tutti::adapter
