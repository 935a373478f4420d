// Random cases against the slow reference. TUTTI_OT_CASES=10000000 runs that many; a failure prints the seed of its
// case.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "ot/model/check.hpp"

namespace tutti::ot_model {
namespace {

std::uint64_t cases_wanted(std::uint64_t usual) {
  const char* const wanted = std::getenv("TUTTI_OT_CASES");
  return wanted ? std::strtoull(wanted, nullptr, 10) : usual;
}

std::uint64_t first_seed() {
  const char* const seed = std::getenv("TUTTI_OT_SEED");
  return seed ? std::strtoull(seed, nullptr, 10) : 1;
}

// Shapes from one-edit changes on tiny texts, where ties are frequent, to longer ones.
Shape shape_of(std::uint64_t seed) {
  return {.rich = seed % 2 == 0, .astral = seed % 3 == 0, .pieces_max = 1 + seed % 5, .piece_max = 1 + seed / 5 % 6};
}

TEST(OtProperties, AlgebraEqualsTheReference) {
  const std::uint64_t first = first_seed();
  const std::uint64_t cases = cases_wanted(6'000);
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    SeedChooser choose(seed);
    ASSERT_EQ(check_algebra(choose, shape_of(seed)), "") << "replay with TUTTI_OT_CASES=1 TUTTI_OT_SEED=" << seed;
  }
}

TEST(OtProperties, HistoryAsATreeEqualsOneByOne) {
  const std::uint64_t first = first_seed();
  const std::uint64_t cases = cases_wanted(3'000);
  HistoryCounts single;
  HistoryCounts several;
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    SeedChooser choose(seed);
    Shape shape = shape_of(seed);
    const bool one_edit = seed % 2 == 0;
    shape.pieces_max = one_edit ? 1 : 4;
    shape.rich = seed % 4 < 2;
    ASSERT_EQ(check_history(choose, shape, 12, one_edit ? single : several), "")
        << "replay with TUTTI_OT_CASES=1 TUTTI_OT_SEED=" << seed;
  }
  std::printf("moved over a tree otherwise than one by one: %zu of %zu one-edit cases, %zu of %zu others\n",
              single.differing, single.cases, several.differing, several.cases);
  EXPECT_EQ(single.differing, 0u);
  EXPECT_LE(several.differing, several.cases / 100);
}

TEST(OtProperties, RopeEqualsAPlainString) {
  const std::uint64_t first = first_seed();
  const std::uint64_t cases = cases_wanted(60'000) / 100;
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    SeedChooser choose(seed);
    const std::size_t text_max = seed % 10 == 0 ? 4'000 : 200;
    ASSERT_EQ(check_rope(choose, 40, text_max), "") << "replay with TUTTI_OT_CASES=100 TUTTI_OT_SEED=" << seed;
  }
}

}  // namespace
}  // namespace tutti::ot_model
