#include <algorithm>
#include <cstring>

#include "codec/utf8.hpp"
#include "codec/websocket.hpp"

namespace tutti::codec {
namespace {

constexpr std::size_t kControlPayloadMax = 125;
constexpr std::size_t kFirstReserve = 16 * 1024;

bool is_control(Opcode opcode) noexcept { return static_cast<unsigned>(opcode) >= 8; }

bool is_known(unsigned opcode) noexcept { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

WebSocketFailure protocol_error(const char* reason) noexcept { return {CloseCode::protocol_error, reason}; }
WebSocketFailure not_utf8(const char* reason) noexcept { return {CloseCode::invalid_payload, reason}; }

std::uint64_t load_big_endian(const char* bytes, std::size_t size) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < size; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

// Codes that may stand in a close frame: section 7.4 and the registry of IANA.
bool is_close_code(std::uint64_t code) noexcept {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

// A whole control frame: only close has an inner form.
Result<void, WebSocketFailure> check_control(Opcode opcode, std::string_view payload) {
  if (opcode != Opcode::close || payload.empty()) return {};
  if (payload.size() == 1) return protocol_error("close payload of one byte");
  if (!is_close_code(load_big_endian(payload.data(), 2))) return protocol_error("invalid close code");
  if (!is_utf8(payload.substr(2))) return not_utf8("close reason is not UTF-8");
  return {};
}

}  // namespace

struct WebSocketReader::Frame {
  std::uint64_t size = 0;
  std::uint32_t mask = 0;
  Opcode opcode = Opcode::continuation;
  bool fin = false;
  bool compressed = false;
};

// What is unfinished: a header, a frame, a message, and a control frame between the frames of a message.
struct WebSocketReader::Assembly {
  char header[kFrameHeaderMax];
  std::uint8_t header_size = 0;  // bytes of a header that is not whole
  std::uint8_t control_size = 0;
  bool in_frame = false;
  bool in_message = false;
  bool compressed = false;
  Opcode opcode = Opcode::text;  // of the message
  unsigned fragments = 0;
  Frame frame;
  std::uint64_t received = 0;  // of the frame
  Utf8Validator utf8;
  std::string payload;
  char control[kControlPayloadMax];

  bool is_text() const noexcept { return opcode == Opcode::text && !compressed; }
};

WebSocketReader::WebSocketReader(Role role, WebSocketLimits limits, bool allow_compressed)
    : message_bytes_max_(limits.message_bytes_max),
      fragments_max_(limits.fragments_max),
      role_(role),
      allow_compressed_(allow_compressed) {}
WebSocketReader::~WebSocketReader() = default;
WebSocketReader::WebSocketReader(WebSocketReader&&) noexcept = default;
WebSocketReader& WebSocketReader::operator=(WebSocketReader&&) noexcept = default;

WebSocketReader::Assembly& WebSocketReader::assembly() {
  if (!assembly_) assembly_ = std::make_unique<Assembly>();
  return *assembly_;
}

void WebSocketReader::release() noexcept {
  if (!assembly_->in_message && !assembly_->in_frame && assembly_->header_size == 0) assembly_.reset();
}

// The header in `bytes`: its length, 0 if it is not whole yet. Wrong bytes are told as soon as they are there.
Result<std::size_t, WebSocketFailure> WebSocketReader::read_header(const char* bytes, std::size_t size,
                                                                   Frame& frame) const {
  const auto first = static_cast<unsigned char>(bytes[0]);
  if (first & 0x30) return protocol_error("reserved bit set");
  if (!is_known(first & 0x0F)) return protocol_error("reserved opcode");
  frame.opcode = static_cast<Opcode>(first & 0x0F);
  frame.fin = (first & 0x80) != 0;
  frame.compressed = (first & 0x40) != 0;
  if (const auto checked = check_start(frame); !checked.has_value()) return checked.error();
  if (size < 2) return std::size_t{0};

  const auto second = static_cast<unsigned char>(bytes[1]);
  const bool masked = (second & 0x80) != 0;
  if (masked != (role_ == Role::server)) return protocol_error(masked ? "masked frame" : "frame is not masked");
  const unsigned short_size = second & 0x7F;
  if (is_control(frame.opcode) && short_size > kControlPayloadMax) return protocol_error("control frame too large");
  const std::size_t size_bytes = short_size == 126 ? 2 : short_size == 127 ? 8 : 0;
  const std::size_t whole = 2 + size_bytes + (masked ? 4 : 0);
  if (size < 2 + size_bytes) return std::size_t{0};
  frame.size = size_bytes == 0 ? short_size : load_big_endian(bytes + 2, size_bytes);
  if ((size_bytes == 2 && frame.size < 126) || (size_bytes == 8 && (frame.size <= 0xFFFF || frame.size >> 63))) {
    return protocol_error("length is not in its shortest form");
  }
  if (const auto checked = check_size(frame); !checked.has_value()) return checked.error();
  if (size < whole) return std::size_t{0};
  if (masked) std::memcpy(&frame.mask, bytes + whole - 4, 4);
  return whole;
}

// Whether such a frame may come now.
Result<void, WebSocketFailure> WebSocketReader::check_start(const Frame& frame) const {
  const bool in_message = assembly_ && assembly_->in_message;
  const bool starts_message = frame.opcode == Opcode::text || frame.opcode == Opcode::binary;
  if (frame.compressed && !(allow_compressed_ && starts_message)) return protocol_error("reserved bit set");
  if (is_control(frame.opcode)) {
    if (!frame.fin) return protocol_error("fragmented control frame");
    return {};
  }
  if (starts_message && in_message) return protocol_error("message inside a message");
  if (!starts_message && !in_message) return protocol_error("continuation without a start");
  if (in_message && assembly_->fragments >= fragments_max_) {
    return WebSocketFailure{CloseCode::policy_violation, "too many fragments"};
  }
  return {};
}

Result<void, WebSocketFailure> WebSocketReader::check_size(const Frame& frame) const {
  if (is_control(frame.opcode)) return {};
  const std::size_t before = frame.opcode == Opcode::continuation ? assembly_->payload.size() : 0;
  if (frame.size > message_bytes_max_ - before) {
    return WebSocketFailure{CloseCode::too_big, "message too large"};
  }
  return {};
}

auto WebSocketReader::next(char* bytes, std::size_t size, WebSocketMessage& message) -> Result<Step, WebSocketFailure> {
  if (assembly_ && assembly_->in_frame) {
    return is_control(assembly_->frame.opcode) ? continue_control(bytes, size, message)
                                               : continue_data(bytes, size, message);
  }
  Frame frame;
  const std::size_t kept = assembly_ ? assembly_->header_size : 0;
  const char* header = bytes;
  std::size_t header_size = size;
  if (kept > 0) {
    const std::size_t added = std::min(size, kFrameHeaderMax - kept);
    std::memcpy(assembly_->header + kept, bytes, added);
    header = assembly_->header;
    header_size = kept + added;
  }
  const auto whole = read_header(header, header_size, frame);
  if (!whole.has_value()) return whole.error();
  if (*whole == 0) {
    Assembly& unfinished = assembly();
    if (kept == 0) std::memcpy(unfinished.header, bytes, size);
    unfinished.header_size = static_cast<std::uint8_t>(header_size);
    return Step{size, false};
  }
  if (kept > 0) assembly_->header_size = 0;
  const std::size_t consumed = *whole - kept;
  auto step = begin_frame(frame, bytes + consumed, size - consumed, message);
  if (step.has_value()) step->consumed += consumed;
  return step;
}

// The header was read, `size` bytes behind it are here.
auto WebSocketReader::begin_frame(const Frame& frame, char* payload, std::size_t size, WebSocketMessage& message)
    -> Result<Step, WebSocketFailure> {
  const bool control = is_control(frame.opcode);
  const bool in_message = assembly_ && assembly_->in_message;
  if (size >= frame.size && (control || (frame.fin && !in_message))) {
    const auto frame_size = static_cast<std::size_t>(frame.size);
    if (role_ == Role::server) unmask(payload, frame_size, frame.mask);
    message = {frame.opcode, {payload, frame_size}, frame.compressed};
    if (control) {
      if (const auto checked = check_control(frame.opcode, message.payload); !checked.has_value()) {
        return checked.error();
      }
    } else if (frame.opcode == Opcode::text && !frame.compressed && !is_utf8(message.payload)) {
      return not_utf8("text is not UTF-8");
    }
    return Step{frame_size, true};
  }
  Assembly& unfinished = assembly();
  unfinished.frame = frame;
  unfinished.in_frame = true;
  unfinished.received = 0;
  if (control) {
    unfinished.control_size = 0;
    return continue_control(payload, size, message);
  }
  if (!in_message) {
    unfinished.in_message = true;
    unfinished.opcode = frame.opcode;
    unfinished.compressed = frame.compressed;
    unfinished.payload.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(frame.size, kFirstReserve)));
  }
  ++unfinished.fragments;
  return continue_data(payload, size, message);
}

auto WebSocketReader::continue_control(char* bytes, std::size_t size, WebSocketMessage& message)
    -> Result<Step, WebSocketFailure> {
  Assembly& unfinished = *assembly_;
  const auto whole = static_cast<std::size_t>(unfinished.frame.size);
  const std::size_t taken = std::min(size, whole - unfinished.control_size);
  if (role_ == Role::server) unmask(bytes, taken, unfinished.frame.mask, unfinished.control_size);
  std::memcpy(unfinished.control + unfinished.control_size, bytes, taken);
  unfinished.control_size = static_cast<std::uint8_t>(unfinished.control_size + taken);
  if (unfinished.control_size < whole) return Step{taken, false};
  unfinished.in_frame = false;
  message = {unfinished.frame.opcode, {unfinished.control, whole}, false};
  if (const auto checked = check_control(message.opcode, message.payload); !checked.has_value()) {
    return checked.error();
  }
  return Step{taken, true};
}

auto WebSocketReader::continue_data(char* bytes, std::size_t size, WebSocketMessage& message)
    -> Result<Step, WebSocketFailure> {
  Assembly& unfinished = *assembly_;
  const Frame& frame = unfinished.frame;
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(size, frame.size - unfinished.received));
  if (role_ == Role::server) unmask(bytes, taken, frame.mask, static_cast<std::size_t>(unfinished.received % 4));
  if (unfinished.is_text() && !unfinished.utf8.feed({bytes, taken})) return not_utf8("text is not UTF-8");
  unfinished.payload.append(bytes, taken);
  unfinished.received += taken;
  if (unfinished.received < frame.size) return Step{taken, false};
  unfinished.in_frame = false;
  if (!frame.fin) return Step{taken, false};
  if (unfinished.is_text() && !unfinished.utf8.finished()) return not_utf8("text ends inside a character");
  unfinished.in_message = false;
  message = {unfinished.opcode, unfinished.payload, unfinished.compressed};
  return Step{taken, true};
}

}  // namespace tutti::codec
