#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>

namespace tutti {
namespace {

TEST(SeededRandom, GivesTheSameSequenceForTheSameSeed) {
  SeededRandom first(42), second(42), other(43);
  const auto value = first.next();
  EXPECT_EQ(value, second.next());
  EXPECT_NE(value, other.next());
}

TEST(SeededRandom, FillsAnyLength) {
  for (std::size_t size = 0; size < 40; ++size) {
    std::vector<unsigned char> bytes(size, 0);
    SeededRandom random(size);
    random.fill(bytes);
    if (size >= 16) {
      EXPECT_GT(std::set<unsigned char>(bytes.begin(), bytes.end()).size(), 4u);
    }
  }
}

TEST(Random, BelowStaysBelowAndReachesEveryValue) {
  SeededRandom random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1200);
  }
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, IdsHave20CharactersOfTheUrlAlphabetAndDiffer) {
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_id(random);
    EXPECT_EQ(id.size(), 20u);
    EXPECT_TRUE(
        std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; }));
    EXPECT_TRUE(ids.insert(id).second);
  }
}

TEST(SystemRandom, FillsMoreThanOneBlock) {
  SystemRandom random;
  std::vector<unsigned char> bytes(5000, 0);
  random.fill(bytes);
  EXPECT_EQ(std::set<unsigned char>(bytes.begin(), bytes.end()).size(), 256u);
}

}  // namespace
}  // namespace tutti
