// The captured traffic of the reference implementation: every frame, every MessagePack message, every request head.
#include <gtest/gtest.h>

#include "codec/base64.hpp"
#include "codec/http1.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "codec/support.hpp"
#include "codec/websocket.hpp"

namespace tutti::codec {
namespace {

using test::for_each_with;
using test::from_hex;
using test::to_hex;

// A parsed vector file; the text lives as long.
struct VectorFile {
  explicit VectorFile(const std::string& name) : text(test::read_file("vectors/protocol/" + name + ".json")) {
    auto parsed = parse_json(text, arena, {.check_utf8 = true});
    EXPECT_TRUE(parsed.has_value()) << name;
    if (parsed.has_value()) root = *parsed;
  }
  std::string text;
  Arena arena;
  Value root;
};

// Array buffers and buffers are the same to us.
std::string without_kinds_of_binary(std::string tagged) {
  constexpr std::string_view kName = "$arraybuffer";
  for (std::size_t at; (at = tagged.find(kName)) != std::string::npos;) tagged.replace(at, kName.size(), "$bin");
  return tagged;
}

void expect_message(std::string_view bytes, const Value& decoded, DateForm dates, const std::string& name) {
  Arena arena;
  const auto value = parse_msgpack(bytes, arena);
  ASSERT_TRUE(value.has_value()) << name;
  const std::string expected = test::to_json(decoded);
  EXPECT_EQ(test::tagged_json(*value), without_kinds_of_binary(expected)) << name;
  // Written again it is the same, but for the private forms that we read and do not write.
  const bool private_forms =
      expected.find("$undefined") != std::string::npos || expected.find("$arraybuffer") != std::string::npos;
  if (!private_forms) {
    EXPECT_EQ(to_hex(test::to_msgpack(*value, dates)), to_hex(bytes)) << name;
  }
}

TEST(Vectors, ReadsEveryMsgpackMessageOfAWebSocket) {
  const VectorFile file("ws-msgpack-parser");
  int messages = 0;
  for_each_with(file.root, "decoded", [&](const Value& vector) {
    const Value packet = vector["decoded"]["socketio"];
    if (packet.is_undefined() || vector["ws"]["opcode"].as_integer() != 2) return;
    ++messages;
    expect_message(from_hex(vector["bytes"].as_string()), packet, DateForm::notepack2,
                   std::string(vector["name"].as_string()));
  });
  EXPECT_GT(messages, 50);
}

TEST(Vectors, ReadsEveryMsgpackMessageOfPolling) {
  const VectorFile file("polling-msgpack-parser");
  int messages = 0;
  for_each_with(file.root, "binary", [&](const Value& packet) {
    if (packet["socketio"].is_undefined()) return;
    ++messages;
    expect_message(from_hex(packet["binary"].as_string()), packet["socketio"], DateForm::notepack2, "polling");
  });
  EXPECT_GT(messages, 50);
}

TEST(Vectors, ReadsEveryMsgpackMessageOfTheRedisAdapters) {
  for (const char* name : {"redis-adapter", "redis-adapter-specific-response", "redis-adapter-sharded"}) {
    const VectorFile file(name);
    int messages = 0;
    for_each_with(file.root, "decoded", [&](const Value& vector) {
      const Value decoded = vector["decoded"];
      if (!decoded.is_object() || !decoded["format"].is_string() || decoded["format"].as_string() != "msgpack") return;
      ++messages;
      expect_message(from_hex(vector["bytes"].as_string()), decoded["value"], DateForm::timestamp,
                     std::string(name) + "/" + std::string(vector["name"].as_string()));
    });
    EXPECT_GT(messages, 0) << name;
  }
}

TEST(Vectors, ReadsEveryJsonMessageOfTheRedisAdapters) {
  const VectorFile file("redis-adapter");
  int messages = 0;
  for_each_with(file.root, "decoded", [&](const Value& vector) {
    if (!vector["bytes"].is_string()) return;
    const std::string bytes = from_hex(vector["bytes"].as_string());
    if (!bytes.starts_with('{')) return;
    ++messages;
    Arena arena;
    const auto value = parse_json(bytes, arena, {.check_utf8 = true});
    ASSERT_TRUE(value.has_value());
    EXPECT_EQ(test::to_json(*value), bytes);
  });
  EXPECT_GT(messages, 10);
}

TEST(Vectors, ReadsAndWritesEveryFrame) {
  for (const char* name : {"ws-default-parser", "ws-msgpack-parser", "upgrade-default-parser",
                           "ws-recovery-default-parser", "edge-cases-ws"}) {
    const VectorFile file(name);
    int frames = 0;
    for_each_with(file.root, "frame", [&](const Value& vector) {
      ++frames;
      std::string frame = from_hex(vector["frame"].as_string());
      const std::string original = frame;
      const bool masked = vector["ws"]["masked"].as_integer() == 1;
      const auto role = masked ? WebSocketReader::Role::server : WebSocketReader::Role::client;
      WebSocketReader reader(role, {});
      std::string payload;
      int messages = 0;
      const auto result = reader.feed(frame.data(), frame.size(), [&](const WebSocketMessage& message) {
        ++messages;
        payload = message.payload;
        EXPECT_EQ(static_cast<int>(message.opcode), vector["ws"]["opcode"].as_integer());
        return true;
      });
      ASSERT_TRUE(result.has_value()) << name;
      EXPECT_EQ(messages, 1);
      EXPECT_EQ(to_hex(payload), vector["bytes"].as_string());
      if (masked) return;
      std::string written;
      append_frame(written, static_cast<Opcode>(vector["ws"]["opcode"].as_integer()), payload);
      EXPECT_EQ(to_hex(written), to_hex(original));
    });
    if (std::string_view(name) != "edge-cases-ws") {
      EXPECT_GT(frames, 20) << name;
    }
  }
}

TEST(Vectors, ReadsEveryRequest) {
  for (const char* name : {"polling-default-parser", "polling-msgpack-parser", "upgrade-default-parser"}) {
    const VectorFile file(name);
    int requests = 0;
    for_each_with(file.root, "head", [&](const Value& vector) {
      if (vector["direction"].as_string() != "client->server") return;
      ++requests;
      std::string bytes(vector["head"].as_string());
      const std::string body = vector["bytes"].is_string() ? from_hex(vector["bytes"].as_string()) : "";
      bytes += body;
      Http1Parser parser;
      auto step = parser.feed(bytes);
      ASSERT_TRUE(step.has_value() && step->event == Http1Parser::Event::head) << bytes;
      parser.limit_body(1'000'000);
      step = parser.feed(std::string_view(bytes).substr(step->consumed));
      ASSERT_TRUE(step.has_value() && step->event == Http1Parser::Event::message) << bytes;
      EXPECT_EQ(parser.request().body, body);
    });
    EXPECT_GT(requests, 5) << name;
  }
}

}  // namespace
}  // namespace tutti::codec
