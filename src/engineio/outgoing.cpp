#include "engineio/outgoing.hpp"

#include <cstring>
#include <mutex>
#include <string>

#include "codec/base64.hpp"
#include "codec/websocket.hpp"
#include "engineio/message_frames.hpp"
#include "engineio/packet.hpp"
#include "net/deflate.hpp"

namespace tutti::engineio {

namespace {

constexpr char kMessageDigit = '4';

class OutgoingMessage final : public Outgoing {
 public:
  explicit OutgoingMessage(SharedBytes websocket) noexcept : websocket_(std::move(websocket)) {}

  const SharedBytes& websocket() const override { return websocket_; }
  const SharedBytes& websocket_deflated() const override {
    std::call_once(deflated_once_, [this] { deflated_ = deflate_frames(); });
    return deflated_;
  }
  const SharedBytes& polling() const override {
    std::call_once(polling_once_, [this] { polling_ = join_packets(); });
    return polling_;
  }
  std::size_t size() const noexcept override { return websocket_.size(); }

 private:
  SharedBytes join_packets() const {
    std::string out;
    MessageFrames::Frame frame;
    for (MessageFrames frames(websocket_.view()); frames.next(frame);) {
      if (!out.empty()) out += kRecordSeparator;
      if (frame.binary) {
        out += 'b';
        codec::append_base64(out, frame.payload);
      } else {
        out += frame.payload;
      }
    }
    return SharedBytes::copy(out);
  }

  SharedBytes deflate_frames() const {
    std::string out;
    MessageFrames::Frame frame;
    for (MessageFrames frames(websocket_.view()); frames.next(frame);) {
      const bool worth_it = frame.payload.size() >= kDeflateThreshold;
      const std::string deflated =
          worth_it ? net::deflate(frame.payload, net::DeflateFormat::message) : std::string(frame.payload);
      codec::append_frame(out, frame.binary ? codec::Opcode::binary : codec::Opcode::text, deflated, worth_it);
    }
    return SharedBytes::copy(out);
  }

  SharedBytes websocket_;
  mutable SharedBytes deflated_;
  mutable SharedBytes polling_;
  mutable std::once_flag deflated_once_;
  mutable std::once_flag polling_once_;
};

std::size_t frame_size(const OutgoingPart& part) noexcept {
  const std::size_t payload = part.data.size() + (part.binary ? 0 : 1);
  return payload + (payload < 126 ? 2 : payload < 65536 ? 4 : 10);
}

}  // namespace

std::shared_ptr<const Outgoing> Outgoing::make(std::span<const OutgoingPart> parts) {
  std::size_t size = 0;
  for (const OutgoingPart& part : parts) size += frame_size(part);
  char* at = nullptr;
  SharedBytes frames = SharedBytes::allocate(size, at);
  for (const OutgoingPart& part : parts) {
    if (part.binary) {
      at += codec::write_frame_header(at, codec::Opcode::binary, part.data.size());
    } else {
      at += codec::write_frame_header(at, codec::Opcode::text, part.data.size() + 1);
      *at++ = kMessageDigit;
    }
    if (!part.data.empty()) std::memcpy(at, part.data.data(), part.data.size());
    at += part.data.size();
  }
  return std::make_shared<OutgoingMessage>(std::move(frames));
}

std::shared_ptr<const Outgoing> Outgoing::text(std::string_view data) {
  const OutgoingPart part{false, data};
  return make({&part, 1});
}

std::shared_ptr<const Outgoing> Outgoing::binary(std::string_view data) {
  const OutgoingPart part{true, data};
  return make({&part, 1});
}

SharedBytes text_only_frames(const SharedBytes& websocket) {
  std::string out;
  MessageFrames::Frame frame;
  for (MessageFrames frames(websocket.view()); frames.next(frame);) {
    if (!frame.binary) {
      codec::append_frame(out, codec::Opcode::text, frame.payload);
      continue;
    }
    std::string text = "b";
    codec::append_base64(text, frame.payload);
    codec::append_frame(out, codec::Opcode::text, text);
  }
  return SharedBytes::copy(out);
}

}  // namespace tutti::engineio
