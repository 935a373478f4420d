#include "server/config_file.hpp"

#include <fstream>
#include <sstream>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace tutti::server {
namespace {

using Texts = std::map<std::string, std::string>;

std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* decimal = node.as_floating_point()) {
    std::ostringstream out;
    out << decimal->get();
    return out.str();
  }
  if (const auto* array = node.as_array()) {
    std::string joined;
    for (const toml::node& element : *array) {
      if (!element.is_string()) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + element.as_string()->get();
    }
    return joined;
  }
  return std::nullopt;
}

std::optional<std::string> flatten(const toml::table& table, const std::string& prefix, Texts& texts) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      if (auto problem = flatten(*inner, name + "_", texts)) return problem;
    } else if (auto text = text_of(node)) {
      texts[name] = std::move(*text);
    } else {
      return name + ": must be a text, a number, true, false or a list of texts";
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Texts, ConfigurationError> read_config_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return ConfigurationError{path + ": cannot be read"};
  const toml::parse_result parsed = toml::parse(file, path);
  if (!parsed) {
    const auto& error = parsed.error();
    return ConfigurationError{path + ":" + std::to_string(error.source().begin.line) + ": " +
                              std::string(error.description())};
  }
  Texts texts;
  if (auto problem = flatten(parsed.table(), "", texts)) return ConfigurationError{path + ": " + *problem};
  return texts;
}

}  // namespace tutti::server
