// The documents against the sources: what they name must exist.
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "architecture/source_tree.hpp"

namespace tutti::architecture {
namespace {

const std::filesystem::path kRoot(TUTTI_SOURCE_DIR);

std::vector<SourceFile> documents() {
  std::vector<SourceFile> files{{"README.md", read_file(kRoot / "README.md")},
                                {"CHANGELOG.md", read_file(kRoot / "CHANGELOG.md")}};
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() != ".md") continue;
    files.push_back({std::filesystem::relative(entry.path(), kRoot), read_file(entry.path())});
  }
  return files;
}

// What the expression's first group finds.
std::set<std::string> found_in(const std::string& text, const char* expression) {
  const std::regex pattern(expression);
  std::set<std::string> result;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    result.insert((*match)[1]);
  }
  return result;
}

TEST(Documents, EveryFileTheyNameExists) {
  for (const SourceFile& document : documents()) {
    for (const auto& path :
         found_in(document.text, R"(`((?:src|tests|include|tools|clients|web|fuzz|bench)/[\w./-]*)`)")) {
      EXPECT_TRUE(std::filesystem::exists(kRoot / path)) << document.path << ": " << path;
    }
    const auto folder = (kRoot / document.path).parent_path();
    for (const auto& link : found_in(document.text, R"(\]\(([^)#:]+)\))")) {
      EXPECT_TRUE(std::filesystem::exists(folder / link)) << document.path << ": " << link;
    }
  }
}

TEST(Documents, EveryFunctionTheyNameExists) {
  std::string sources;
  for (const SourceFile& file : files_below("src")) sources += file.text;
  for (const SourceFile& document : documents()) {
    for (const auto& name : found_in(document.text, R"(`([A-Z]\w+::[a-z_]+)`)")) {
      const std::string function = name.substr(name.rfind(':') + 1);
      const bool defined = sources.find(name + "(") != std::string::npos;
      const bool declared = sources.find(" " + function + "(") != std::string::npos;
      EXPECT_TRUE(defined || declared) << document.path << ": " << name;
    }
  }
}

// examples/readme.cpp is compiled with everything else.
TEST(Documents, TheProgramOfTheReadmeIsTheOneThatIsCompiled) {
  EXPECT_NE(read_file(kRoot / "README.md").find("```cpp\n" + read_file(kRoot / "examples/readme.cpp") + "```"),
            std::string::npos);
}

TEST(Documents, TheVersionIsTheSameEverywhere) {
  const std::string build = read_file(kRoot / "CMakeLists.txt");
  const auto versions = found_in(build, R"(project\(tutti VERSION ([0-9.]+))");
  ASSERT_EQ(versions.size(), 1u);
  const std::string& version = *versions.begin();
  EXPECT_NE(read_file(kRoot / "src/server/version.hpp").find('"' + version + '"'), std::string::npos);
  EXPECT_NE(read_file(kRoot / "CHANGELOG.md").find("## " + version), std::string::npos);
}

// Every error code of the protocol is in its table, and none that is not ours.
TEST(Documents, TheErrorTableOfTheProtocolIsComplete) {
  const auto codes = found_in(read_file(kRoot / "src/documents/errors.cpp"), R"re("([a-z]+-?[a-z]+)")re");
  const std::string protocol = read_file(kRoot / "docs/PROTOCOL.md");
  const auto listed = found_in(protocol.substr(protocol.find("### Errors")), R"(\n\| `([a-z-]+)` \|)");
  EXPECT_EQ(codes, listed);
}

}  // namespace
}  // namespace tutti::architecture
