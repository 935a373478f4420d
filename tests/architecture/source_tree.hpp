// The project's sources as texts, for tests that read them.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
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

// Every C++ file below a folder of the project ("src"), in alphabetical order. Read once.
inline const std::vector<SourceFile>& files_below(const std::string& folder) {
  static std::map<std::string, std::vector<SourceFile>> known;
  const auto [place, fresh] = known.try_emplace(folder);
  std::vector<SourceFile>& result = place->second;
  const std::filesystem::path root(TUTTI_SOURCE_DIR);
  if (!fresh || !std::filesystem::exists(root / folder)) return result;
  std::map<std::string, SourceFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::string path = std::filesystem::relative(entry.path(), root);
    const std::string end = entry.path().extension();
    if (path.find("node_modules") != std::string::npos) continue;
    if (end == ".hpp" || end == ".cpp" || end == ".h") files[path] = {path, read_file(entry.path())};
  }
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
  constexpr std::string_view kDirective = "#include ";
  std::vector<Include> result;
  for (std::size_t at = text.find(kDirective); at != std::string::npos; at = text.find(kDirective, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    const std::size_t begin = at + kDirective.size();
    const char close = text[begin] == '<' ? '>' : '"';
    result.push_back({text.substr(begin + 1, text.find(close, begin + 1) - begin - 1), close == '>'});
  }
  return result;
}

// Where the text has the word as a word of its own: no part of a longer name, no member (x.word, x->word).
inline std::size_t find_word(const std::string& text, std::string_view word) {
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const char after = at + word.size() < text.size() ? text[at + word.size()] : ' ';
    if (in_name(before) || before == '.' || before == '>') continue;
    if (in_name(word.back()) && in_name(after)) continue;
    return at;
  }
  return std::string::npos;
}

}  // namespace tutti::architecture
