// The server's side of a WebSocket over a stream in memory.
#include "net/websocket_connection.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "net/deflate.hpp"
#include "net/memory_stream.hpp"

namespace tutti::net {
namespace {

using codec::CloseCode;
using codec::Opcode;
using test::MemoryStream;
using test::TestShard;

class Recorder final : public WebSocketHandler {
 public:
  void on_message(bool binary, std::string_view payload) override {
    messages.push_back((binary ? "b:" : "t:") + std::string(payload));
    if (close_on_message) close_on_message->close();
  }
  void on_websocket_drain() override { ++drains; }
  void on_websocket_close(std::string_view failure) override { closed = failure; }

  std::vector<std::string> messages;
  std::optional<std::string> closed;
  int drains = 0;
  WebSocketConnection* close_on_message = nullptr;
};

std::string client_frame(Opcode opcode, std::string_view payload, bool rsv1 = false) {
  std::string frame;
  codec::append_masked_frame(frame, opcode, payload, 0xa1b2c3d4, rsv1);
  return frame;
}

std::string server_frame(Opcode opcode, std::string_view payload) {
  std::string frame;
  codec::append_frame(frame, opcode, payload);
  return frame;
}

std::string close_frame(CloseCode code) {
  std::string frame;
  codec::append_close_frame(frame, code);
  return frame;
}

class WebSocketConnectionTest : public testing::Test {
 protected:
  void open(WebSocketOptions options = {}) { connection_.emplace(*stream_, recorder_, options); }
  void deliver(std::string bytes) {
    stream_->deliver(std::move(bytes));
    shard_.turn();
  }

  TestShard shard_;
  std::shared_ptr<MemoryStream> stream_ = MemoryStream::make(shard_);
  Recorder recorder_;
  std::optional<WebSocketConnection> connection_;
};

TEST_F(WebSocketConnectionTest, DeliversMessagesInOrder) {
  open();
  deliver(client_frame(Opcode::text, "a") + client_frame(Opcode::binary, std::string("\0\xff", 2)) +
          client_frame(Opcode::text, ""));
  EXPECT_EQ(recorder_.messages, (std::vector<std::string>{"t:a", std::string("b:\0\xff", 4), "t:"}));
}

TEST_F(WebSocketConnectionTest, DeliversByteByByteAndFromLeftover) {
  open();
  const std::string frame = client_frame(Opcode::text, "hello");
  connection_->feed(frame.substr(0, 3));
  for (const char c : frame.substr(3)) deliver(std::string(1, c));
  EXPECT_EQ(recorder_.messages, (std::vector<std::string>{"t:hello"}));
}

TEST_F(WebSocketConnectionTest, AnswersPingWithPong) {
  open();
  deliver(client_frame(Opcode::ping, "data") + client_frame(Opcode::pong, "ignored"));
  EXPECT_EQ(stream_->take_sent(), server_frame(Opcode::pong, "data"));
  EXPECT_TRUE(recorder_.messages.empty());
}

TEST_F(WebSocketConnectionTest, CutsAClientThatPingsAndDoesNotRead) {
  open();
  stream_->window = 0;
  deliver(client_frame(Opcode::ping, "1"));
  for (int i = 0; i < 60; ++i) deliver(client_frame(Opcode::ping, "1"));
  EXPECT_FALSE(recorder_.closed);
  deliver(client_frame(Opcode::ping, "1"));
  EXPECT_EQ(recorder_.closed, "too many pings");
  EXPECT_TRUE(stream_->aborted);
}

TEST_F(WebSocketConnectionTest, CountsPongsAnewAfterADrain) {
  open();
  stream_->window = 0;
  for (int i = 0; i < 50; ++i) deliver(client_frame(Opcode::ping, "1"));
  stream_->reads(10'000);
  EXPECT_EQ(recorder_.drains, 1);
  stream_->window = 0;
  for (int i = 0; i < 50; ++i) deliver(client_frame(Opcode::ping, "1"));
  EXPECT_FALSE(recorder_.closed);
}

TEST_F(WebSocketConnectionTest, AnswersCloseWithTheSameCodeAndClosesTcp) {
  open();
  std::string frame;
  codec::append_masked_frame(frame, Opcode::close,
                             "\x03\xe8"
                             "bye",
                             1);
  deliver(frame);
  EXPECT_EQ(stream_->take_sent(), close_frame(CloseCode::normal));
  EXPECT_TRUE(stream_->closed);
  EXPECT_EQ(recorder_.closed, "");
}

TEST_F(WebSocketConnectionTest, AnswersACloseWithoutCodeWithoutCode) {
  open();
  deliver(client_frame(Opcode::close, ""));
  EXPECT_EQ(stream_->take_sent(), std::string("\x88\x00", 2));
  EXPECT_EQ(recorder_.closed, "");
}

TEST_F(WebSocketConnectionTest, TellsThatThePeerIsGone) {
  open();
  stream_->peer_closes(false);
  EXPECT_EQ(recorder_.closed, "");
  EXPECT_FALSE(connection_->open());
}

TEST_F(WebSocketConnectionTest, ClosesWithAFrameAndHearsNothingMore) {
  open();
  connection_->close();
  shard_.turn();
  EXPECT_EQ(stream_->take_sent(), std::string("\x88\x00", 2));
  EXPECT_TRUE(stream_->closed);
  EXPECT_FALSE(recorder_.closed);
}

TEST_F(WebSocketConnectionTest, StopsDeliveringWhenTheHandlerCloses) {
  open();
  recorder_.close_on_message = &*connection_;
  deliver(client_frame(Opcode::text, "a") + client_frame(Opcode::text, "b"));
  EXPECT_EQ(recorder_.messages, (std::vector<std::string>{"t:a"}));
}

TEST_F(WebSocketConnectionTest, CutsWhenDestroyed) {
  open();
  connection_.reset();
  EXPECT_TRUE(stream_->aborted);
}

TEST_F(WebSocketConnectionTest, ClosesWithTheCodeOfTheFailure) {
  WebSocketOptions options;
  options.limits.message_bytes_max = 10;
  options.limits.fragments_max = 2;
  std::string fragments;
  const auto fragment = [&](Opcode opcode) {
    std::string frame = client_frame(opcode, "x");
    frame[0] = static_cast<char>(frame[0] & 0x7f);
    fragments += frame;
  };
  fragment(Opcode::text);
  fragment(Opcode::continuation);
  fragment(Opcode::continuation);
  std::string unmasked = server_frame(Opcode::text, "x");
  const struct {
    std::string bytes;
    CloseCode code;
  } cases[] = {
      {client_frame(Opcode::text, "12345678901"), CloseCode::too_big},
      {client_frame(Opcode::text, "\xff"), CloseCode::invalid_payload},
      {client_frame(Opcode::text, "x", true), CloseCode::protocol_error},  // RSV1 without an extension
      {unmasked, CloseCode::protocol_error},
      {client_frame(static_cast<Opcode>(3), "x"), CloseCode::protocol_error},
      {client_frame(Opcode::continuation, "x"), CloseCode::protocol_error},
      {client_frame(Opcode::ping, std::string(126, 'x')), CloseCode::protocol_error},
      {fragments, CloseCode::policy_violation},
  };
  for (const auto& bad : cases) {
    stream_ = MemoryStream::make(shard_);
    recorder_ = {};
    open(options);
    deliver(bad.bytes);
    EXPECT_EQ(stream_->take_sent(), close_frame(bad.code));
    EXPECT_TRUE(stream_->closed);
    ASSERT_TRUE(recorder_.closed);
    EXPECT_NE(*recorder_.closed, "");
    EXPECT_TRUE(recorder_.messages.empty());
  }
}

TEST_F(WebSocketConnectionTest, InflatesCompressedMessages) {
  WebSocketOptions options;
  options.deflate = true;
  open(options);
  const std::string text(5000, 'x');
  deliver(client_frame(Opcode::text, deflate(text, DeflateFormat::message), true) +
          client_frame(Opcode::text, "plain"));
  EXPECT_EQ(recorder_.messages, (std::vector<std::string>{"t:" + text, "t:plain"}));
}

TEST_F(WebSocketConnectionTest, RefusesWhatInflatesTooLargeOrNotAtAll) {
  WebSocketOptions options;
  options.deflate = true;
  options.limits.message_bytes_max = 1000;
  const struct {
    std::string payload;
    CloseCode code;
  } cases[] = {
      {deflate(std::string(1'000'000, 'x'), DeflateFormat::message), CloseCode::too_big},
      {"\xff\xff\xff", CloseCode::invalid_payload},
      {deflate("\xc3\x28", DeflateFormat::message), CloseCode::invalid_payload},
  };
  for (const auto& bad : cases) {
    ASSERT_LE(bad.payload.size(), 1000u);
    stream_ = MemoryStream::make(shard_);
    recorder_ = {};
    open(options);
    deliver(client_frame(Opcode::text, bad.payload, true));
    EXPECT_EQ(stream_->take_sent(), close_frame(bad.code));
    EXPECT_TRUE(recorder_.closed);
  }
}

}  // namespace
}  // namespace tutti::net
