#include <vector>

#include "server/option_table.hpp"

namespace tutti::server {
namespace {

// A vertical bar would end the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string toml_value(const std::string& shown) {
  const bool number = !shown.empty() && shown.find_first_not_of("0123456789") == std::string::npos;
  if (number || shown == "true" || shown == "false") return shown;
  return "\"" + shown + "\"";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto space = text.find(' ');
    const auto word = text.substr(0, space);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  }
  return lines;
}

}  // namespace

std::string options_as_markdown() {
  const Settings defaults;
  std::string out = "| flag | environment | values | default | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const Option& option : option_table()) {
    const std::string shown = option.show(defaults);
    out += "| `" + option.flag() + "` | `" + option.environment + "` | `" + cell(option.values) + "` | " +
           (shown.empty() ? "" : "`" + shown + "`") + " | " + cell(option.meaning) + " |\n";
  }
  return out;
}

std::string options_as_toml() {
  const Settings defaults;
  std::string out = "# tutti.toml: every option with its default. The environment and then the flags win over it.\n";
  for (const Option& option : option_table()) {
    out += "\n";
    for (const std::string& line : wrapped(option.meaning, 110)) out += "# " + line + "\n";
    out += "# " + option.file_key() + " = " + toml_value(option.show(defaults)) + "    # " + option.values + "\n";
  }
  return out;
}

}  // namespace tutti::server
