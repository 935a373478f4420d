#include "engineio/v3.hpp"

#include "codec/base64.hpp"
#include "codec/utf8.hpp"
#include "engineio/message_frames.hpp"

namespace tutti::engineio::v3 {

namespace {

constexpr char kMessageType = 4;
constexpr char kEndOfLength = static_cast<char>(0xff);
constexpr std::size_t kDigitsMax = 10;

// The length in bytes of the first `units` UTF-16 code units of well-formed UTF-8; npos if there are not as many.
std::size_t bytes_of_units(std::string_view text, std::size_t units) noexcept {
  std::size_t at = 0;
  while (units > 0 && at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t width = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const std::size_t taken = width == 4 ? 2 : 1;
    if (taken > units) return std::string_view::npos;
    units -= taken;
    at += width;
  }
  return units == 0 && at <= text.size() ? at : std::string_view::npos;
}

}  // namespace

void append_packet(std::string& out, std::string_view packet) {
  out += std::to_string(codec::utf16_length(packet)) + ":";
  out += packet;
}

void append_binary_form(std::string& out, bool binary, std::string_view packet) {
  out += static_cast<char>(binary);
  for (const char digit : std::to_string(packet.size())) out += static_cast<char>(digit - '0');
  out += kEndOfLength;
  out += packet;
}

PayloadReader::Next PayloadReader::next(Part& part) noexcept {
  if (rest_.empty()) return started_ ? Next::end : Next::malformed;
  started_ = true;
  return binary_form_ ? next_binary(part) : next_text(part);
}

PayloadReader::Next PayloadReader::next_text(Part& part) noexcept {
  const auto colon = rest_.substr(0, kDigitsMax + 1).find(':');
  if (colon == 0 || colon == std::string_view::npos) return Next::malformed;
  std::size_t units = 0;
  for (const char digit : rest_.substr(0, colon)) {
    if (digit < '0' || digit > '9') return Next::malformed;
    units = units * 10 + static_cast<std::size_t>(digit - '0');
  }
  rest_.remove_prefix(colon + 1);
  const std::size_t size = bytes_of_units(rest_, units);
  if (size == std::string_view::npos) return Next::malformed;
  part = {false, rest_.substr(0, size)};
  rest_.remove_prefix(size);
  return Next::part;
}

PayloadReader::Next PayloadReader::next_binary(Part& part) noexcept {
  const auto end = rest_.substr(0, kDigitsMax + 2).find(kEndOfLength);
  if (end == std::string_view::npos || end < 2 || rest_[0] < 0 || rest_[0] > 1) return Next::malformed;
  std::size_t size = 0;
  for (const char digit : rest_.substr(1, end - 1)) {
    if (digit < 0 || digit > 9) return Next::malformed;
    size = size * 10 + static_cast<std::size_t>(digit);
  }
  if (size > rest_.size() - end - 1) return Next::malformed;
  part = {rest_[0] == 1, rest_.substr(end + 1, size)};
  rest_.remove_prefix(end + 1 + size);
  return Next::part;
}

SharedBytes websocket_frames(const SharedBytes& websocket, bool base64_only) {
  std::string out;
  MessageFrames::Frame frame;
  for (MessageFrames frames(websocket.view()); frames.next(frame);) {
    if (!frame.binary) {
      codec::append_frame(out, codec::Opcode::text, frame.payload);
    } else if (base64_only) {
      codec::append_frame(out, codec::Opcode::text, base64_packet(frame.payload));
    } else {
      codec::append_frame(out, codec::Opcode::binary, binary_packet(frame.payload));
    }
  }
  return SharedBytes::copy(out);
}

std::string base64_packet(std::string_view bytes) {
  std::string packet = "b4";
  codec::append_base64(packet, bytes);
  return packet;
}

std::string binary_packet(std::string_view bytes) {
  std::string packet(1, kMessageType);
  packet += bytes;
  return packet;
}

}  // namespace tutti::engineio::v3
