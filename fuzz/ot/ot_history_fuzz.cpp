// Histories as trees and batches, against one change after the other.
#include <cstdio>

#include "fuzz.hpp"
#include "ot/model/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tutti::fuzz::Input input(data, size);
  tutti::ot_model::ByteChooser choose(data + (size > 0), size > 0 ? size - 1 : 0);
  const bool one_edit = (input.choice & 4) != 0;
  const tutti::ot_model::Shape shape{.rich = (input.choice & 1) != 0,
                                     .astral = (input.choice & 2) != 0,
                                     .pieces_max = one_edit ? 1u : 4u,
                                     .piece_max = 1u + (input.choice >> 5)};
  tutti::ot_model::HistoryCounts counts;
  const std::string wrong = tutti::ot_model::check_history(choose, shape, 20, counts);
  if (!wrong.empty()) std::fprintf(stderr, "%s\n", wrong.c_str());
  FUZZ_CHECK(wrong.empty());
  FUZZ_CHECK(!one_edit || counts.differing == 0);
  return 0;
}
