// What STYLE asks for and a machine can see.
#include <gtest/gtest.h>

#include "architecture/source_tree.hpp"

namespace tutti::architecture {
namespace {

bool begins_with_any(const std::string& path, std::initializer_list<const char*> places) {
  return std::any_of(places.begin(), places.end(), [&](const char* place) { return path.rfind(place, 0) == 0; });
}

// The code of src/ without comments and texts.
const std::vector<SourceFile>& code_below_src() {
  static const std::vector<SourceFile> files = [] {
    std::vector<SourceFile> result = files_below("src");
    for (SourceFile& file : result) file.text = code_of(file.text);
    return result;
  }();
  return files;
}

// Reports each file that uses one of the words outside the places.
void expect_only_in(std::initializer_list<const char*> words, std::initializer_list<const char*> places) {
  for (const SourceFile& file : code_below_src()) {
    if (begins_with_any(file.path, places)) continue;
    for (const char* word : words) {
      const auto at = find_word(file.text, word);
      if (at == std::string::npos) continue;
      const auto line = 1 + std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      ADD_FAILURE() << file.path << ":" << line << ": " << word;
    }
  }
}

// The store's own thread waits in real time, the load generator measures it.
TEST(Style, TimeComesInByTheConstructor) {
  expect_only_in({"steady_clock::now", "system_clock::now", "high_resolution_clock::now"},
                 {"src/net/epoll/", "src/net/asio/", "src/base/log.cpp", "src/server/token_command.cpp",
                  "src/documents/log/sqlite_", "src/loadgen/"});
  expect_only_in({"clock_gettime(", "gettimeofday(", "time(nullptr)", "time(0)"},
                 {"src/net/epoll/", "src/loadgen/", "src/metrics/process.cpp"});
}

TEST(Style, ChanceComesInByTheConstructor) {
  expect_only_in({"random_device", "rand(", "srand(", "getrandom(", "uniform_int_distribution", "mt19937"},
                 {"src/base/random.cpp"});
}

TEST(Style, NothingSleeps) { expect_only_in({"sleep_for", "sleep_until", "usleep(", "nanosleep(", "sleep("}, {}); }

TEST(Style, OnlyTheProgramWritesToStandardOutput) {
  expect_only_in({"cout", "printf(", "puts(", "stdout"}, {"src/server/"});
  expect_only_in({"cerr", "stderr"}, {"src/server/", "src/base/log.cpp", "src/base/assert.cpp"});
}

TEST(Style, NoAssertThatReleaseBuildsDrop) { expect_only_in({"assert("}, {}); }

TEST(Style, EveryHeaderBeginsWithItsNameAndPurposeAndIsGuarded) {
  for (const SourceFile& file : files_below("src")) {
    if (!file.is_header()) continue;
    const std::string name = file.path.substr(4);
    EXPECT_EQ(file.text.rfind("// " + name + ": ", 0), 0u) << file.path << " begins with: // " << name << ": purpose";
    EXPECT_NE(file.text.find("\n#pragma once\n"), std::string::npos) << file.path;
  }
}

// So that the build proves that the header compiles alone (tools/check-headers does the others).
TEST(Style, ASourceFileIncludesItsOwnHeaderFirst) {
  for (const SourceFile& file : files_below("src")) {
    if (file.is_header()) continue;
    const std::string header = file.path.substr(4, file.path.size() - 8) + ".hpp";
    if (!std::filesystem::exists(std::filesystem::path(TUTTI_SOURCE_DIR) / "src" / header)) continue;
    const auto includes = includes_of(file.text);
    ASSERT_FALSE(includes.empty()) << file.path;
    EXPECT_EQ(includes.front().name, header) << file.path;
  }
}

TEST(Style, HeavyLibrariesStayOutOfHeaders) {
  for (const SourceFile& file : files_below("src")) {
    if (!file.is_header()) continue;
    for (const Include& include : includes_of(file.text)) {
      for (const char* heavy : {"boost/asio", "boost/beast", "spdlog/", "prometheus/", "CLI/", "toml++/", "jwt.h"}) {
        EXPECT_NE(include.name.rfind(heavy, 0), 0u) << file.path << " includes <" << include.name << ">";
      }
      if (file.layer() != "socketio" && file.layer() != "server") {
        EXPECT_NE(include.name, "nlohmann/json.hpp") << file.path;
      }
    }
  }
}

TEST(Style, FilesStaySmall) {
  constexpr auto kLinesMax = 600;
  for (const char* folder : {"src", "include", "tests"}) {
    for (const SourceFile& file : files_below(folder)) {
      EXPECT_LE(std::count(file.text.begin(), file.text.end(), '\n'), kLinesMax)
          << file.path << ": look for the second thing inside it";
    }
  }
}

TEST(Style, LinesHaveNoTabsAndNoTrailingSpaces) {
  for (const char* folder : {"src", "include", "tests", "bench", "fuzz", "sim"}) {
    for (const SourceFile& file : files_below(folder)) {
      EXPECT_EQ(file.text.find('\t'), std::string::npos) << file.path;
      EXPECT_EQ(file.text.find(" \n"), std::string::npos) << file.path;
      EXPECT_TRUE(file.text.empty() || file.text.back() == '\n') << file.path;
    }
  }
}

}  // namespace
}  // namespace tutti::architecture
