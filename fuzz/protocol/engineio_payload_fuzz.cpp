// Engine.IO polling payloads: the parts put together again are the payload; a part that is a packet encodes to itself.
#include "engineio/packet.hpp"
#include "fuzz.hpp"

namespace engineio = tutti::engineio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string payload(reinterpret_cast<const char*>(data), size);
  engineio::PayloadReader reader(payload);
  std::string joined;
  std::string_view part;
  for (bool first = true; reader.next(part); first = false) {
    if (!first) joined.push_back(engineio::kRecordSeparator);
    joined.append(part);
    const auto packet = engineio::decode_packet(part);
    if (!packet.has_value()) {
      FUZZ_CHECK((packet.error() == engineio::PacketError::empty) == part.empty());
    } else if (!packet->base64) {
      FUZZ_CHECK(engineio::encode_packet(packet->type, packet->data) == part);
    } else {
      FUZZ_CHECK(packet->type == engineio::PacketType::message && part[0] == 'b' && packet->data == part.substr(1));
    }
  }
  FUZZ_CHECK(joined == payload);
  return 0;
}
