// The program of docs/OT.md, as it is printed there.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

// [example]
#include "ot/algebra.hpp"
#include "ot/change_builder.hpp"
#include "ot/rope.hpp"

using namespace tutti::ot;

std::string merge_two_authors() {
  Rope text("Hello world");
  const Change first = *ChangeBuilder{}.retain(5).insert(",").build();       // Hello, world
  const Change second = *ChangeBuilder{}.retain(6).insert("wide ").build();  // Hello wide world
  const Change moved = transform(second, first, Side::right);                // `first` was committed first

  Rope snapshot = text;  // costs nanoseconds, never changes
  if (!text.apply(first) || !text.apply(moved)) return "does not fit";
  return text.to_string() + " <- " + snapshot.to_string();
}
// [example]

namespace {

std::string read(const char* path) {
  std::ifstream file(std::string(TUTTI_SOURCE_DIR) + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(OtExample, DoesWhatThePageSays) { EXPECT_EQ(merge_two_authors(), "Hello, wide world <- Hello world"); }

TEST(OtExample, IsTheOneOfThePage) {
  const std::string source = read("/tests/ot/example_test.cpp");
  const std::size_t begin = source.find("// [example]\n") + 13;
  const std::string example = source.substr(begin, source.find("// [example]\n", begin) - begin);
  EXPECT_NE(read("/docs/OT.md").find("```cpp\n" + example + "```"), std::string::npos);
}

}  // namespace
