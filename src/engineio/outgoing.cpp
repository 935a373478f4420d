#include "engineio/outgoing.hpp"

#include <cstring>
#include <mutex>
#include <string>

#include "codec/base64.hpp"
#include "codec/websocket.hpp"
#include "engineio/packet.hpp"
#include "net/deflate.hpp"

namespace tutti::engineio {

namespace {

constexpr char kMessageDigit = '4';

struct FrameView {
  codec::Opcode opcode;
  std::string_view payload;
};

// The frames that OutgoingMessage itself has written: whole, unmasked, well-formed.
class OwnFrames {
 public:
  explicit OwnFrames(std::string_view bytes) noexcept : rest_(bytes) {}
  bool next(FrameView& frame) noexcept {
    if (rest_.empty()) return false;
    const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(rest_[i]); };
    frame.opcode = static_cast<codec::Opcode>(byte(0) & 0x0f);
    std::uint64_t size = byte(1) & 0x7f;
    std::size_t header = 2;
    if (size >= 126) {
      const std::size_t width = size == 126 ? 2 : 8;
      size = 0;
      for (std::size_t i = 0; i < width; ++i) size = size << 8 | byte(header + i);
      header += width;
    }
    frame.payload = rest_.substr(header, size);
    rest_.remove_prefix(header + size);
    return true;
  }

 private:
  std::string_view rest_;
};

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
    FrameView frame;
    for (OwnFrames frames(websocket_.view()); frames.next(frame);) {
      if (!out.empty()) out += kRecordSeparator;
      if (frame.opcode == codec::Opcode::binary) {
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
    FrameView frame;
    for (OwnFrames frames(websocket_.view()); frames.next(frame);) {
      const bool worth_it = frame.payload.size() >= kDeflateThreshold;
      const std::string deflated =
          worth_it ? net::deflate(frame.payload, net::DeflateFormat::message) : std::string(frame.payload);
      codec::append_frame(out, frame.opcode, deflated, worth_it);
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
  FrameView frame;
  for (OwnFrames frames(websocket.view()); frames.next(frame);) {
    if (frame.opcode != codec::Opcode::binary) {
      codec::append_frame(out, frame.opcode, frame.payload);
      continue;
    }
    std::string text = "b";
    codec::append_base64(text, frame.payload);
    codec::append_frame(out, codec::Opcode::text, text);
  }
  return SharedBytes::copy(out);
}

}  // namespace tutti::engineio
