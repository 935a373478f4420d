// Any bytes as stored changes: what is accepted is canonical and is written back as the same bytes.
#include "fuzz.hpp"
#include "ot/binary.hpp"
#include "ot/model/reference.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string_view rest = bytes;
  const auto change = tutti::ot::decode_binary(rest);
  if (!change) {
    FUZZ_CHECK(rest.size() == bytes.size());
    return 0;
  }
  FUZZ_CHECK(tutti::ot_model::is_canonical(*change));
  std::string again;
  encode_binary(*change, again);
  FUZZ_CHECK(again == bytes.substr(0, bytes.size() - rest.size()));
  return 0;
}
