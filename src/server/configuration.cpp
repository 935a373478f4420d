#include "server/configuration.hpp"

#include <cstdlib>
#include <filesystem>

#include "server/config_file.hpp"

namespace tutti::server {
namespace {

constexpr const char* kDefaultFile = "tutti.toml";

using Problem = std::optional<ConfigurationError>;

Problem apply(const Option& option, std::string_view text, const std::string& place, Configuration& result) {
  if (const auto problem = option.set(result.settings, text)) {
    return ConfigurationError{place + ": " + (option.secret ? "the value is not acceptable" : *problem)};
  }
  result.origin[option.name] = place;
  return std::nullopt;
}

Problem apply_file(const std::string& path, Configuration& result) {
  auto texts = read_config_file(path);
  if (!texts) return texts.error();
  for (const Option& option : option_table()) {
    const auto entry = texts->find(option.file_key());
    if (entry == texts->end()) continue;
    if (auto problem = apply(option, entry->second, path + ": " + entry->first, result)) return problem;
    texts->erase(entry);
  }
  if (!texts->empty()) return ConfigurationError{path + ": " + texts->begin()->first + ": no such option"};
  return std::nullopt;
}

}  // namespace

Result<Configuration, ConfigurationError> load_configuration(const Sources& sources) {
  Configuration result;
  std::error_code ignored;
  if (sources.file) {
    if (const auto problem = apply_file(*sources.file, result)) return *problem;
  } else if (std::filesystem::exists(kDefaultFile, ignored)) {
    if (const auto problem = apply_file(kDefaultFile, result)) return *problem;
  }
  for (const Option& option : option_table()) {
    const auto text = sources.environment(option.environment);
    if (!text || text->empty()) continue;  // an empty variable is as good as none
    if (const auto problem = apply(option, *text, "environment " + option.environment, result)) return *problem;
  }
  for (const Option& option : option_table()) {
    const auto text = sources.flags.find(option.name);
    if (text == sources.flags.end()) continue;
    if (const auto problem = apply(option, text->second, option.flag(), result)) return *problem;
  }
  if (const auto problem = check_settings(result.settings)) return ConfigurationError{*problem};
  return result;
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace tutti::server
