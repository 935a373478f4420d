#include "engineio/packet.hpp"

namespace tutti::engineio {

Result<Packet, PacketError> decode_packet(std::string_view text) noexcept {
  if (text.empty()) return PacketError::empty;
  const char first = text.front();
  text.remove_prefix(1);
  if (first == 'b') return Packet{PacketType::message, true, text};
  if (first < '0' || first > '6') return PacketError::unknown_type;
  return Packet{static_cast<PacketType>(first - '0'), false, text};
}

std::string encode_packet(PacketType type, std::string_view data) {
  std::string out(1, static_cast<char>('0' + static_cast<int>(type)));
  out += data;
  return out;
}

bool PayloadReader::next(std::string_view& part) noexcept {
  if (done_) return false;
  const auto end = rest_.find(kRecordSeparator);
  part = rest_.substr(0, end);
  done_ = end == std::string_view::npos;
  if (!done_) rest_.remove_prefix(end + 1);
  return true;
}

}  // namespace tutti::engineio
