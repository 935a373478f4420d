// The project's sources as texts, for tests that read them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace tutti::architecture {

struct SourceFile {
  std::string path;  // "src/net/http.cpp"
  std::string text;

  bool is_header() const { return path.ends_with(".hpp") || path.ends_with(".h"); }
  // "net" for src/net/epoll/loop.cpp.
  std::string layer() const {
    const auto begin = path.find('/') + 1;
    return path.substr(begin, path.find('/', begin) - begin);
  }
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every C++ file below a folder of the project ("src"), in alphabetical order.
inline std::vector<SourceFile> files_below(const std::string& folder) {
  const std::filesystem::path root(TUTTI_SOURCE_DIR);
  std::map<std::string, SourceFile> files;
  if (!std::filesystem::exists(root / folder)) return {};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::string path = std::filesystem::relative(entry.path(), root);
    const std::string end = entry.path().extension();
    if (path.find("node_modules") != std::string::npos) continue;
    if (end == ".hpp" || end == ".cpp" || end == ".h") files[path] = {path, read_file(entry.path())};
  }
  std::vector<SourceFile> result;
  for (auto& [path, file] : files) result.push_back(std::move(file));
  return result;
}

// Comments and the insides of text literals replaced by spaces, so that words in them are not taken for code.
inline std::string code_of(const std::string& text) {
  std::string out = text;
  const auto blank = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to && i < out.size(); ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
    return to;
  };
  const auto after = [&](std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == std::string::npos ? text.size() : found + end.size();
  };
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 2, "//") == 0) {
      i = blank(i, std::min(text.find('\n', i), text.size()));
    } else if (text.compare(i, 2, "/*") == 0) {
      i = blank(i, after("*/", i + 2));
    } else if (text.compare(i, 2, "R\"") == 0) {
      const auto open = text.find('(', i);
      i = blank(i, after(")" + text.substr(i + 2, open - i - 2) + "\"", open));
    } else if (text[i] == '"') {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != '"' && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      i = blank(i, end + 1);
    } else if (text[i] == '\'' && i + 2 < text.size() && (text[i + 2] == '\'' || text[i + 1] == '\\')) {
      i = blank(i, after("'", i + 2 + (text[i + 1] == '\\' ? 1 : 0)));
    } else {
      ++i;
    }
  }
  return out;
}

struct Include {
  std::string name;
  bool system = false;  // <name>
};
inline std::vector<Include> includes_of(const std::string& text) {
  static const std::regex kInclude("^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]", std::regex::multiline);
  std::vector<Include> result;
  for (std::sregex_iterator match(text.begin(), text.end(), kInclude), end; match != end; ++match) {
    result.push_back({(*match)[2], (*match)[1] == "<"});
  }
  return result;
}

}  // namespace tutti::architecture
