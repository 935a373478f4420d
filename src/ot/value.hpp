// ot/value.hpp: an immutable JSON-like value: what an attribute holds and what an embed is.
//
// Pure data, no parser: codecs at the edge build it (constructors below) and read it (kind and accessors). A copy is
// a reference count; values may be read on any thread. Numbers are doubles, as in JavaScript.
// Building checks nothing; ChangeBuilder (ot/change_builder.hpp) is the gate where limits are enforced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tutti::ot {

struct Member;

class Value {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Value() noexcept = default;  // null
  explicit Value(bool boolean) noexcept : kind_(Kind::boolean) { as_.boolean = boolean; }
  explicit Value(double number) noexcept : kind_(Kind::number) { as_.number = number; }
  explicit Value(int number) noexcept : Value(static_cast<double>(number)) {}
  explicit Value(std::string_view utf8);
  explicit Value(const char* utf8) : Value(std::string_view(utf8)) {}
  static Value array(std::vector<Value> items);
  // Members are sorted by key (bytes); of equal keys the last one stays, as in JSON.parse.
  static Value object(std::vector<Member> members);

  Value(const Value& other) noexcept : kind_(other.kind_), as_(other.as_) { acquire(); }
  Value(Value&& other) noexcept : kind_(std::exchange(other.kind_, Kind::null)), as_(other.as_) {}
  Value& operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(as_, other.as_);
    return *this;
  }
  ~Value() { release(); }

  Kind kind() const noexcept { return kind_; }
  bool is_null() const noexcept { return kind_ == Kind::null; }
  // Each accessor needs its kind.
  bool boolean() const noexcept { return as_.boolean; }
  double number() const noexcept { return as_.number; }
  std::string_view string() const noexcept;
  std::span<const Value> items() const noexcept;     // array
  std::span<const Member> members() const noexcept;  // object, sorted by key

  // Deep, by value; the order in which keys were given does not count.
  friend bool operator==(const Value& a, const Value& b) noexcept;

 private:
  struct Node;
  struct StringNode;
  struct ArrayNode;
  struct ObjectNode;
  explicit Value(Kind kind, Node* node) noexcept : kind_(kind) { as_.node = node; }
  bool owns() const noexcept { return kind_ >= Kind::string; }
  void acquire() const noexcept {
    if (owns()) acquire_node();
  }
  void release() noexcept {
    if (owns()) release_node();
  }
  void acquire_node() const noexcept;
  void release_node() noexcept;

  Kind kind_ = Kind::null;
  union {
    bool boolean;
    double number;
    Node* node;
  } as_{};
};

struct Member {
  std::string key;
  Value value;

  friend bool operator==(const Member&, const Member&) noexcept = default;
};

}  // namespace tutti::ot
