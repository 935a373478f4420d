// codec/value.hpp: a read-only value tree, what JSON and MessagePack both decode to.
//
// 16 bytes a value, children in an Arena, strings borrowed from the source text where it has no escapes: a small
// payload costs no allocation. Strings are UTF-8, except that a lone surrogate escape of JSON ("\ud800") is carried as
// its three-byte form (WTF-8) and a MessagePack str may hold any bytes: whoever stores a string checks it
// (codec/utf8.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>

namespace tutti::codec {

// Memory of one decoded message; freed as a whole. Not thread-safe.
class Arena {
 public:
  Arena() : resource_(first_, sizeof first_) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  void* allocate(std::size_t size, std::size_t alignment) { return resource_.allocate(size, alignment); }
  void reset() { resource_.release(); }

 private:
  alignas(16) std::byte first_[2048];
  std::pmr::monotonic_buffer_resource resource_;
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
  static Value null() noexcept { return make(Kind::null); }
  static Value boolean(bool value) noexcept;
  static Value integer(std::int64_t value) noexcept;
  static Value unsigned_integer(std::uint64_t value) noexcept;  // becomes an integer where it fits
  static Value number(double value) noexcept;
  static Value date(double milliseconds) noexcept;
  // The bytes are borrowed.
  static Value string(std::string_view text) noexcept;
  static Value binary(std::string_view bytes) noexcept;
  static Value array(std::span<const Value> elements) noexcept;
  static Value object(std::span<const Member> members) noexcept;

  Kind kind() const noexcept { return kind_; }
  bool is_undefined() const noexcept { return kind_ == Kind::undefined; }
  bool is_null() const noexcept { return kind_ == Kind::null; }
  bool is_string() const noexcept { return kind_ == Kind::string; }
  bool is_array() const noexcept { return kind_ == Kind::array; }
  bool is_object() const noexcept { return kind_ == Kind::object; }
  bool is_binary() const noexcept { return kind_ == Kind::binary; }

  // Each of these demands the kind (TUTTI_ASSERT).
  bool as_boolean() const noexcept;
  std::int64_t as_integer() const noexcept;
  std::uint64_t as_unsigned_integer() const noexcept;  // integer >= 0 or unsigned_integer
  double as_number() const noexcept;                   // integer, unsigned_integer, number or date
  std::string_view as_string() const noexcept;         // string or binary
  std::span<const Value> elements() const noexcept;
  std::span<const Member> members() const noexcept;

  // The whole number that the value is, also when it came as 5.0 or 5e0; nullopt for anything else.
  std::optional<std::int64_t> whole_number() const noexcept;
  // The member of that name (the last, if a name stands twice); undefined if there is none or this is no object.
  Value operator[](std::string_view key) const noexcept;

 private:
  static Value make(Kind kind) noexcept {
    Value value;
    value.kind_ = kind;
    return value;
  }
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

}  // namespace tutti::codec
