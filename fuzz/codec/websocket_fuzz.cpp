// WebSocket frames: the same messages and the same failure however the bytes are cut.
#include "codec/websocket.hpp"

#include "codec/utf8.hpp"
#include "fuzz.hpp"

namespace codec = tutti::codec;

namespace {

std::string read(std::string_view bytes, std::size_t piece, codec::WebSocketReader::Role role, bool allow_compressed) {
  codec::WebSocketReader reader(role, {.message_bytes_max = 300, .fragments_max = 5}, allow_compressed);
  std::string told;
  tutti::fuzz::in_pieces(bytes, piece, [&](std::string& part) {
    bool open = true;
    const auto result = reader.feed(part.data(), part.size(), [&](const codec::WebSocketMessage& message) {
      if (message.opcode == codec::Opcode::text && !message.compressed) FUZZ_CHECK(codec::is_utf8(message.payload));
      FUZZ_CHECK(message.payload.size() <= 300);
      told += std::to_string(static_cast<int>(message.opcode)) + (message.compressed ? "c" : "");
      told += "[" + std::string(message.payload) + "]";
      open = message.opcode != codec::Opcode::close;
      return open;
    });
    if (!result.has_value()) told += "!" + std::to_string(static_cast<int>(result.error().code));
    return open && result.has_value();
  });
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tutti::fuzz::Input input(data, size);
  const auto role = input.choice & 0x80 ? codec::WebSocketReader::Role::client : codec::WebSocketReader::Role::server;
  const bool allow_compressed = (input.choice & 0x40) != 0;
  const std::size_t piece = 1 + (input.choice & 0x3F);
  FUZZ_CHECK(read(input.bytes, piece, role, allow_compressed) == read(input.bytes, size, role, allow_compressed));
  return 0;
}
