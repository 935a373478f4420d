// The table src/layers.txt against every #include: dependencies run one way.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "architecture/source_tree.hpp"

namespace tutti::architecture {
namespace {

const std::string kPublic = "tutti";  // include/tutti: the public API, which src/api implements

using Table = std::map<std::string, std::set<std::string>>;

Table read_table() {
  Table table;
  std::istringstream lines(read_file(std::filesystem::path(TUTTI_SOURCE_DIR) / "src/layers.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string layer, needed;
    words >> layer;
    layer.pop_back();  // the colon
    auto& needs = table[layer];
    while (words >> needed) needs.insert(needed);
  }
  return table;
}

std::string first_folder(const std::string& path) { return path.substr(0, path.find('/')); }

TEST(Layers, EveryFolderOfSrcIsInTheTable) {
  const Table table = read_table();
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TUTTI_SOURCE_DIR) / "src")) {
    if (!entry.is_directory()) continue;
    EXPECT_EQ(table.count(entry.path().filename()), 1u) << entry.path();
  }
}

TEST(Layers, TheTableHasNoCycle) {
  Table table = read_table();
  while (!table.empty()) {
    const auto leaf = std::find_if(table.begin(), table.end(), [&](const auto& row) {
      return std::none_of(row.second.begin(), row.second.end(), [&](const auto& need) { return table.count(need); });
    });
    ASSERT_NE(leaf, table.end()) << "a cycle goes through " << table.begin()->first;
    table.erase(leaf);
  }
}

TEST(Layers, EveryIncludeIsAllowedByTheTable) {
  const Table table = read_table();
  for (const SourceFile& file : files_below("src")) {
    const auto& allowed = table.at(file.layer());
    for (const Include& include : includes_of(file.text)) {
      if (include.system || include.name.find('/') == std::string::npos) continue;
      const std::string layer = first_folder(include.name);
      if (layer == kPublic) {
        EXPECT_EQ(file.layer(), "api") << file.path << " includes " << include.name;
        continue;
      }
      EXPECT_TRUE(layer == file.layer() || allowed.count(layer)) << file.path << " includes " << include.name;
    }
  }
}

TEST(Layers, EveryIncludeOfOursNamesAFileThatExists) {
  for (const SourceFile& file : files_below("src")) {
    for (const Include& include : includes_of(file.text)) {
      if (include.system) continue;
      const std::filesystem::path root(TUTTI_SOURCE_DIR);
      const char* below = first_folder(include.name) == kPublic ? "include" : "src";
      EXPECT_TRUE(std::filesystem::exists(root / below / include.name))
          << file.path << " includes " << include.name << "; paths begin at src/";
    }
  }
}

// The public headers are what an application compiles against: the standard library, nlohmann-json, and each other.
TEST(Layers, PublicHeadersIncludeNothingOfOurs) {
  for (const SourceFile& file : files_below("include")) {
    for (const Include& include : includes_of(file.text)) {
      const std::string folder = include.name.find('/') == std::string::npos ? "" : first_folder(include.name);
      EXPECT_TRUE(folder.empty() || folder == kPublic || folder == "nlohmann") << file.path << ": " << include.name;
      EXPECT_EQ(include.system, folder != kPublic) << file.path << ": " << include.name;
    }
  }
}

struct OnlyIn {
  const char* include;  // the name begins with this
  std::set<std::string> places;
};

// The outside world has its places.
TEST(Layers, LibrariesOfTheOutsideWorldStayInTheirFolder) {
  const OnlyIn rules[] = {
      {"boost/asio", {"src/net/asio/", "src/codec/http1_parser.cpp"}},
      {"boost/beast", {"src/codec/http1_parser.cpp"}},
      {"openssl/", {"src/net/asio/", "src/net/tls/", "src/codec/"}},
      {"sys/epoll.h", {"src/net/epoll/", "src/loadgen/"}},
      {"sys/socket.h", {"src/net/", "src/loadgen/"}},
      {"sqlite3.h", {"src/documents/log/"}},
      {"hiredis/", {"src/redis/"}},
      {"jwt.h", {"src/auth/"}},
      {"prometheus/", {"src/metrics/"}},
      {"spdlog/", {"src/base/"}},
      {"CLI/", {"src/server/"}},
      {"toml++/", {"src/server/"}},
  };
  for (const SourceFile& file : files_below("src")) {
    for (const Include& include : includes_of(file.text)) {
      for (const OnlyIn& rule : rules) {
        if (include.name.rfind(rule.include, 0) != 0) continue;
        const bool allowed = std::any_of(rule.places.begin(), rule.places.end(),
                                         [&](const auto& place) { return file.path.rfind(place, 0) == 0; });
        EXPECT_TRUE(allowed) << file.path << " includes <" << include.name << ">";
      }
    }
  }
}

}  // namespace
}  // namespace tutti::architecture
