// codec/value.hpp: a read-only value tree, what JSON and MessagePack both decode to.
//
// 16 bytes a value, children in an Arena, strings borrowed from the source text where it has no escapes: a small
// payload costs no allocation. Strings are UTF-8, except that a lone surrogate escape of JSON ("\ud800") is carried as
// its three-byte form (WTF-8) and a MessagePack str may hold any bytes: whoever stores a string checks it
// (codec/utf8.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "base/assert.hpp"

namespace tutti::codec {

// Memory of one decoded message; freed as a whole. The first 2 KiB are part of the object. Not thread-safe.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { reset(); }
  // `alignment` is a power of two, at most 16.
  void* allocate(std::size_t size, std::size_t alignment) {
    const std::size_t padding = (0 - reinterpret_cast<std::uintptr_t>(at_)) & (alignment - 1);
    if (static_cast<std::size_t>(end_ - at_) < size + padding) return allocate_block(size);
    std::byte* const result = at_ + padding;
    at_ = result + size;
    return result;
  }
  void reset() noexcept;

 private:
  struct Block;
  void* allocate_block(std::size_t size);

  static constexpr std::size_t kFirst = 2048;
  alignas(16) std::byte first_[kFirst];
  std::byte* at_ = first_;
  std::byte* end_ = first_ + kFirst;
  Block* blocks_ = nullptr;  // newest first
};

enum class Kind : std::uint8_t {
  undefined,  // JavaScript's undefined (MessagePack private form), or an absent member
  null,
  boolean,
  integer,           // fits int64
  unsigned_integer,  // above int64
  number,            // any other number, as double
  string,
  binary,
  date,  // milliseconds since 1970 (MessagePack only)
  array,
  object,
};

struct Member;

class Value {
 public:
  constexpr Value() noexcept : integer_(0), size_(0), kind_(Kind::undefined) {}
  static Value null() noexcept { return Value(Kind::null); }
  static Value boolean(bool value) noexcept {
    Value result(Kind::boolean);
    result.boolean_ = value;
    return result;
  }
  static Value integer(std::int64_t value) noexcept {
    Value result(Kind::integer);
    result.integer_ = value;
    return result;
  }
  static Value unsigned_integer(std::uint64_t value) noexcept {  // becomes an integer where it fits
    if (value <= std::uint64_t{INT64_MAX}) return integer(static_cast<std::int64_t>(value));
    Value result(Kind::unsigned_integer);
    result.unsigned_ = value;
    return result;
  }
  static Value number(double value) noexcept {
    Value result(Kind::number);
    result.number_ = value;
    return result;
  }
  static Value date(double milliseconds) noexcept {
    Value result(Kind::date);
    result.number_ = milliseconds;
    return result;
  }
  // The bytes are borrowed.
  static Value string(std::string_view text) noexcept { return Value(Kind::string, text); }
  static Value binary(std::string_view bytes) noexcept { return Value(Kind::binary, bytes); }
  static Value array(std::span<const Value> elements) noexcept {
    Value result(Kind::array, elements.size());
    result.elements_ = elements.data();
    return result;
  }
  static Value object(std::span<const Member> members) noexcept;

  Kind kind() const noexcept { return kind_; }
  bool is_undefined() const noexcept { return kind_ == Kind::undefined; }
  bool is_null() const noexcept { return kind_ == Kind::null; }
  bool is_string() const noexcept { return kind_ == Kind::string; }
  bool is_array() const noexcept { return kind_ == Kind::array; }
  bool is_object() const noexcept { return kind_ == Kind::object; }
  bool is_binary() const noexcept { return kind_ == Kind::binary; }

  // Each of these demands the kind (TUTTI_ASSERT).
  bool as_boolean() const noexcept {
    TUTTI_ASSERT(kind_ == Kind::boolean);
    return boolean_;
  }
  std::int64_t as_integer() const noexcept {
    TUTTI_ASSERT(kind_ == Kind::integer);
    return integer_;
  }
  std::uint64_t as_unsigned_integer() const noexcept;  // integer >= 0 or unsigned_integer
  double as_number() const noexcept;                   // integer, unsigned_integer, number or date
  std::string_view as_string() const noexcept {        // string or binary
    TUTTI_ASSERT(kind_ == Kind::string || kind_ == Kind::binary);
    return {text_, size_};
  }
  std::span<const Value> elements() const noexcept {
    TUTTI_ASSERT(kind_ == Kind::array);
    return {elements_, size_};
  }
  std::span<const Member> members() const noexcept;

  // The whole number that the value is, also when it came as 5.0 or 5e0; nullopt for anything else.
  std::optional<std::int64_t> whole_number() const noexcept;
  // The member of that name (the last, if a name stands twice); undefined if there is none or this is no object.
  Value operator[](std::string_view key) const noexcept;

 private:
  explicit Value(Kind kind, std::size_t size = 0) noexcept
      : integer_(0), size_(static_cast<std::uint32_t>(size)), kind_(kind) {
    TUTTI_ASSERT(size <= std::numeric_limits<std::uint32_t>::max());
  }
  Value(Kind kind, std::string_view text) noexcept : Value(kind, text.size()) { text_ = text.data(); }

  union {
    bool boolean_;
    std::int64_t integer_;
    std::uint64_t unsigned_;
    double number_;
    const char* text_;
    const Value* elements_;
    const Member* members_;
  };
  std::uint32_t size_;
  Kind kind_;
};
static_assert(sizeof(Value) == 16);

struct Member {
  std::string_view key;
  Value value;
};

inline Value Value::object(std::span<const Member> members) noexcept {
  Value result(Kind::object, members.size());
  result.members_ = members.data();
  return result;
}

inline std::span<const Member> Value::members() const noexcept {
  TUTTI_ASSERT(kind_ == Kind::object);
  return {members_, size_};
}

}  // namespace tutti::codec
