// The reading of sources, on which the other tests here rely.
#include "architecture/source_tree.hpp"

#include <gtest/gtest.h>

namespace tutti::architecture {
namespace {

constexpr auto kNowhere = std::string::npos;

TEST(SourceTree, AWordIsNoPartOfANameAndNoMember) {
  EXPECT_EQ(find_word("std::cout << 1", "cout"), 5u);
  EXPECT_EQ(find_word("x = rand();", "rand("), 4u);
  EXPECT_EQ(find_word("std::this_thread::sleep_for(1s)", "sleep_for"), 18u);
  EXPECT_EQ(find_word("#include <cerrno>", "cerr"), kNowhere);
  EXPECT_EQ(find_word("fprintf(stderr)", "printf("), kNowhere);
  EXPECT_EQ(find_word("log.printf(1) + log->printf(2)", "printf("), kNowhere);
  EXPECT_EQ(find_word("static_assert(true)", "assert("), kNowhere);
}

TEST(SourceTree, CommentsAndTextsAreNoCode) {
  EXPECT_EQ(code_of("a // cout\nb"), "a        \nb");
  EXPECT_EQ(code_of("a /* x\ny */ b"), "a     \n     b");
  EXPECT_EQ(find_word(code_of("f(\"cout \\\" cout\"); cout"), "cout"), 19u);
  EXPECT_EQ(find_word(code_of("R\"(cout \")\" cout)\""), "cout"), 12u);
  EXPECT_EQ(code_of("'\"' + '\\'' + x").back(), 'x');
  EXPECT_EQ(code_of("1'000'000 + x"), "1'000'000 + x");
}

TEST(SourceTree, IncludesAreReadAsTheCompilerDoes) {
  const auto includes = includes_of("#include <vector>\n  // #include <map>\n#include \"base/log.hpp\"\n");
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].name, "vector");
  EXPECT_TRUE(includes[0].system);
  EXPECT_EQ(includes[1].name, "base/log.hpp");
  EXPECT_FALSE(includes[1].system);
}

}  // namespace
}  // namespace tutti::architecture
