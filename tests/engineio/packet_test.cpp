#include "engineio/packet.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace tutti::engineio {
namespace {

RC_GTEST_PROP(EngineIoPacket, DecodeInvertsEncode, (const std::string& data)) {
  const auto type = static_cast<PacketType>(*rc::gen::inRange(0, 7));
  const std::string text = encode_packet(type, data);
  const auto packet = decode_packet(text);
  RC_ASSERT(packet.has_value() && packet->type == type && packet->data == data && !packet->base64);
}

TEST(EngineIoPacket, DecodesTheExamplesOfTheProtocol) {
  EXPECT_EQ(decode_packet("4hello")->type, PacketType::message);
  EXPECT_EQ(decode_packet("4hello")->data, "hello");
  EXPECT_EQ(decode_packet("2probe")->type, PacketType::ping);
  EXPECT_EQ(decode_packet("2probe")->data, "probe");
  EXPECT_EQ(decode_packet("4")->data, "");
  const auto binary = decode_packet("bAQIDBA==");
  EXPECT_EQ(binary->type, PacketType::message);
  EXPECT_TRUE(binary->base64);
  EXPECT_EQ(binary->data, "AQIDBA==");
}

TEST(EngineIoPacket, NamesWhatIsWrong) {
  EXPECT_EQ(decode_packet("").error(), PacketError::empty);
  for (const char* text : {"7", "abc", "x", " 4", "\xff", "/", ":"}) {
    EXPECT_EQ(decode_packet(text).error(), PacketError::unknown_type) << text;
  }
}

std::vector<std::string> parts_of(std::string_view payload) {
  std::vector<std::string> parts;
  std::string_view part;
  for (PayloadReader reader(payload); reader.next(part);) parts.emplace_back(part);
  return parts;
}

TEST(EngineIoPayload, SplitsAtTheRecordSeparator) {
  EXPECT_EQ(parts_of("4hello\x1e"
                     "2\x1e"
                     "4world"),
            (std::vector<std::string>{"4hello", "2", "4world"}));
  EXPECT_EQ(parts_of("4"), (std::vector<std::string>{"4"}));
  EXPECT_EQ(parts_of(""), (std::vector<std::string>{""}));
  EXPECT_EQ(parts_of("\x1e"), (std::vector<std::string>{"", ""}));
}

}  // namespace
}  // namespace tutti::engineio
