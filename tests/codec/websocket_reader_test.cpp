#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/support.hpp"
#include "codec/websocket.hpp"

namespace tutti::codec {
namespace {

using Role = WebSocketReader::Role;
using test::from_hex;

constexpr WebSocketLimits kLimits{.message_bytes_max = 100'000, .fragments_max = 8};

const char* name(Opcode opcode) {
  switch (opcode) {
    case Opcode::text:
      return "text";
    case Opcode::binary:
      return "binary";
    case Opcode::close:
      return "close";
    case Opcode::ping:
      return "ping";
    case Opcode::pong:
      return "pong";
    default:
      return "?";
  }
}

// Feeds the bytes in pieces of `piece` and tells what came out: "text:Hello binary:.. !1002".
std::string read(std::string bytes, std::size_t piece, Role role = Role::client, bool allow_compressed = false,
                 WebSocketLimits limits = kLimits) {
  WebSocketReader reader(role, limits, allow_compressed);
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    std::string exact = bytes.substr(at, size);  // so that reading behind it is found
    const auto result = reader.feed(exact.data(), size, [&](const WebSocketMessage& message) {
      out += std::string(name(message.opcode)) + (message.compressed ? "*:" : ":");
      out += message.payload.size() <= 40 ? std::string(message.payload) : std::to_string(message.payload.size());
      out += ' ';
      return true;
    });
    if (!result.has_value()) return out + "!" + std::to_string(static_cast<int>(result.error().code));
  }
  return out;
}

// The same result for every size of pieces, as one would expect.
void expect(const std::string& bytes, const std::string& result, Role role = Role::client,
            bool allow_compressed = false) {
  EXPECT_EQ(read(bytes, std::max<std::size_t>(bytes.size(), 1), role, allow_compressed), result);
  for (std::size_t piece = 1; piece < std::min<std::size_t>(bytes.size(), 40); ++piece) {
    EXPECT_EQ(read(bytes, piece, role, allow_compressed), result) << "in pieces of " << piece;
  }
}

std::string frame(Opcode opcode, std::string_view payload, bool fin = true, bool rsv1 = false) {
  char header[kFrameHeaderMax];
  std::string out(header, write_frame_header(header, opcode, payload.size(), fin, rsv1));
  return out.append(payload);
}

// RFC 6455, section 5.7.
TEST(WebSocketReader, ReadsTheExamplesOfTheText) {
  expect(from_hex("810548656c6c6f"), "text:Hello ");
  expect(from_hex("818537fa213d7f9f4d5158"), "text:Hello ", Role::server);
  expect(from_hex("010348656c 80026c6f"), "text:Hello ");
  expect(from_hex("890548656c6c6f"), "ping:Hello ");
  expect(from_hex("8a8537fa213d7f9f4d5158"), "pong:Hello ", Role::server);
  expect(from_hex("827e0100") + std::string(256, 'x'), "binary:256 ");
  expect(from_hex("827f0000000000010000") + std::string(65536, 'x'), "binary:65536 ");
}

TEST(WebSocketReader, ReadsEveryLength) {
  for (const std::size_t size : {0, 1, 125, 126, 127, 128, 65535, 65536, 65537}) {
    const std::string payload(size, 'y');
    const std::string told = size <= 40 ? payload : std::to_string(size);
    expect(frame(Opcode::text, payload), "text:" + told + " ");
    expect(frame(Opcode::binary, payload), "binary:" + told + " ");
  }
}

TEST(WebSocketReader, ReadsSeveralMessagesAtOnce) {
  expect(frame(Opcode::text, "a") + frame(Opcode::text, "") + frame(Opcode::ping, "p") + frame(Opcode::binary, "b"),
         "text:a text: ping:p binary:b ");
}

TEST(WebSocketReader, UnmasksInPlaceWithoutCopying) {
  std::string bytes;
  append_masked_frame(bytes, Opcode::text, "Hello", 0x12345678);
  WebSocketReader reader(Role::server, kLimits);
  const char* place = nullptr;
  ASSERT_TRUE(reader
                  .feed(bytes.data(), bytes.size(),
                        [&](const WebSocketMessage& message) {
                          place = message.payload.data();
                          return true;
                        })
                  .has_value());
  EXPECT_EQ(place, bytes.data() + 6);
}

TEST(WebSocketReader, StopsWhenToldTo) {
  std::string bytes = frame(Opcode::text, "a") + frame(Opcode::close, "") + frame(Opcode::text, "never");
  WebSocketReader reader(Role::client, kLimits);
  int messages = 0;
  ASSERT_TRUE(reader
                  .feed(bytes.data(), bytes.size(),
                        [&](const WebSocketMessage& message) {
                          ++messages;
                          return message.opcode != Opcode::close;
                        })
                  .has_value());
  EXPECT_EQ(messages, 2);
}

TEST(WebSocketReader, MayBeDestroyedByTheLastMessage) {
  std::string bytes = frame(Opcode::text, "a", false) + frame(Opcode::continuation, "b") + frame(Opcode::text, "c");
  auto reader = std::make_unique<WebSocketReader>(Role::client, kLimits);
  ASSERT_TRUE(reader
                  ->feed(bytes.data(), bytes.size(),
                         [&](const WebSocketMessage&) {
                           reader.reset();
                           return false;
                         })
                  .has_value());
}

TEST(WebSocketReader, IsSmallBetweenMessages) { EXPECT_LE(sizeof(WebSocketReader), 24u); }

// Autobahn 5: fragmentation.
TEST(WebSocketReader, AssemblesFragments) {
  const auto first = [](std::string_view payload) { return frame(Opcode::text, payload, false); };
  const auto middle = [](std::string_view payload) { return frame(Opcode::continuation, payload, false); };
  const auto last = [](std::string_view payload) { return frame(Opcode::continuation, payload); };
  expect(first("") + middle("") + last(""), "text: ");
  expect(first("") + middle("x") + last(""), "text:x ");
  expect(first("ab") + frame(Opcode::ping, "p") + last("cd"), "ping:p text:abcd ");
  expect(first("ab") + frame(Opcode::ping, "p") + middle("cd") + frame(Opcode::pong, "q") + last("ef"),
         "ping:p pong:q text:abcdef ");
  expect(first("ab") + frame(Opcode::close, from_hex("03e8")), "close:\x03\xE8 ");
  expect(frame(Opcode::binary, "a", false) + last("b") + frame(Opcode::text, "c"), "binary:ab text:c ");
}

TEST(WebSocketReader, RefusesFragmentsOutOfOrder) {
  expect(frame(Opcode::continuation, "x"), "!1002");
  expect(frame(Opcode::continuation, "x", false), "!1002");
  expect(frame(Opcode::text, "a") + frame(Opcode::continuation, "x"), "text:a !1002");
  expect(frame(Opcode::text, "a", false) + frame(Opcode::text, "b"), "!1002");
  expect(frame(Opcode::text, "a", false) + frame(Opcode::binary, "b", false), "!1002");
}

// Autobahn 3 and 4: reserved bits and opcodes.
TEST(WebSocketReader, RefusesReservedBitsAndOpcodes) {
  for (const char* hex : {"9100", "a100", "b100", "c100", "c900", "c800", "8300", "8400", "8500", "8600", "8700",
                          "8b00", "8c00", "8d00", "8e00", "8f00"}) {
    expect(from_hex(hex), "!1002");
  }
}

TEST(WebSocketReader, TakesCompressedMessagesOnlyWhereAgreed) {
  expect(frame(Opcode::text, "\xFF", true, true), "text*:\xFF ", Role::client, true);
  expect(frame(Opcode::binary, "x", false, true) + frame(Opcode::continuation, "y"), "binary*:xy ", Role::client, true);
  expect(frame(Opcode::text, "x", false, true) + frame(Opcode::continuation, "y", true, true), "!1002", Role::client,
         true);
  expect(frame(Opcode::ping, "x", true, true), "!1002", Role::client, true);
  expect(frame(Opcode::text, "x", true, true), "!1002");
}

// Autobahn 2: control frames.
TEST(WebSocketReader, HoldsControlFramesToTheirForm) {
  expect(frame(Opcode::ping, std::string(125, 'p')), "ping:125 ");
  expect(frame(Opcode::ping, std::string(126, 'p')), "!1002");
  expect(frame(Opcode::close, std::string(126, 'p')), "!1002");
  expect(frame(Opcode::ping, "p", false), "!1002");
  expect(frame(Opcode::close, "", false), "!1002");
}

// Autobahn 7: close frames.
TEST(WebSocketReader, ChecksClosePayloads) {
  const auto close = [](int code, std::string_view reason = {}) {
    const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
    return frame(Opcode::close, payload + std::string(reason));
  };
  expect(frame(Opcode::close, ""), "close: ");
  expect(frame(Opcode::close, "\x03"), "!1002");
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    EXPECT_TRUE(read(close(code), 100).starts_with("close:")) << code;
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    expect(close(code), "!1002");
  expect(close(1000, "bye"),
         "close:\x03\xE8"
         "bye ");
  EXPECT_TRUE(read(close(1000, std::string(123, 'a')), 200).starts_with("close:125"));
  expect(close(1000, std::string(124, 'a')), "!1002");
  expect(close(1000, "\xFF"), "!1007");
  expect(close(1000, "\xED\xA0\x80"), "!1007");
}

TEST(WebSocketReader, DemandsMasksOfClientsOnly) {
  expect(from_hex("810548656c6c6f"), "!1002", Role::server);
  expect(from_hex("818537fa213d7f9f4d5158"), "!1002", Role::client);
}

TEST(WebSocketReader, RefusesLengthsThatAreNotShortest) {
  expect(from_hex("827e007d") + std::string(125, 'x'), "!1002");
  expect(from_hex("827f000000000000ffff"), "!1002");
  expect(from_hex("827f8000000000010000"), "!1002");
}

TEST(WebSocketReader, RefusesLargeMessagesByTheirHeader) {
  expect(frame(Opcode::binary, std::string(100'000, 'x')), "binary:100000 ");
  expect(from_hex("827f00000000000186a1"), "!1009");
  expect(from_hex("827f7fffffffffffffff"), "!1009");
  expect(frame(Opcode::binary, std::string(60'000, 'x'), false) + from_hex("807e9c41"), "!1009");
  EXPECT_EQ(read(frame(Opcode::text, "x"), 9, Role::client, false, {.message_bytes_max = 0}), "!1009");
  EXPECT_EQ(read(frame(Opcode::text, "") + frame(Opcode::ping, "p"), 9, Role::client, false, {.message_bytes_max = 0}),
            "text: ping:p ");
}

TEST(WebSocketReader, CountsFragments) {
  std::string bytes = frame(Opcode::text, "", false);
  for (int i = 0; i < 6; ++i) bytes += frame(Opcode::continuation, "", false);
  expect(bytes + frame(Opcode::continuation, "x"), "text:x ");
  expect(bytes + frame(Opcode::continuation, "", false) + frame(Opcode::continuation, ""), "!1008");
}

// Autobahn 6: invalid text is told in the frame, and even in the piece, where it becomes invalid.
TEST(WebSocketReader, ChecksTextAsEarlyAsItCan) {
  expect(frame(Opcode::text, "\xCE\xBA\xE1\xBD\xB9"), "text:\xCE\xBA\xE1\xBD\xB9 ");
  expect(frame(Opcode::text, "\xCE", false) + frame(Opcode::continuation, "\xBA"), "text:\xCE\xBA ");
  expect(frame(Opcode::text, "\xCE"), "!1007");
  expect(frame(Opcode::text, "\xCE", false) + frame(Opcode::continuation, "x"), "!1007");
  expect(frame(Opcode::text, "\xF4", false) + frame(Opcode::continuation, "\x90", false), "!1007");
  expect(frame(Opcode::text, "a\xCE", false) + frame(Opcode::continuation, ""), "!1007");
  // Of a frame that announces more, the first bytes are enough.
  expect(from_hex("8114 cebae1bdb9cf83cebcceb5 f4908080"), "!1007");
  expect(frame(Opcode::binary, "\xFF"), "binary:\xFF ");
}

RC_GTEST_PROP(WebSocketReader, GivesTheSameForAnyPieces, (std::uint64_t seed)) {
  SeededRandom random(seed);
  std::string bytes;
  for (std::uint64_t frames = 1 + random.below(6); frames > 0; --frames) {
    constexpr Opcode kOpcodes[] = {Opcode::text, Opcode::binary, Opcode::continuation, Opcode::ping, Opcode::close};
    const std::string payload = test::random_text(random, 60);
    const bool fin = random.below(3) != 0;
    std::string one = frame(kOpcodes[random.below(5)], payload, fin);
    if (random.below(8) == 0) one[random.below(one.size())] = static_cast<char>(random.next());
    bytes += one;
  }
  const std::string whole = read(bytes, bytes.size());
  // Where it fails, what came before in the same piece may differ only in nothing: messages are given at once.
  RC_ASSERT(read(bytes, 1) == whole);
  RC_ASSERT(read(bytes, 1 + random.below(20)) == whole);
}

}  // namespace
}  // namespace tutti::codec
