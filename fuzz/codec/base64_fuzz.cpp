// Base64: encoding and decoding are inverse; what decodes is text of the alphabet.
#include "codec/base64.hpp"

#include "fuzz.hpp"

namespace codec = tutti::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string encoded;
  codec::append_base64(encoded, text);
  FUZZ_CHECK(codec::decode_base64(encoded) == text);
  FUZZ_CHECK(codec::base64url(text).size() == (size * 4 + 2) / 3);
  const auto bytes = codec::decode_base64(text);
  if (!bytes) return 0;
  encoded.clear();
  codec::append_base64(encoded, *bytes);
  // The same but for padding and the unused bits of the last character.
  const std::string_view digits = text.substr(0, text.find('='));
  FUZZ_CHECK(digits.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
             std::string_view::npos);
  FUZZ_CHECK(digits.empty() || encoded.substr(0, digits.size() - 1) == digits.substr(0, digits.size() - 1));
  return 0;
}
