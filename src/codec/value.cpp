#include "codec/value.hpp"

#include <cmath>
#include <limits>

#include "base/assert.hpp"

namespace tutti::codec {
namespace {

std::uint32_t checked_size(std::size_t size) {
  TUTTI_ASSERT(size <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(size);
}

}  // namespace

Value Value::boolean(bool value) noexcept {
  Value result = make(Kind::boolean);
  result.boolean_ = value;
  return result;
}

Value Value::integer(std::int64_t value) noexcept {
  Value result = make(Kind::integer);
  result.integer_ = value;
  return result;
}

Value Value::unsigned_integer(std::uint64_t value) noexcept {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return integer(static_cast<std::int64_t>(value));
  }
  Value result = make(Kind::unsigned_integer);
  result.unsigned_ = value;
  return result;
}

Value Value::number(double value) noexcept {
  Value result = make(Kind::number);
  result.number_ = value;
  return result;
}

Value Value::date(double milliseconds) noexcept {
  Value result = make(Kind::date);
  result.number_ = milliseconds;
  return result;
}

Value Value::string(std::string_view text) noexcept {
  Value result = make(Kind::string);
  result.text_ = text.data();
  result.size_ = checked_size(text.size());
  return result;
}

Value Value::binary(std::string_view bytes) noexcept {
  Value result = string(bytes);
  result.kind_ = Kind::binary;
  return result;
}

Value Value::array(std::span<const Value> elements) noexcept {
  Value result = make(Kind::array);
  result.elements_ = elements.data();
  result.size_ = checked_size(elements.size());
  return result;
}

Value Value::object(std::span<const Member> members) noexcept {
  Value result = make(Kind::object);
  result.members_ = members.data();
  result.size_ = checked_size(members.size());
  return result;
}

bool Value::as_boolean() const noexcept {
  TUTTI_ASSERT(kind_ == Kind::boolean);
  return boolean_;
}

std::int64_t Value::as_integer() const noexcept {
  TUTTI_ASSERT(kind_ == Kind::integer);
  return integer_;
}

std::uint64_t Value::as_unsigned_integer() const noexcept {
  if (kind_ == Kind::unsigned_integer) return unsigned_;
  TUTTI_ASSERT(kind_ == Kind::integer && integer_ >= 0);
  return static_cast<std::uint64_t>(integer_);
}

double Value::as_number() const noexcept {
  if (kind_ == Kind::integer) return static_cast<double>(integer_);
  if (kind_ == Kind::unsigned_integer) return static_cast<double>(unsigned_);
  TUTTI_ASSERT(kind_ == Kind::number || kind_ == Kind::date);
  return number_;
}

std::string_view Value::as_string() const noexcept {
  TUTTI_ASSERT(kind_ == Kind::string || kind_ == Kind::binary);
  return {text_, size_};
}

std::span<const Value> Value::elements() const noexcept {
  TUTTI_ASSERT(kind_ == Kind::array);
  return {elements_, size_};
}

std::span<const Member> Value::members() const noexcept {
  TUTTI_ASSERT(kind_ == Kind::object);
  return {members_, size_};
}

std::optional<std::int64_t> Value::whole_number() const noexcept {
  if (kind_ == Kind::integer) return integer_;
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (kind_ != Kind::number || !(number_ >= -kTwoTo63 && number_ < kTwoTo63)) return std::nullopt;
  if (std::trunc(number_) != number_) return std::nullopt;
  return static_cast<std::int64_t>(number_);
}

Value Value::operator[](std::string_view key) const noexcept {
  if (kind_ != Kind::object) return {};
  for (std::uint32_t i = size_; i-- > 0;) {
    if (members_[i].key == key) return members_[i].value;
  }
  return {};
}

}  // namespace tutti::codec
