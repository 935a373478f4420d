// ot/attributes.hpp: the formatting of a stretch of text, and its algebra, as quill-delta's AttributeMap.
//
// A map from key to Value; null means "remove this key" and occurs only in a retain. Immutable, a copy is a
// reference count. "No attributes" and "an empty map" are the same value.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ot/value.hpp"

namespace tutti::ot {

class Attributes {
 public:
  Attributes() noexcept = default;
  explicit Attributes(std::vector<Member> members);
  explicit Attributes(Value object);  // anything but an object counts as none

  bool empty() const noexcept { return object_.is_null(); }
  std::span<const Member> members() const noexcept;        // sorted by key
  const Value* find(std::string_view key) const noexcept;  // nullptr: not there
  Attributes without_nulls() const;                        // what an insert keeps

  friend bool operator==(const Attributes&, const Attributes&) noexcept = default;

 private:
  Value object_;  // null, or an object with at least one member
};

enum class Nulls : bool { drop, keep };

// What `a`, then `b` amount to; `b` wins. Nulls are kept over a retain and dropped over an insert.
Attributes compose(const Attributes& a, const Attributes& b, Nulls nulls);
// What is left of `change` when `winner` was applied first and keeps its keys.
Attributes keep_winner(const Attributes& winner, const Attributes& change);
// What takes `change`, applied over `base`, back. An array or object is taken as changed even if equal (as
// quill-delta).
Attributes invert(const Attributes& change, const Attributes& base);
// What turns `from` into `to`.
Attributes diff(const Attributes& from, const Attributes& to);

}  // namespace tutti::ot
