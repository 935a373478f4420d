#include "codec/support.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "codec/date.hpp"

namespace tutti::codec::test {
namespace {

std::string_view keep(Arena& arena, std::string_view text) {
  if (text.empty()) return {};
  char* const copy = static_cast<char*>(arena.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void append_code_point(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 63))};
  } else if (point < 0x10000) {
    out += {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 63)),
            static_cast<char>(0x80 | (point & 63))};
  } else {
    out += {static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 63)),
            static_cast<char>(0x80 | (point >> 6 & 63)), static_cast<char>(0x80 | (point & 63))};
  }
}

// Any code point but a surrogate, the interesting ones often.
std::uint32_t random_code_point(Random& random) {
  static constexpr std::uint32_t kEdges[] = {0,      0x1F,    '"',     '\\',     0x7F,   0x80,   0x9F,
                                             0x7FF,  0x800,   0x2028,  0x2029,   0xD7FF, 0xE000, 0xFFFD,
                                             0xFFFF, 0x10000, 0x1F600, 0x10FFFF, '\n',   '\t'};
  switch (random.below(4)) {
    case 0:
      return kEdges[random.below(std::size(kEdges))];
    case 1: {
      const auto point = static_cast<std::uint32_t>(random.below(0x110000));
      return point >= 0xD800 && point < 0xE000 ? 'x' : point;
    }
    default:
      return static_cast<std::uint32_t>(' ' + random.below(95));
  }
}

double random_double(Random& random) {
  switch (random.below(3)) {
    case 0:
      return static_cast<double>(static_cast<std::int64_t>(random.below(2000)) - 1000) / 8;
    case 1:
      return std::ldexp(static_cast<double>(random.below(1u << 30)), static_cast<int>(random.below(200)) - 100);
    default: {
      const std::uint64_t bits = random.next();
      double number;
      std::memcpy(&number, &bits, sizeof number);
      return std::isfinite(number) ? number : 0.5;
    }
  }
}

Value random_array(Random& random, Arena& arena, RandomValueOptions options, unsigned depth) {
  const std::size_t size = random.below(random.below(8) == 0 ? 40 : 5);
  auto* const elements = static_cast<Value*>(arena.allocate(size * sizeof(Value) + 1, alignof(Value)));
  for (std::size_t i = 0; i < size; ++i) new (elements + i) Value(random_value(random, arena, options, depth - 1));
  return Value::array({elements, size});
}

Value random_object(Random& random, Arena& arena, RandomValueOptions options, unsigned depth) {
  const std::size_t size = random.below(5);
  auto* const members = static_cast<Member*>(arena.allocate(size * sizeof(Member) + 1, alignof(Member)));
  for (std::size_t i = 0; i < size; ++i) {
    const std::string_view key = keep(arena, random_text(random, 12, options.any_bytes));
    new (members + i) Member{key, random_value(random, arena, options, depth - 1)};
  }
  return Value::object({members, size});
}

void write_tagged(ValueWriter& writer, const Value& value) {
  const auto tag = [&](std::string_view name, auto write) {
    writer.begin_object(1);
    writer.key(name);
    write();
    writer.end_object();
  };
  switch (value.kind()) {
    case Kind::undefined:
      return tag("$undefined", [&] { writer.boolean(true); });
    case Kind::binary:
      return tag("$bin", [&] { writer.string(to_hex(value.as_string())); });
    case Kind::date:
      return tag("$date", [&] { writer.string(iso_date(value.as_number()).value_or("no date")); });
    case Kind::array:
      writer.begin_array(value.elements().size());
      for (const Value& element : value.elements()) write_tagged(writer, element);
      return writer.end_array();
    case Kind::object:
      writer.begin_object(value.members().size());
      for (const Member& member : value.members()) {
        writer.key(member.key);
        write_tagged(writer, member.value);
      }
      return writer.end_object();
    default:
      return writer.value(value);
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(std::string(TUTTI_SOURCE_DIR) + "/tests/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("no file tests/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string bytes;
  std::string digits;
  for (const char c : hex) {
    if (c != ' ') digits += c;
  }
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(digit(digits[i]) << 4 | digit(digits[i + 1]));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[c & 15];
  }
  return hex;
}

std::string to_json(const Value& value) {
  std::string text;
  JsonWriter(text).value(value);
  return text;
}

std::string to_msgpack(const Value& value, DateForm dates) {
  std::string bytes;
  MsgpackWriter(bytes, dates).value(value);
  return bytes;
}

bool same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::undefined:
    case Kind::null:
      return true;
    case Kind::boolean:
      return a.as_boolean() == b.as_boolean();
    case Kind::integer:
      return a.as_integer() == b.as_integer();
    case Kind::unsigned_integer:
      return a.as_unsigned_integer() == b.as_unsigned_integer();
    case Kind::number:
    case Kind::date:
      return a.as_number() == b.as_number();
    case Kind::string:
    case Kind::binary:
      return a.as_string() == b.as_string();
    case Kind::array:
      return std::equal(a.elements().begin(), a.elements().end(), b.elements().begin(), b.elements().end(), same);
    case Kind::object:
      return std::equal(a.members().begin(), a.members().end(), b.members().begin(), b.members().end(),
                        [](const Member& x, const Member& y) { return x.key == y.key && same(x.value, y.value); });
  }
  return false;
}

std::string tagged_json(const Value& value) {
  std::string text;
  JsonWriter writer(text);
  write_tagged(writer, value);
  return text;
}

std::string random_text(Random& random, std::size_t characters_max, bool any_bytes) {
  std::string text;
  for (std::uint64_t left = random.below(characters_max + 1); left > 0; --left) {
    if (any_bytes && random.below(6) == 0) {
      text += static_cast<char>(random.next());
    } else {
      append_code_point(text, random_code_point(random));
    }
  }
  return text;
}

Value random_value(Random& random, Arena& arena, RandomValueOptions options, unsigned depth) {
  const std::uint64_t choice = random.below(options.binary ? 12 : 9);
  switch (choice) {
    case 0:
      return Value::null();
    case 1:
      return Value::boolean(random.below(2) != 0);
    case 2:
      return Value::integer(static_cast<std::int64_t>(random.below(300)) - 150);
    case 3:
      return Value::integer(static_cast<std::int64_t>(random.next()) >> random.below(64));
    case 4:
      return Value::unsigned_integer(random.next());
    case 5:
      return Value::number(random_double(random));
    case 6:
      return Value::string(keep(arena, random_text(random, random.below(8) == 0 ? 400 : 20, options.any_bytes)));
    case 9:
      return Value::binary(keep(arena, random_text(random, 300, true)));
    case 10:
      return Value::date(static_cast<double>(random.below(1'000'000'000'000)));
    case 11:
      return Value{};
    default:
      break;
  }
  if (depth == 0) return Value::null();
  return choice == 7 ? random_array(random, arena, options, depth) : random_object(random, arena, options, depth);
}

void for_each_with(const Value& tree, std::string_view member, const std::function<void(const Value&)>& visit) {
  if (tree.is_array()) {
    for (const Value& element : tree.elements()) for_each_with(element, member, visit);
  } else if (tree.is_object()) {
    if (!tree[member].is_undefined()) visit(tree);
    for (const Member& child : tree.members()) for_each_with(child.value, member, visit);
  }
}

}  // namespace tutti::codec::test
