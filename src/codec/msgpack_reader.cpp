#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "codec/msgpack.hpp"
#include "codec/number.hpp"

namespace tutti::codec {
namespace {

template <class T>
T load_big_endian(const char* bytes) noexcept {
  std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t> number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<T>(number);
}

constexpr int kExtTimestamp = -1;
constexpr int kExtNotepack = 0;  // undefined, bytes or a date, by the length

// What a timestamp extension holds, in milliseconds. Only lengths 4, 8 and 12 are timestamps.
double timestamp(std::string_view data) noexcept {
  if (data.size() == 4) return load_big_endian<std::uint32_t>(data.data()) * 1000.0;
  if (data.size() == 8) {
    const auto bits = load_big_endian<std::uint64_t>(data.data());
    return static_cast<double>(bits & 0x3FFFFFFFF) * 1000.0 + std::floor(static_cast<double>(bits >> 34) / 1e6);
  }
  const double nanoseconds = load_big_endian<std::uint32_t>(data.data());
  return static_cast<double>(load_big_endian<std::int64_t>(data.data() + 4)) * 1000.0 + std::floor(nanoseconds / 1e6);
}

template <bool kBuild>
class Reader {
 public:
  Reader(std::string_view bytes, Arena* arena, MsgpackLimits limits)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()), arena_(arena), depth_left_(limits.depth_max) {}

  bool value(Value& out) {
    if (at_ == end_) return fail(MsgpackError::truncated);
    const auto head = static_cast<unsigned char>(*at_++);
    if (head < 0x80) return is(out, Value::integer(head));
    if (head < 0x90) return map(out, head & 0x0F);
    if (head < 0xA0) return array(out, head & 0x0F);
    if (head < 0xC0) return string(out, head & 0x1F);
    if (head >= 0xE0) return is(out, Value::integer(static_cast<std::int8_t>(head)));
    switch (head) {
      case 0xC0:
        return is(out, Value::null());
      case 0xC2:
        return is(out, Value::boolean(false));
      case 0xC3:
        return is(out, Value::boolean(true));
      case 0xC4:
        return sized<std::uint8_t>([&](std::size_t size) { return binary(out, size); });
      case 0xC5:
        return sized<std::uint16_t>([&](std::size_t size) { return binary(out, size); });
      case 0xC6:
        return sized<std::uint32_t>([&](std::size_t size) { return binary(out, size); });
      case 0xC7:
        return sized<std::uint8_t>([&](std::size_t size) { return extension(out, size, false); });
      case 0xC8:
        return sized<std::uint16_t>([&](std::size_t size) { return extension(out, size, false); });
      case 0xC9:
        return sized<std::uint32_t>([&](std::size_t size) { return extension(out, size, false); });
      case 0xCA:
        return float_number<float, std::uint32_t>(out);
      case 0xCB:
        return float_number<double, std::uint64_t>(out);
      case 0xCC:
        return whole_number<std::uint8_t>(out);
      case 0xCD:
        return whole_number<std::uint16_t>(out);
      case 0xCE:
        return whole_number<std::uint32_t>(out);
      case 0xCF:
        return whole_number<std::uint64_t>(out);
      case 0xD0:
        return whole_number<std::int8_t>(out);
      case 0xD1:
        return whole_number<std::int16_t>(out);
      case 0xD2:
        return whole_number<std::int32_t>(out);
      case 0xD3:
        return whole_number<std::int64_t>(out);
      case 0xD4:
        return extension(out, 1, true);
      case 0xD5:
        return extension(out, 2, true);
      case 0xD6:
        return extension(out, 4, true);
      case 0xD7:
        return extension(out, 8, true);
      case 0xD8:
        return extension(out, 16, true);
      case 0xD9:
        return sized<std::uint8_t>([&](std::size_t size) { return string(out, size); });
      case 0xDA:
        return sized<std::uint16_t>([&](std::size_t size) { return string(out, size); });
      case 0xDB:
        return sized<std::uint32_t>([&](std::size_t size) { return string(out, size); });
      case 0xDC:
        return sized<std::uint16_t>([&](std::size_t size) { return array(out, size); });
      case 0xDD:
        return sized<std::uint32_t>([&](std::size_t size) { return array(out, size); });
      case 0xDE:
        return sized<std::uint16_t>([&](std::size_t size) { return map(out, size); });
      case 0xDF:
        return sized<std::uint32_t>([&](std::size_t size) { return map(out, size); });
      default:
        return fail(MsgpackError::invalid);
    }
  }

  const char* at() const noexcept { return at_; }
  MsgpackError error() const noexcept { return error_; }

 private:
  bool fail(MsgpackError error) noexcept {
    error_ = error;
    return false;
  }
  static bool is(Value& out, Value value) noexcept {
    out = value;
    return true;
  }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  bool take(std::size_t size, std::string_view& bytes) noexcept {
    if (left() < size) return fail(MsgpackError::truncated);
    bytes = {at_, size};
    at_ += size;
    return true;
  }

  template <class Size, class Then>
  bool sized(Then then) {
    std::string_view bytes;
    return take(sizeof(Size), bytes) && then(load_big_endian<Size>(bytes.data()));
  }

  template <class Number>
  bool whole_number(Value& out) {
    std::string_view bytes;
    if (!take(sizeof(Number), bytes)) return false;
    const auto number = load_big_endian<Number>(bytes.data());
    if constexpr (std::is_same_v<Number, std::uint64_t>) return is(out, Value::unsigned_integer(number));
    return is(out, Value::integer(static_cast<std::int64_t>(number)));
  }

  template <class Number, class Bits>
  bool float_number(Value& out) {
    std::string_view bytes;
    if (!take(sizeof(Number), bytes)) return false;
    return is(out, Value::number(std::bit_cast<Number>(load_big_endian<Bits>(bytes.data()))));
  }

  bool string(Value& out, std::size_t size) {
    std::string_view bytes;
    return take(size, bytes) && is(out, Value::string(bytes));
  }

  bool binary(Value& out, std::size_t size) {
    std::string_view bytes;
    return take(size, bytes) && is(out, Value::binary(bytes));
  }

  bool extension(Value& out, std::size_t size, bool fixed) {
    std::string_view type_byte, data;
    if (!take(1, type_byte) || !take(size, data)) return false;
    const int type = static_cast<signed char>(type_byte.front());
    if (type == kExtNotepack) {
      if (fixed && size == 1) return is(out, Value{});
      if (fixed && size == 8)
        return is(out, Value::date(static_cast<double>(load_big_endian<std::int64_t>(data.data()))));
      return is(out, Value::binary(data));
    }
    if (type == kExtTimestamp && (size == 4 || size == 8 || size == 12)) return is(out, Value::date(timestamp(data)));
    return unknown_extension(out, type, data);
  }

  // As notepack decodes it: [type, bytes].
  bool unknown_extension(Value& out, int type, std::string_view data) {
    if constexpr (!kBuild) return is(out, Value::array({}));
    Value* const parts = allocate<Value>(2);
    ::new (parts) Value(Value::integer(type));
    ::new (parts + 1) Value(Value::binary(data));
    return is(out, Value::array({parts, 2}));
  }

  template <class T>
  T* allocate(std::size_t count) {
    return static_cast<T*>(arena_->allocate(count * sizeof(T), alignof(T)));
  }

  // Each child takes a byte at least, and so does each one that an outer container still waits for: what is declared
  // never exceeds what is there, however containers are nested, and memory stays within a factor of the message.
  bool enter(std::size_t children) {
    if (depth_left_ == 0) return fail(MsgpackError::too_deep);
    if (children > left() - std::min(left(), owed_)) return fail(MsgpackError::truncated);
    --depth_left_;
    owed_ += children;
    return true;
  }

  bool child(Value& out) {
    --owed_;
    return value(out);
  }

  bool array(Value& out, std::size_t size) {
    if (!enter(size)) return false;
    Value ignored;
    Value* const elements = kBuild && size > 0 ? allocate<Value>(size) : nullptr;
    for (std::size_t i = 0; i < size; ++i) {
      if (!child(kBuild ? *::new (elements + i) Value() : ignored)) return false;
    }
    ++depth_left_;
    return is(out, Value::array({elements, kBuild ? size : 0}));
  }

  bool map(Value& out, std::size_t size) {
    if (size > left() / 2) return fail(MsgpackError::truncated);
    if (!enter(2 * size)) return false;
    Member ignored;
    Member* const members = kBuild && size > 0 ? allocate<Member>(size) : nullptr;
    for (std::size_t i = 0; i < size; ++i) {
      Member& member = kBuild ? *::new (members + i) Member() : ignored;
      if (!key(member.key) || !child(member.value)) return false;
    }
    ++depth_left_;
    return is(out, Value::object({members, kBuild ? size : 0}));
  }

  bool key(std::string_view& out) {
    Value key;
    if (!child(key)) return false;
    switch (key.kind()) {
      case Kind::string:
        out = key.as_string();
        return true;
      case Kind::undefined:
        out = "undefined";
        return true;
      case Kind::null:
        out = "null";
        return true;
      case Kind::boolean:
        out = key.as_boolean() ? "true" : "false";
        return true;
      case Kind::integer:
      case Kind::unsigned_integer:
      case Kind::number:
        return number_key(out, key);
      default:
        return fail(MsgpackError::key_not_string);
    }
  }

  // A number as a property name of JavaScript.
  bool number_key(std::string_view& out, const Value& key) {
    if (key.kind() == Kind::number && !std::isfinite(key.as_number())) {
      out = std::isnan(key.as_number()) ? "NaN" : key.as_number() > 0 ? "Infinity" : "-Infinity";
      return true;
    }
    if constexpr (kBuild) {
      char* const text = allocate<char>(kNumberTextMax);
      switch (key.kind()) {
        case Kind::integer:
          out = {text, write_integer(text, key.as_integer())};
          break;
        case Kind::unsigned_integer:
          out = {text, write_unsigned(text, key.as_unsigned_integer())};
          break;
        default:
          out = {text, write_number(text, key.as_number())};
          break;
      }
    }
    return true;
  }

  const char* at_;
  const char* end_;
  Arena* arena_;
  unsigned depth_left_;
  std::size_t owed_ = 0;  // values that the open containers still wait for
  MsgpackError error_ = MsgpackError::truncated;
};

}  // namespace

std::string_view to_string(MsgpackError error) {
  switch (error) {
    case MsgpackError::truncated:
      return "MessagePack ends too early";
    case MsgpackError::invalid:
      return "not MessagePack";
    case MsgpackError::too_deep:
      return "MessagePack is nested too deep";
    case MsgpackError::trailing_bytes:
      return "bytes after the MessagePack value";
    case MsgpackError::key_not_string:
      return "a MessagePack map key is no string";
  }
  return "";
}

Result<Value, MsgpackError> parse_msgpack(std::string_view bytes, Arena& arena, MsgpackLimits limits) {
  Reader<true> reader(bytes, &arena, limits);
  Value value;
  if (!reader.value(value)) return reader.error();
  if (reader.at() != bytes.data() + bytes.size()) return MsgpackError::trailing_bytes;
  return value;
}

Result<std::size_t, MsgpackError> skip_msgpack(std::string_view bytes, MsgpackLimits limits) {
  Reader<false> reader(bytes, nullptr, limits);
  Value ignored;
  if (!reader.value(ignored)) return reader.error();
  return static_cast<std::size_t>(reader.at() - bytes.data());
}

}  // namespace tutti::codec
