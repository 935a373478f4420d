// The stock libraries' results (tests/vectors/ot), component for component.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ot_vectors/check_case.hpp"
#include "ot_vectors/json_reader.hpp"
#include "ot_vectors/read_file.hpp"

namespace tutti::ot_vectors {
namespace {

struct Tally {
  std::size_t passed = 0;
  std::size_t refused = 0;
};

Tally check_file(const std::string& name) {
  Tally tally;
  const auto text = read_file(std::string(TUTTI_SOURCE_DIR "/tests/vectors/ot/") + name + ".jsonl.gz");
  EXPECT_TRUE(text.has_value());
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto vector = read_json(line);
    EXPECT_TRUE(vector.has_value());
    const Outcome outcome = check_case(*vector);
    EXPECT_NE(outcome.kind, Outcome::Kind::failed) << line.substr(0, 40) << ": " << outcome.message;
    tally.passed += outcome.kind == Outcome::Kind::passed;
    tally.refused += outcome.kind == Outcome::Kind::refused;
  }
  return tally;
}

TEST(OtVectors, RichText) {
  const Tally tally = check_file("rich-text");
  EXPECT_EQ(tally.passed, 300u);
  EXPECT_EQ(tally.refused, 0u);
}

TEST(OtVectors, History) {
  const Tally tally = check_file("rich-text-history");
  EXPECT_EQ(tally.passed, 60u);
  EXPECT_EQ(tally.refused, 0u);
}

TEST(OtVectors, SplitPairsAreRefused) {
  const Tally tally = check_file("rich-text-split");
  EXPECT_EQ(tally.passed + tally.refused, 60u);
  EXPECT_EQ(tally.refused, 26u);
}

// The checker itself: what is wrong in a case is seen.
TEST(OtVectors, AWrongExpectationFails) {
  const auto outcome = [](std::string_view json) { return check_case(*read_json(json)).kind; };
  constexpr std::string_view kBefore =
      R"({"doc":[{"insert":"ab"}],"a":[{"retain":1},{"insert":"x"}],"b":[{"delete":1}],)";
  const auto with = [&](std::string_view rest) { return outcome(std::string(kBefore) + std::string(rest) + "}"); };
  EXPECT_EQ(with(R"("doc_a":[{"insert":"axb"}])"), Outcome::Kind::passed);
  EXPECT_EQ(with(R"("doc_a":[{"insert":"abx"}])"), Outcome::Kind::failed);
  EXPECT_EQ(with(R"("doc_al":[{"insert":"xb"}])"), Outcome::Kind::passed);
  EXPECT_EQ(with(R"("a_left_b":[{"insert":"x"},{"retain":1}])"),
            Outcome::Kind::passed);  // trailing retains count for nothing
  EXPECT_EQ(with(R"("a_left_b":[{"retain":1},{"insert":"x"}])"), Outcome::Kind::failed);
  EXPECT_EQ(with(R"("inv":[{"delete":1}])"), Outcome::Kind::failed);
  EXPECT_EQ(with(R"("cursor":[[1,2,1]])"), Outcome::Kind::passed);
  EXPECT_EQ(with(R"("cursor":[[1,1,2]])"), Outcome::Kind::failed);
  EXPECT_EQ(with(R"("c":[{"retain":9},{"insert":"y"}])"), Outcome::Kind::failed);  // over the end
  EXPECT_EQ(outcome(R"({"doc":[],"a":[{"insert":"\ud83d"}],"b":[]})"), Outcome::Kind::refused);
}

}  // namespace
}  // namespace tutti::ot_vectors
