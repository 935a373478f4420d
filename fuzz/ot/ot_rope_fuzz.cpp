// Scripts of edits, snapshots and reads on a rope, against plain strings.
#include <cstdio>

#include "fuzz.hpp"
#include "ot/model/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tutti::ot_model::ByteChooser choose(data, size);
  const std::size_t text_max = 1 + 16 * choose.below(256);
  const std::size_t edits = 1 + size / 16;
  const std::string wrong = tutti::ot_model::check_rope(choose, edits, text_max);
  if (!wrong.empty()) std::fprintf(stderr, "%s\n", wrong.c_str());
  FUZZ_CHECK(wrong.empty());
  return 0;
}
