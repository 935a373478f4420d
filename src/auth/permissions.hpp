// auth/permissions.hpp: what a user may do with which documents: a list of patterns, the most specific one decides.
//
// A pattern is a document id in which `*` stands for any number of characters (none too). Of the patterns that match
// an id the longest decides; of two equally long ones the one that allows less. Where none matches: `otherwise`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::auth {

enum class Access : std::uint8_t { none, read, write };  // each includes the one before
std::string_view to_string(Access access);               // "none", "read", "write"
std::optional<Access> access_from(std::string_view text);

struct DocumentRule {
  std::string pattern;
  Access access;
};

class DocumentPermissions {
 public:
  static constexpr std::size_t kRulesMax = 1000;

  explicit DocumentPermissions(Access otherwise = Access::none) : otherwise_(otherwise) {}
  DocumentPermissions(std::vector<DocumentRule> rules, Access otherwise);

  Access access(std::string_view document) const;

 private:
  std::vector<DocumentRule> rules_;  // the one that decides first stands first
  Access otherwise_;
};

// Whether the pattern covers the whole text; time O(pattern × text) at worst, no recursion.
bool matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace tutti::auth
