#include "ot/binary.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace tutti::ot {
namespace {

enum Tag : unsigned char { null, boolean_false, boolean_true, number, integer, string, array, object };

// --- writing

void put_varint(std::uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void put_string(std::string_view text, std::string& out) {
  put_varint(text.size(), out);
  out += text;
}

// Whole numbers that a varint holds shorter than a double does.
bool is_short_integer(double value) noexcept {
  return std::abs(value) < 281474976710656.0 && std::trunc(value) == value;
}

void put_members(std::span<const Member> members, std::string& out);

void put_value(const Value& value, std::string& out) {
  switch (value.kind()) {
    case Value::Kind::null:
      out += static_cast<char>(Tag::null);
      break;
    case Value::Kind::boolean:
      out += static_cast<char>(value.boolean() ? Tag::boolean_true : Tag::boolean_false);
      break;
    case Value::Kind::number:
      if (is_short_integer(value.number())) {
        const auto whole = static_cast<std::int64_t>(value.number());
        out += static_cast<char>(Tag::integer);
        put_varint(static_cast<std::uint64_t>(whole) << 1 ^ static_cast<std::uint64_t>(whole >> 63), out);
      } else {
        auto bits = std::bit_cast<std::uint64_t>(value.number());
        out += static_cast<char>(Tag::number);
        for (int byte = 0; byte < 8; ++byte, bits >>= 8) out += static_cast<char>(bits);
      }
      break;
    case Value::Kind::string:
      out += static_cast<char>(Tag::string);
      put_string(value.string(), out);
      break;
    case Value::Kind::array:
      out += static_cast<char>(Tag::array);
      put_varint(value.items().size(), out);
      for (const Value& item : value.items()) put_value(item, out);
      break;
    case Value::Kind::object:
      out += static_cast<char>(Tag::object);
      put_members(value.members(), out);
      break;
  }
}

void put_members(std::span<const Member> members, std::string& out) {
  put_varint(members.size(), out);
  for (const Member& member : members) {
    put_string(member.key, out);
    put_value(member.value, out);
  }
}

// --- reading

constexpr std::size_t kDepthMax = 64;  // of the reader's own recursion; ChangeLimits::depth is far below

class Reader {
 public:
  explicit Reader(std::string_view in) noexcept : in_(in) {}

  std::string_view rest() const noexcept { return in_; }
  bool failed() const noexcept { return failed_; }
  BinaryError error() const noexcept { return error_; }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const unsigned char byte = this->byte();
      if (failed_) return 0;
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return byte == 0 && shift > 0 ? fail(BinaryError::malformed), 0 : value;
    }
    fail(BinaryError::malformed);
    return 0;
  }
  unsigned char byte() {
    if (in_.empty()) fail(BinaryError::truncated);
    if (failed_) return 0;
    const auto first = static_cast<unsigned char>(in_.front());
    in_.remove_prefix(1);
    return first;
  }
  std::string_view string() { return bytes(varint()); }
  std::string_view bytes(std::uint64_t size) {
    if (size > in_.size()) fail(BinaryError::truncated);
    if (failed_) return {};
    const std::string_view text = in_.substr(0, size);
    in_.remove_prefix(size);
    return text;
  }

  Value value(std::size_t depth = 0) {
    if (depth > kDepthMax) fail(BinaryError::malformed);
    switch (byte()) {
      case Tag::null:
        return {};
      case Tag::boolean_false:
        return Value(false);
      case Tag::boolean_true:
        return Value(true);
      case Tag::number:
        return float_value();
      case Tag::integer:
        return integer_value();
      case Tag::string:
        return Value(string());
      case Tag::array: {
        std::vector<Value> items;
        for (std::uint64_t left = varint(); left > 0 && !failed_; --left) items.push_back(value(depth + 1));
        return Value::array(std::move(items));
      }
      case Tag::object:
        return Value::object(members(depth));
      default:
        fail(BinaryError::malformed);
        return {};
    }
  }
  // Keys ascend, as they are kept.
  std::vector<Member> members(std::size_t depth) {
    std::vector<Member> all;
    for (std::uint64_t left = varint(); left > 0 && !failed_; --left) {
      std::string key(string());
      if (!all.empty() && key <= all.back().key) fail(BinaryError::malformed);
      all.push_back({std::move(key), value(depth + 1)});
    }
    return all;
  }
  void fail(BinaryError error) noexcept {
    if (!failed_) error_ = error;
    failed_ = true;
    in_ = {};
  }

 private:
  Value float_value() {
    std::uint64_t bits = 0;
    for (int shift = 0; shift < 64; shift += 8) bits |= std::uint64_t{byte()} << shift;
    const auto number = std::bit_cast<double>(bits);
    if (is_short_integer(number)) fail(BinaryError::malformed);
    return Value(number);
  }
  Value integer_value() {
    const std::uint64_t bits = varint();
    const auto number = static_cast<double>(static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1)));
    if (!is_short_integer(number)) fail(BinaryError::malformed);
    return Value(number);
  }

  std::string_view in_;
  bool failed_ = false;
  BinaryError error_{};
};

}  // namespace

void encode_binary(const Change& change, std::string& out) {
  put_varint(change.size(), out);
  for (const Component& component : change) {
    const bool inserts = component.kind == Component::Kind::insert || component.kind == Component::Kind::embed;
    const bool has_attributes = !component.attributes->empty();
    const std::uint64_t length = inserts ? 0 : component.length;
    put_varint(length << 3 | (has_attributes ? 4u : 0u) | static_cast<unsigned>(component.kind), out);
    if (has_attributes) put_members(component.attributes->members(), out);
    if (component.kind == Component::Kind::insert) put_string(component.text, out);
    if (component.kind == Component::Kind::embed) put_value(*component.embed, out);
  }
}

Result<Change, BinaryError> decode_binary(std::string_view& in, const ChangeLimits& limits) {
  Reader reader(in);
  ChangeBuilder builder(limits);
  const std::uint64_t count = reader.varint();
  bool behind_delete = false;
  for (std::uint64_t left = count; left > 0 && !reader.failed() && !builder.failed(); --left) {
    const std::uint64_t tag = reader.varint();
    const auto kind = static_cast<Component::Kind>(tag & 3);
    const bool inserts = kind == Component::Kind::insert || kind == Component::Kind::embed;
    const bool has_attributes = tag & 4;
    const bool misplaced = inserts && (tag >> 3 != 0 || behind_delete);
    behind_delete = kind == Component::Kind::erase;
    if (misplaced || (behind_delete && has_attributes)) reader.fail(BinaryError::malformed);
    Attributes attributes;
    if (has_attributes) {
      attributes = Attributes(reader.members(0));
      if (attributes.empty()) reader.fail(BinaryError::malformed);
      if (inserts && attributes != attributes.without_nulls()) reader.fail(BinaryError::malformed);
    }
    const std::string_view text = kind == Component::Kind::insert ? reader.string() : std::string_view{};
    const Value embed = kind == Component::Kind::embed ? reader.value() : Value{};
    if (reader.failed()) break;
    switch (kind) {
      case Component::Kind::retain:
        builder.retain(tag >> 3, attributes);
        break;
      case Component::Kind::insert:
        builder.insert(text, attributes);
        break;
      case Component::Kind::embed:
        builder.insert_embed(embed, attributes);
        break;
      case Component::Kind::erase:
        builder.erase(tag >> 3);
        break;
    }
  }
  if (reader.failed()) return reader.error();
  auto change = builder.build();
  if (!change) return BinaryError::invalid_change;
  // Components that were joined, or a retain that was dropped, were not written by encode_binary.
  if (change->size() != count) return BinaryError::malformed;
  in = reader.rest();
  return std::move(*change);
}

}  // namespace tutti::ot
