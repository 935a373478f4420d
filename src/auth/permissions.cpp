#include "auth/permissions.hpp"

#include <algorithm>

namespace tutti::auth {

std::string_view to_string(Access access) {
  switch (access) {
    case Access::none:
      return "none";
    case Access::read:
      return "read";
    case Access::write:
      return "write";
  }
  return "none";
}

std::optional<Access> access_from(std::string_view text) {
  for (const Access access : {Access::none, Access::read, Access::write}) {
    if (text == to_string(access)) return access;
  }
  return std::nullopt;
}

DocumentPermissions::DocumentPermissions(std::vector<DocumentRule> rules, Access otherwise)
    : rules_(std::move(rules)), otherwise_(otherwise) {
  std::stable_sort(rules_.begin(), rules_.end(), [](const DocumentRule& a, const DocumentRule& b) {
    if (a.pattern.size() != b.pattern.size()) return a.pattern.size() > b.pattern.size();
    return a.access < b.access;
  });
}

Access DocumentPermissions::access(std::string_view document) const {
  for (const DocumentRule& rule : rules_) {
    if (matches(rule.pattern, document)) return rule.access;
  }
  return otherwise_;
}

bool matches(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;  // the last `*`, and where its text would end
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace tutti::auth
