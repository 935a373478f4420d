#include "ot/change_builder.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "ot/change_writer.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {
namespace {

// Holds one value and all inside it against the limits; adds the bytes of its strings to `text_bytes`.
class ValueCheck {
 public:
  ValueCheck(const ChangeLimits& limits, std::size_t& text_bytes) : limits_(limits), text_bytes_(text_bytes) {}

  std::optional<ChangeError> members(std::span<const Member> members, std::size_t depth) {
    if (depth > limits_.depth) return ChangeError::too_deep;
    if (members.size() > limits_.attributes) return ChangeError::too_many_attributes;
    for (const Member& member : members) {
      if (member.key == "__proto__") return ChangeError::invalid_key;
      if (auto error = text(member.key)) return error;
      if (auto error = value(member.value, depth)) return error;
    }
    return {};
  }

  std::optional<ChangeError> text(std::string_view utf8) {
    text_bytes_ += utf8.size();
    if (text_bytes_ > std::min(limits_.text_bytes, kLengthMax)) return ChangeError::text_too_long;
    switch (check_utf8(utf8)) {
      case Utf8Fault::none:
        return {};
      case Utf8Fault::lone_surrogate:
        return ChangeError::lone_surrogate;
      default:
        return ChangeError::invalid_utf8;
    }
  }

 private:
  std::optional<ChangeError> value(const Value& value, std::size_t depth) {
    switch (value.kind()) {
      case Value::Kind::number:
        if (!std::isfinite(value.number())) return ChangeError::invalid_number;
        return {};
      case Value::Kind::string:
        return text(value.string());
      case Value::Kind::array:
        return items(value.items(), depth + 1);
      case Value::Kind::object:
        return members(value.members(), depth + 1);
      default:
        return {};
    }
  }

  std::optional<ChangeError> items(std::span<const Value> items, std::size_t depth) {
    if (depth > limits_.depth) return ChangeError::too_deep;
    if (items.size() > limits_.attributes) return ChangeError::too_many_attributes;
    for (const Value& item : items) {
      if (auto error = value(item, depth)) return error;
    }
    return {};
  }

  const ChangeLimits& limits_;
  std::size_t& text_bytes_;
};

}  // namespace

std::string_view to_string(ChangeError error) noexcept {
  switch (error) {
    case ChangeError::empty_component:
      return "a component of length 0";
    case ChangeError::length_overflow:
      return "a length that is too large";
    case ChangeError::invalid_utf8:
      return "text that is not valid Unicode";
    case ChangeError::lone_surrogate:
      return "text with half a surrogate pair";
    case ChangeError::invalid_embed:
      return "an embed that is not an object with one key";
    case ChangeError::invalid_key:
      return "the key __proto__";
    case ChangeError::invalid_number:
      return "a number that is not finite";
    case ChangeError::too_many_components:
      return "too many components";
    case ChangeError::text_too_long:
      return "too much text";
    case ChangeError::too_many_attributes:
      return "too many attributes";
    case ChangeError::too_deep:
      return "attributes nested too deep";
    case ChangeError::rich_in_text:
      return "attributes or an embed in a plain text";
    case ChangeError::beyond_end:
      return "reaches over the end of the document";
    case ChangeError::split_surrogate:
      return "an edge inside a surrogate pair";
  }
  return "unknown";
}

bool ChangeBuilder::fail(ChangeError error) noexcept {
  if (!failed_) error_ = error;
  failed_ = true;
  return false;
}

// What holds for every component: whether there is room for it, and its attributes are in order.
bool ChangeBuilder::admit(std::uint64_t base_units, const Attributes& attributes) {
  if (failed_) return false;
  if (components_ == limits_.components) return fail(ChangeError::too_many_components);
  ++components_;
  if (base_units > kLengthMax - base_length_) return fail(ChangeError::length_overflow);
  base_length_ += base_units;
  if (attributes.empty()) return true;
  if (!limits_.rich) return fail(ChangeError::rich_in_text);
  const auto error = ValueCheck(limits_, text_bytes_).members(attributes.members(), 1);
  return !error || fail(*error);
}

bool ChangeBuilder::admit_target(std::size_t units) {
  if (units > kLengthMax - target_length_) return fail(ChangeError::length_overflow);
  target_length_ += units;
  return true;
}

ChangeBuilder& ChangeBuilder::retain(std::uint64_t length, const Attributes& attributes) {
  if (length == 0) fail(ChangeError::empty_component);
  if (admit(length, attributes) && admit_target(length)) {
    ChangeWriter(buffer_).retain(static_cast<std::uint32_t>(length), attributes);
  }
  return *this;
}

ChangeBuilder& ChangeBuilder::insert(std::string_view utf8, const Attributes& attributes) {
  if (utf8.empty()) fail(ChangeError::empty_component);
  if (!admit(0, attributes)) return *this;
  if (const auto error = ValueCheck(limits_, text_bytes_).text(utf8)) {
    fail(*error);
    return *this;
  }
  const std::size_t units = count_utf16(utf8);
  if (admit_target(units))
    ChangeWriter(buffer_).insert(utf8, static_cast<std::uint32_t>(units), attributes.without_nulls());
  return *this;
}

ChangeBuilder& ChangeBuilder::insert_embed(const Value& embed, const Attributes& attributes) {
  if (!admit(0, attributes)) return *this;
  if (!limits_.rich) {
    fail(ChangeError::rich_in_text);
  } else if (embed.kind() != Value::Kind::object || embed.members().size() != 1) {
    fail(ChangeError::invalid_embed);
  } else if (const auto error = ValueCheck(limits_, text_bytes_).members(embed.members(), 1)) {
    fail(*error);
  } else if (admit_target(1)) {
    ChangeWriter(buffer_).embed(embed, attributes.without_nulls());
  }
  return *this;
}

ChangeBuilder& ChangeBuilder::erase(std::uint64_t length) {
  if (length == 0) fail(ChangeError::empty_component);
  if (admit(length, {})) ChangeWriter(buffer_).erase(static_cast<std::uint32_t>(length));
  return *this;
}

Result<Change, ChangeError> ChangeBuilder::build() {
  const bool failed = std::exchange(failed_, false);
  components_ = text_bytes_ = base_length_ = target_length_ = 0;
  ChangeWriter(buffer_).chop();
  Change change = ChangeAccess::make(std::move(buffer_));
  if (failed) return error_;
  return change;
}

Result<Change, ChangeError> ChangeBuilder::build_for(std::size_t document_length) {
  if (!failed_ && base_length_ > document_length) fail(ChangeError::beyond_end);
  return build();
}

}  // namespace tutti::ot
