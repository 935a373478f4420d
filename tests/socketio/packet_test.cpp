#include "socketio/packet.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/msgpack.hpp"
#include "socketio/ack_id.hpp"
#include "socketio/encode.hpp"
#include "socketio/packet_out.hpp"
#include "socketio/world.hpp"

namespace tutti::socketio {
namespace {

using test::messages_of;
using test::unhex;

// "type nsp id attachments name|arg|arg", or the error.
std::string read(std::string_view text, Form form = Form::json) {
  PacketReader reader({});
  const auto packet = reader.read(form, text);
  if (!packet.has_value()) return std::string(to_string(packet.error()));
  std::string shown = std::to_string(static_cast<int>(packet->type)) + " " + std::string(packet->nsp);
  if (packet->id) {
    shown += " id=";
    append_ack_id(shown, *packet->id);
  }
  if (packet->attachments > 0) shown += " +" + std::to_string(packet->attachments);
  if (reader.name()) shown += " " + std::string(*reader.name());
  for (const auto argument : reader.arguments()) shown += "|" + std::string(argument);
  return shown;
}

TEST(JsonPacket, ReadsTheExamplesOfTheProtocol) {
  EXPECT_EQ(read("0"), "0 /");
  EXPECT_EQ(read(R"(0{"token":"123"})"), "0 /");
  EXPECT_EQ(read("0/admin,"), "0 /admin");
  EXPECT_EQ(read("0/admin"), "0 /admin");
  EXPECT_EQ(read(R"(0/admin?token=1234&uid=abcd,{"a":1})"), "0 /admin?token=1234&uid=abcd");
  EXPECT_EQ(read("1/admin,"), "1 /admin");
  EXPECT_EQ(read(R"(2["hello",1])"), "2 / hello|1");
  EXPECT_EQ(read(R"(2/admin,456["project:delete",123])"), "2 /admin id=456 project:delete|123");
  EXPECT_EQ(read("3/admin,456[]"), "3 /admin id=456");
  EXPECT_EQ(read(R"(51-["hello",{"_placeholder":true,"num":0}])"), R"(5 / +1 hello|{"_placeholder":true,"num":0})");
  EXPECT_EQ(read(R"(61-/admin,456[{"_placeholder":true,"num":0}])"),
            R"(6 /admin id=456 +1|{"_placeholder":true,"num":0})");
}

TEST(JsonPacket, AnIdMayBeZeroOrHuge) {
  EXPECT_EQ(read(R"(20["a"])"), "2 / id=0 a");
  EXPECT_EQ(read(R"(29007199254740992["a"])"), "2 / id=9007199254740992 a");
  EXPECT_EQ(read(R"(299999999999999999999["a"])"), "2 / id=100000000000000000000 a");
  EXPECT_EQ(read("2" + std::string(1000, '9') + "[\"a\"]"), "invalid payload");
}

TEST(JsonPacket, BlanksCountAsDigitsOfAnIdAsInNode) {
  EXPECT_EQ(read(R"(2 ["a"])"), "2 / id=0 a");
  EXPECT_EQ(read(R"(21 ["a"])"), "2 / id=1 a");
  EXPECT_EQ(read(R"(21 2["a"])"), "invalid payload");
}

TEST(JsonPacket, ANameIsAStringOrANumber) {
  EXPECT_EQ(read(R"(2["a\u0062\n"])"), "2 / ab\n");
  EXPECT_EQ(read("2[1,2]"), "2 / 1|2");
  EXPECT_EQ(read("2[-1.5]"), "2 / -1.5");
  for (const char* name : {"null", "true", "{}", "[]"}) {
    EXPECT_EQ(read("2[" + std::string(name) + "]"), "invalid payload") << name;
  }
}

TEST(JsonPacket, RefusesReservedNamesHoweverTheyAreWritten) {
  for (const char* name :
       {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "\\u0063onnect"}) {
    EXPECT_EQ(read("2[\"" + std::string(name) + "\"]"), "invalid payload") << name;
  }
  EXPECT_EQ(read(R"(2["error"])"), "2 / error");
}

TEST(JsonPacket, TakesEventsAndAcknowledgementsWithoutAPayload) {
  EXPECT_EQ(read("2"), "2 /");
  EXPECT_EQ(read("212"), "2 / id=12");
  EXPECT_EQ(read("3"), "3 /");
}

TEST(JsonPacket, RefusesPayloadsThatDoNotFitTheType) {
  for (const char* text : {"0[]", "0\"x\"", "0null", "0custom", "1{\"a\":1}", "1[]", "2{}", "2[]", "2[null]", "2[\"a\"",
                           "2[\"a\"]x", "2abc[\"a\"]", "3{}", "3\"a\"", "0{\"a\":}", "2[\"a\",]"}) {
    EXPECT_EQ(read(text), "invalid payload") << text;
  }
}

TEST(JsonPacket, RefusesUnknownTypes) {
  for (const char* text : {"", "7", "9", "x", " 2[\"a\"]", "-1"}) EXPECT_EQ(read(text), "unknown packet type") << text;
}

TEST(JsonPacket, ChecksTheNumberOfAttachments) {
  for (const char* text : {"50-[\"a\"]", "5[\"a\"]", "51[\"a\"]", "5-1-[\"a\"]", "5-[\"a\"]", "5", "51", "5 1-[\"a\"]",
                           "5x-[\"a\"]", "5+1-[\"a\"]"}) {
    EXPECT_EQ(read(text), "illegal attachments") << text;
  }
  EXPECT_EQ(read("510-[\"a\"]"), "5 / +10 a");
  EXPECT_EQ(read("511-[\"a\"]"), "too many attachments");
  EXPECT_EQ(read("599999999999999999999-[\"a\"]"), "too many attachments");
}

TEST(JsonPacket, RefusesWhatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) {
    return "2[\"a\"," + std::string(depth, '[') + std::string(depth, ']') + "]";
  };
  EXPECT_NE(read(nested(100)), "invalid payload");
  EXPECT_EQ(read(nested(200)), "invalid payload");
}

TEST(JsonPacket, CarriesLoneSurrogates) { EXPECT_EQ(read(R"(2["a","\ud800"])"), R"(2 / a|"\ud800")"); }

// One MessagePack map of the fields.
std::string packed(const std::function<void(codec::ValueWriter&)>& write, std::size_t fields) {
  std::string out;
  codec::MsgpackWriter writer(out);
  writer.begin_object(fields);
  write(writer);
  return out;
}
std::string event(std::int64_t type, const std::function<void(codec::ValueWriter&)>& data) {
  return packed(
      [&](codec::ValueWriter& writer) {
        writer.field("type", type);
        writer.key("data");
        data(writer);
        writer.field("nsp", "/");
      },
      3);
}
std::string read_msgpack(const std::string& bytes) { return read(bytes, Form::msgpack); }

TEST(MsgpackPacket, ReadsWhatStockClientsSend) {
  // {type: 0, data: {token: "abc", n: 1}, nsp: "/"}
  EXPECT_EQ(read_msgpack(unhex("83a47479706500a46461746182a5746f6b656ea3616263a16e01a36e7370a12f")), "0 /");
  // data: undefined
  EXPECT_EQ(read_msgpack(unhex("83a47479706500a464617461d40000a36e7370a72f64796e2d3432")), "0 /dyn-42");
  // {type: 1, nsp: "/admin"}
  EXPECT_EQ(read_msgpack(unhex("82a47479706501a36e7370a62f61646d696e")), "1 /admin");
  // {type: 2, data: ["echo"], options: {compress: true}, nsp: "/"}
  EXPECT_EQ(
      read_msgpack(unhex("84a47479706502a46461746191a46563686fa76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f")),
      "2 / echo");
}

TEST(MsgpackPacket, KeysComeInAnyOrder) {
  const std::string bytes = packed(
      [](codec::ValueWriter& writer) {
        writer.field("nsp", "/chat");
        writer.field("id", std::int64_t{7});
        writer.key("data");
        writer.begin_array(2);
        writer.string("hello");
        writer.integer(5);
        writer.field("type", std::int64_t{2});
      },
      4);
  EXPECT_EQ(read_msgpack(bytes), "2 /chat id=7 hello|\x05");
}

TEST(MsgpackPacket, ChecksTypes) {
  const auto array = [](codec::ValueWriter& writer) {
    writer.begin_array(1);
    writer.string("a");
  };
  const auto object = [](codec::ValueWriter& writer) { writer.begin_object(0); };
  const auto null = [](codec::ValueWriter& writer) { writer.null(); };
  EXPECT_EQ(read_msgpack(event(2, array)), "2 / a");
  EXPECT_EQ(read_msgpack(event(5, array)), "unknown packet type");
  EXPECT_EQ(read_msgpack(event(-1, array)), "unknown packet type");
  EXPECT_EQ(read_msgpack(event(2, object)), "invalid payload");
  EXPECT_EQ(read_msgpack(event(3, object)), "invalid payload");
  EXPECT_EQ(read_msgpack(event(0, array)), "invalid payload");
  EXPECT_EQ(read_msgpack(event(0, null)), "invalid payload");
  EXPECT_EQ(read_msgpack(event(1, object)), "invalid payload");
  EXPECT_EQ(read_msgpack(event(2, array) + "x"), "invalid payload");
  EXPECT_EQ(read_msgpack("x"), "invalid payload");
  EXPECT_EQ(read_msgpack(""), "invalid payload");
  EXPECT_EQ(read_msgpack(packed([](codec::ValueWriter& writer) { writer.field("type", std::int64_t{2}); }, 1)),
            "invalid payload");
}

TEST(MsgpackPacket, AnIdMustBeWhole) {
  const auto with_id = [](const std::function<void(codec::ValueWriter&)>& id) {
    return packed(
        [&](codec::ValueWriter& writer) {
          writer.field("type", std::int64_t{3});
          writer.key("data");
          writer.begin_array(0);
          writer.key("id");
          id(writer);
          writer.field("nsp", "/");
        },
        4);
  };
  EXPECT_EQ(read_msgpack(with_id([](codec::ValueWriter& writer) { writer.integer(0); })), "3 / id=0");
  EXPECT_EQ(read_msgpack(with_id([](codec::ValueWriter& writer) { writer.integer(-1); })), "3 / id=-1");
  EXPECT_EQ(read_msgpack(with_id([](codec::ValueWriter& writer) { writer.undefined(); })), "3 /");
  EXPECT_EQ(read_msgpack(with_id([](codec::ValueWriter& writer) { writer.string("1"); })), "invalid payload");
  EXPECT_EQ(read_msgpack(with_id([](codec::ValueWriter& writer) { writer.number(1.5); })), "invalid payload");
}

TEST(MsgpackPacket, AnEventWithoutANameIsTaken) {
  EXPECT_EQ(read_msgpack(event(2, [](codec::ValueWriter& writer) { writer.begin_array(0); })), "2 /");
  EXPECT_EQ(read_msgpack(event(2,
                               [](codec::ValueWriter& writer) {
                                 writer.begin_array(1);
                                 writer.null();
                               })),
            "2 /");
}

RC_GTEST_PROP(Packet, NoBytesHarmTheReader, (const std::string& bytes)) {
  PacketReader reader({});
  (void)reader.read(Form::json, "2" + bytes);
  (void)reader.read(Form::json, bytes);
  (void)reader.read(Form::msgpack, bytes);
  (void)reader.read(Form::msgpack, "\x83\xa4type\x02" + bytes);
}

std::vector<std::string> encoded(Form form, std::string_view nsp, std::optional<std::uint64_t> id, bool binary) {
  Forms forms;
  forms.add(form);
  const auto packet = encode_event(
      forms, nsp, "name", 2,
      [binary](codec::ValueWriter& writer) {
        writer.integer(1);
        if (binary) return writer.binary(std::string_view("\x01\x02"));
        writer.string("x");
      },
      id);
  return messages_of(*packet.in(form));
}

TEST(Encode, WritesEventsAsTheProtocolSays) {
  EXPECT_EQ(encoded(Form::json, "/", std::nullopt, false), (std::vector<std::string>{R"(2["name",1,"x"])"}));
  EXPECT_EQ(encoded(Form::json, "/admin", 5, false), (std::vector<std::string>{R"(2/admin,5["name",1,"x"])"}));
  EXPECT_EQ(encoded(Form::json, "/admin", 5, true),
            (std::vector<std::string>{R"(51-/admin,5["name",1,{"_placeholder":true,"num":0}])", "b:0102"}));
  EXPECT_EQ(encoded(Form::msgpack, "/", std::nullopt, true),
            (std::vector<std::string>{"b:83a47479706502a46461746193a46e616d6501c4020102a36e7370a12f"}));
}

TEST(Encode, OnlyWritesTheFormsThatAreInUse) {
  Forms forms;
  const auto none = encode_event(forms, "/", "a", 0, nullptr);
  EXPECT_FALSE(none.json || none.msgpack);
  forms.add(Form::json);
  const auto json = encode_event(forms, "/", "a", 0, nullptr);
  EXPECT_TRUE(json.json && !json.msgpack);
  EXPECT_EQ(messages_of(*json.json), (std::vector<std::string>{R"(2["a"])"}));
}

TEST(Encode, WritesAcknowledgements) {
  const auto nothing = encode_ack(Form::json, "/", 12, 0, nullptr);
  EXPECT_EQ(messages_of(*nothing), (std::vector<std::string>{"312[]"}));
  const auto bytes = encode_ack(Form::json, "/a", 0, 1, [](codec::ValueWriter& writer) { writer.binary("\x07"); });
  EXPECT_EQ(messages_of(*bytes), (std::vector<std::string>{R"(61-/a,0[{"_placeholder":true,"num":0}])", "b:07"}));
  // {id: 1, type: 3, data: [], nsp: "/"}, in the order of the Node server.
  EXPECT_EQ(messages_of(*encode_ack(Form::msgpack, "/", 1, 0, nullptr)),
            (std::vector<std::string>{"b:84a2696401a47479706503a46461746190a36e7370a12f"}));
}

TEST(Encode, WritesConnectionPackets) {
  EXPECT_EQ(messages_of(*encode_connect(Form::json, "/", "abc", "")), (std::vector<std::string>{R"(0{"sid":"abc"})"}));
  EXPECT_EQ(messages_of(*encode_connect(Form::json, "/x", "abc", "def")),
            (std::vector<std::string>{R"(0/x,{"sid":"abc","pid":"def"})"}));
  EXPECT_EQ(messages_of(*encode_connect_error(Form::json, "/", "no", R"({"code":1})")),
            (std::vector<std::string>{R"(4{"message":"no","data":{"code":1}})"}));
  EXPECT_EQ(messages_of(*encode_disconnect(Form::json, "/")), (std::vector<std::string>{"1"}));
  EXPECT_EQ(messages_of(*encode_disconnect(Form::json, "/x")), (std::vector<std::string>{"1/x,"}));
  EXPECT_EQ(messages_of(*encode_disconnect(Form::msgpack, "/")),
            (std::vector<std::string>{"b:82a47479706501a36e7370a12f"}));
}

RC_GTEST_PROP(Encode, IdsAreReadBack, (std::uint64_t number)) {
  const std::uint64_t id = number & ((std::uint64_t{1} << 53) - 1);
  PacketReader reader({});
  const auto text = messages_of(*encode_ack(Form::json, "/n", id, 0, nullptr)).front();
  const auto packet = reader.read(Form::json, text);
  RC_ASSERT(packet.has_value() && packet->id == id && packet->nsp == "/n");
}

}  // namespace
}  // namespace tutti::socketio
