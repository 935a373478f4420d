#include "engineio/outgoing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "net/deflate.hpp"

namespace tutti::engineio {
namespace {

TEST(OutgoingMessage, IsAWholeFrameAndAPollingPacket) {
  const OutgoingPtr text = Outgoing::text("hello");
  EXPECT_EQ(text->websocket().view(),
            "\x81\x06"
            "4hello");
  EXPECT_EQ(text->polling().view(), "4hello");
  EXPECT_EQ(text->size(), 8u);
  const OutgoingPtr binary = Outgoing::binary("\x01\x02\x03\x04");
  EXPECT_EQ(binary->websocket().view(), "\x82\x04\x01\x02\x03\x04");
  EXPECT_EQ(binary->polling().view(), "bAQIDBA==");
}

TEST(OutgoingMessage, KeepsItsPartsTogether) {
  const OutgoingPart parts[] = {
      {false, "51-[\"x\",{\"_placeholder\":true,\"num\":0}]"}, {true, "\x01\x02"}, {true, ""}};
  const OutgoingPtr message = Outgoing::make(parts);
  EXPECT_EQ(message->websocket().view(), std::string("\x81\x27"
                                                     "451-[\"x\",{\"_placeholder\":true,\"num\":0}]") +
                                             "\x82\x02\x01\x02" + std::string("\x82\x00", 2));
  EXPECT_EQ(message->polling().view(),
            "451-[\"x\",{\"_placeholder\":true,\"num\":0}]\x1e"
            "bAQI=\x1e"
            "b");
}

TEST(OutgoingMessage, LongOnesHaveLongLengths) {
  EXPECT_EQ(Outgoing::text(std::string(124, 'x'))->websocket().size(), 2u + 125);
  EXPECT_EQ(Outgoing::text(std::string(125, 'x'))->websocket().size(), 4u + 126);
  EXPECT_EQ(Outgoing::text(std::string(65534, 'x'))->websocket().size(), 4u + 65535);
  const OutgoingPtr longest = Outgoing::text(std::string(65535, 'x'));
  EXPECT_EQ(longest->websocket().size(), 10u + 65536);
  EXPECT_EQ(longest->polling().view(), "4" + std::string(65535, 'x'));
}

TEST(OutgoingMessage, CompressesOnlyWhatIsWorthIt) {
  const std::string text(2000, 'x');
  const OutgoingPart parts[] = {{false, text}, {true, "small"}};
  const OutgoingPtr message = Outgoing::make(parts);
  const std::string_view deflated = message->websocket_deflated().view();
  EXPECT_EQ(static_cast<unsigned char>(deflated[0]), 0xc1);  // FIN, RSV1, text
  const auto size = static_cast<unsigned char>(deflated[1]);
  ASSERT_LT(size, 126);
  EXPECT_EQ(net::inflate_message(deflated.substr(2, size), 10'000).bytes, "4" + text);
  EXPECT_EQ(deflated.substr(2 + size), "\x82\x05small");
}

TEST(OutgoingMessage, IsOneBlockForAllThatAsk) {
  const OutgoingPtr message = Outgoing::text(std::string(2000, 'x'));
  EXPECT_EQ(message->polling().data(), message->polling().data());
  EXPECT_EQ(message->websocket_deflated().data(), message->websocket_deflated().data());
}

TEST(OutgoingMessage, BinaryAsTextForOldBrowsers) {
  const OutgoingPart parts[] = {{false, "a"}, {true, "\x01\x02\x03"}};
  EXPECT_EQ(text_only_frames(Outgoing::make(parts)->websocket()).view(),
            "\x81\x02"
            "4a\x81\x05"
            "bAQID");
}

}  // namespace
}  // namespace tutti::engineio
