// tests/net/http_text.hpp: reads HTTP answers out of bytes, as strictly as a test wants them.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tutti::test {

struct HttpAnswer {
  unsigned status = 0;
  std::string reason;
  std::multimap<std::string, std::string> fields;  // names in lower case
  std::string body;                                // chunked ones put together

  std::string field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
  }
  bool has(const std::string& name) const { return fields.count(name) > 0; }
};

// Takes one whole answer off the front of `bytes`; nullopt if it is not complete. `head_only`: it answers HEAD.
inline std::optional<HttpAnswer> take_answer(std::string& bytes, bool head_only = false) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos || !bytes.starts_with("HTTP/1.1 ")) return std::nullopt;
  HttpAnswer answer;
  answer.status = static_cast<unsigned>(std::stoul(bytes.substr(9, 3)));
  auto at = bytes.find("\r\n");
  answer.reason = bytes.substr(13, at - 13);
  while (at < end) {
    const auto begin = at + 2;
    at = bytes.find("\r\n", begin);
    const auto colon = bytes.find(": ", begin);
    std::string name = bytes.substr(begin, colon - begin);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.fields.emplace(std::move(name), bytes.substr(colon + 2, at - colon - 2));
  }
  std::string rest = bytes.substr(end + 4);
  if (answer.field("transfer-encoding") == "chunked" && !head_only) {
    for (;;) {
      const auto line = rest.find("\r\n");
      if (line == std::string::npos) return std::nullopt;
      const std::size_t size = std::stoul(rest.substr(0, line), nullptr, 16);
      if (rest.size() < line + 4 + size) return std::nullopt;
      answer.body += rest.substr(line + 2, size);
      rest.erase(0, line + 4 + size);
      if (size == 0) break;
    }
  } else if (!head_only && answer.has("content-length")) {
    const std::size_t size = std::stoul(answer.field("content-length"));
    if (rest.size() < size) return std::nullopt;
    answer.body = rest.substr(0, size);
    rest.erase(0, size);
  }
  bytes = std::move(rest);
  return answer;
}

}  // namespace tutti::test
