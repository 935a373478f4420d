// ot/change_builder.hpp: the only way from outside data to a Change. Every check is here, each with its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "ot/attributes.hpp"
#include "ot/change.hpp"

namespace tutti::ot {

enum class ChangeError : std::uint8_t {
  empty_component,      // a retain or delete of 0, an insert of ""
  length_overflow,      // a length, or their sum, above kLengthMax
  invalid_utf8,         // text, key or string that is not UTF-8
  lone_surrogate,       // half a surrogate pair (as WTF-8: ED A0..BF xx)
  invalid_embed,        // not an object with exactly one key
  invalid_key,          // "__proto__"
  invalid_number,       // NaN or an infinity
  too_many_components,  // limits.components
  text_too_long,        // limits.text_bytes, inserted text and all strings inside values
  too_many_attributes,  // limits.attributes, members of one object or items of one array
  too_deep,             // limits.depth
  rich_in_text,         // attributes or an embed where only plain text is allowed
  beyond_end,           // reaches over the end of the document
  split_surrogate,      // an edge falls between the halves of a surrogate pair of the document
};
std::string_view to_string(ChangeError error) noexcept;

struct ChangeLimits {
  std::size_t components = 10'000;
  std::size_t text_bytes = std::size_t{64} << 20;
  std::size_t attributes = 256;  // of one component; also members or items of each nested value
  std::size_t depth = 8;         // {"bold":true} is 1
  bool rich = true;              // false: attributes and embeds are refused

  // For what was checked when it was accepted, and composed since: a log, a snapshot.
  static constexpr ChangeLimits stored() noexcept { return {kNone, kNone, kNone, 64, true}; }
  static constexpr std::size_t kNone = ~std::size_t{0};
};

// Lengths and positions stay below this, so that 32 bits and JavaScript numbers hold every sum.
inline constexpr std::size_t kLengthMax = (std::size_t{1} << 31) - 1;

// Takes components in the order in which they come, in any non-canonical form. The first error stays; what follows is
// ignored.
//
//   auto change = ChangeBuilder{}.retain(5).insert("abc").erase(2).build();
class ChangeBuilder {
 public:
  explicit ChangeBuilder(const ChangeLimits& limits = {}) : limits_(limits) {}

  ChangeBuilder& retain(std::uint64_t length, const Attributes& attributes = {});
  ChangeBuilder& insert(std::string_view utf8, const Attributes& attributes = {});
  ChangeBuilder& insert_embed(const Value& embed, const Attributes& attributes = {});
  ChangeBuilder& erase(std::uint64_t length);

  bool failed() const noexcept { return failed_; }
  // Units of the document walked over so far, trailing retains included (a Change forgets those).
  std::size_t base_length() const noexcept { return base_length_; }

  // The canonical change, or the first error. The builder is then as new.
  Result<Change, ChangeError> build();
  // Also beyond_end if base_length() is above the length of the document.
  Result<Change, ChangeError> build_for(std::size_t document_length);

 private:
  bool fail(ChangeError error) noexcept;
  bool admit(std::uint64_t base_units, const Attributes& attributes);
  bool admit_target(std::size_t units);

  ChangeLimits limits_;
  bool failed_ = false;
  ChangeError error_{};
  std::size_t components_ = 0;
  std::size_t text_bytes_ = 0;
  std::size_t base_length_ = 0;
  std::size_t target_length_ = 0;
  ComponentBuffer buffer_;
};

}  // namespace tutti::ot
