// UTF-8: every version of the validator and of the counter says the same, whole or in pieces.
#include "codec/utf8.hpp"

#include "codec/utf8_kernels.hpp"
#include "fuzz.hpp"

namespace codec = tutti::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tutti::fuzz::Input input(data, size);
  const char* const bytes = input.bytes.data();
  const std::size_t length = input.bytes.size();
  const bool good = codec::is_utf8_scalar(bytes, length);
  FUZZ_CHECK(codec::is_utf8(input.bytes) == good);
  if (codec::has_ssse3_kernel()) FUZZ_CHECK(codec::is_utf8_ssse3(bytes, length) == good);
  if (codec::has_avx2_kernel()) FUZZ_CHECK(codec::is_utf8_avx2(bytes, length) == good);
  const std::size_t units = codec::utf16_length_scalar(bytes, length);
  FUZZ_CHECK(codec::utf16_length_sse2(bytes, length) == units);
  if (codec::has_avx2_kernel()) FUZZ_CHECK(codec::utf16_length_avx2(bytes, length) == units);

  codec::Utf8Validator validator;
  bool possible = true;
  tutti::fuzz::in_pieces(input.bytes, 1 + input.choice % 64, [&](std::string& part) {
    possible = validator.feed(part);
    return possible;
  });
  FUZZ_CHECK((possible && validator.finished()) == good);
  if (good) FUZZ_CHECK(!codec::has_lone_surrogate(input.bytes));
  static_cast<void>(codec::is_id(input.bytes, 256));
  return 0;
}
