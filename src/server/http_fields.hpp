// server/http_fields.hpp: reading comma-separated HTTP fields (RFC 9110, 5.6.1). Pure.
#pragma once

#include <string_view>
#include <utility>

namespace tutti::server {

inline std::string_view trim_field(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Whether `test` holds for an element of the list; stops at the first one.
template <class Test>
bool any_element(std::string_view field, Test test) {
  while (!field.empty()) {
    const auto comma = field.find(',');
    const auto element = trim_field(field.substr(0, comma));
    if (!element.empty() && test(element)) return true;
    if (comma == std::string_view::npos) break;
    field.remove_prefix(comma + 1);
  }
  return false;
}

// "gzip;q=0.5" -> {"gzip", true}; "gzip;q=0" -> {"gzip", false}: whether it is acceptable at all.
inline std::pair<std::string_view, bool> split_weight(std::string_view element) {
  const auto semicolon = element.find(';');
  const auto name = trim_field(element.substr(0, semicolon));
  if (semicolon == std::string_view::npos) return {name, true};
  const auto weight = trim_field(element.substr(semicolon + 1));
  const bool zero = weight.starts_with("q=0") && weight.find_first_not_of("q=0.") == std::string_view::npos;
  return {name, !zero};
}

}  // namespace tutti::server
