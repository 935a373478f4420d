// Every operation of the algebra, on documents and changes that the bytes choose, against the slow reference.
#include <cstdio>

#include "fuzz.hpp"
#include "ot/model/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tutti::fuzz::Input input(data, size);
  tutti::ot_model::ByteChooser choose(data + (size > 0), size > 0 ? size - 1 : 0);
  const tutti::ot_model::Shape shape{.rich = (input.choice & 1) != 0,
                                     .astral = (input.choice & 2) != 0,
                                     .pieces_max = 1u + (input.choice >> 2 & 7),
                                     .piece_max = 1u + (input.choice >> 5)};
  const std::string wrong = tutti::ot_model::check_algebra(choose, shape);
  if (!wrong.empty()) std::fprintf(stderr, "%s\n", wrong.c_str());
  FUZZ_CHECK(wrong.empty());
  return 0;
}
