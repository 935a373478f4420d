#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>

#include "codec/support.hpp"
#include "codec/websocket.hpp"

namespace tutti::codec {
namespace {

using test::from_hex;
using test::to_hex;

std::uint32_t key(std::string_view hex) {
  std::uint32_t mask;
  std::memcpy(&mask, from_hex(hex).data(), 4);
  return mask;
}

// RFC 6455, section 5.7.
TEST(WebSocketWriter, WritesTheExamplesOfTheText) {
  std::string out;
  append_frame(out, Opcode::text, "Hello");
  EXPECT_EQ(to_hex(out), "810548656c6c6f");
  out.clear();
  append_masked_frame(out, Opcode::text, "Hello", key("37fa213d"));
  EXPECT_EQ(to_hex(out), "818537fa213d7f9f4d5158");
  out.clear();
  append_frame(out, Opcode::ping, "Hello");
  EXPECT_EQ(to_hex(out), "890548656c6c6f");
  out.clear();
  append_masked_frame(out, Opcode::pong, "Hello", key("37fa213d"));
  EXPECT_EQ(to_hex(out), "8a8537fa213d7f9f4d5158");

  char header[kFrameHeaderMax];
  EXPECT_EQ(to_hex({header, write_frame_header(header, Opcode::text, 3, false)}), "0103");
  EXPECT_EQ(to_hex({header, write_frame_header(header, Opcode::continuation, 2)}), "8002");
  EXPECT_EQ(to_hex({header, write_frame_header(header, Opcode::binary, 256)}), "827e0100");
  EXPECT_EQ(to_hex({header, write_frame_header(header, Opcode::binary, 65536)}), "827f0000000000010000");
}

TEST(WebSocketWriter, TakesTheShortestLengthForm) {
  char header[kFrameHeaderMax];
  EXPECT_EQ(write_frame_header(header, Opcode::text, 125), 2u);
  EXPECT_EQ(write_frame_header(header, Opcode::text, 126), 4u);
  EXPECT_EQ(write_frame_header(header, Opcode::text, 65535), 4u);
  EXPECT_EQ(write_frame_header(header, Opcode::text, 65536), 10u);
}

TEST(WebSocketWriter, MarksCompressedMessages) {
  std::string out;
  append_frame(out, Opcode::text, "x", true);
  EXPECT_EQ(to_hex(out), "c10178");
}

TEST(WebSocketWriter, WritesCloseFrames) {
  const auto close = [](CloseCode code, std::string_view reason) {
    std::string out;
    append_close_frame(out, code, reason);
    return out;
  };
  EXPECT_EQ(to_hex(close(CloseCode::none, "")), "8800");
  EXPECT_EQ(to_hex(close(CloseCode::normal, "")), "880203e8");
  EXPECT_EQ(to_hex(close(CloseCode::protocol_error, "no")), "880403ea6e6f");
  EXPECT_EQ(close(CloseCode::normal, std::string(200, 'a')).size(), 2u + 125u);
  // "é" would be cut in the middle.
  EXPECT_EQ(close(CloseCode::normal, std::string(122, 'a') + "\xC3\xA9").size(), 2u + 124u);
}

// RFC 6455, section 1.3.
TEST(WebSocketWriter, ProvesTheHandshake) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

RC_GTEST_PROP(WebSocketUnmask, IsTheSameWhereverItIsCut, (std::string bytes, std::uint32_t mask)) {
  bytes.resize(bytes.size() * 3 + bytes.size() % 7, 'x');
  std::string expected = bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    expected[i] = static_cast<char>(expected[i] ^ reinterpret_cast<const char*>(&mask)[i % 4]);
  }
  const std::size_t cut = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
  unmask(bytes.data(), cut, mask);
  unmask(bytes.data() + cut, bytes.size() - cut, mask, cut);
  RC_ASSERT(bytes == expected);
}

}  // namespace
}  // namespace tutti::codec
