#include <cstring>
#include <limits>

#include "codec/json.hpp"
#include "codec/json_string.hpp"
#include "codec/number.hpp"
#include "codec/scratch.hpp"
#include "codec/utf8.hpp"

namespace tutti::codec {
namespace {

int hex4(const char* digits) noexcept {
  int unit = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    const int lower = c | 0x20;
    if (c >= '0' && c <= '9') {
      unit = unit << 4 | (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit << 4 | (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return unit;
}

char* append_code_point(char* to, unsigned point) noexcept {
  if (point < 0x80) {
    *to++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *to++ = static_cast<char>(0xC0 | point >> 6);
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *to++ = static_cast<char>(0xE0 | point >> 12);
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else {
    *to++ = static_cast<char>(0xF0 | point >> 18);
    *to++ = static_cast<char>(0x80 | (point >> 12 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  }
  return to;
}

bool is_high(int unit) noexcept { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(int unit) noexcept { return unit >= 0xDC00 && unit < 0xE000; }

// Decodes "\uXXXX", or two of them that are a pair. `at` is behind the 'u'; all digits were checked.
char* unescape_unit(char* to, const char*& at, const char* end) noexcept {
  const int unit = hex4(at);
  at += 4;
  if (is_high(unit) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const int next = hex4(at + 2);
    if (is_low(next)) {
      at += 6;
      return append_code_point(
          to, 0x10000u + (static_cast<unsigned>(unit & 0x3FF) << 10) + static_cast<unsigned>(next & 0x3FF));
    }
  }
  return append_code_point(to, static_cast<unsigned>(unit));
}

char unescaped(char c) noexcept {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// `raw` is what stands between the quotes, checked. The result is never longer.
std::string_view unescape(std::string_view raw, Arena& arena) {
  char* const begin = static_cast<char*>(arena.allocate(raw.size(), 1));
  char* to = begin;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    const void* const found = std::memchr(at, '\\', static_cast<std::size_t>(end - at));
    const char* const stop = found ? static_cast<const char*>(found) : end;
    std::memcpy(to, at, static_cast<std::size_t>(stop - at));
    to += stop - at;
    if (stop == end) break;
    at = stop + 2;
    if (stop[1] == 'u') {
      to = unescape_unit(to, at, end);
    } else {
      *to++ = unescaped(stop[1]);
    }
  }
  return {begin, static_cast<std::size_t>(to - begin)};
}

// A recursive descent over the grammar of RFC 8259; kBuild false only checks.
template <bool kBuild>
class Reader {
 public:
  Reader(std::string_view text, Arena* arena, JsonLimits limits)
      : at_(text.data()), end_(text.data() + text.size()), arena_(arena), depth_left_(limits.depth_max) {}

  bool value(Value& out) {
    if (!skip_space()) return fail(JsonError::syntax);
    switch (*at_) {
      case '"':
        return string_value(out);
      case '{':
        return object(out);
      case '[':
        return array(out);
      case 't':
        return literal("true", Value::boolean(true), out);
      case 'f':
        return literal("false", Value::boolean(false), out);
      case 'n':
        return literal("null", Value::null(), out);
      default:
        return number(out);
    }
  }

  // The text ends here.
  bool finish() { return !skip_space() || fail(JsonError::trailing_bytes); }

  // The elements of an array, each as the bytes it stands in.
  bool split(std::vector<std::string_view>& elements) {
    if (!skip_space() || *at_ != '[') return fail(JsonError::syntax);
    return container(']', [&] {
      if (!skip_space()) return fail(JsonError::syntax);
      const char* const begin = at_;
      Value ignored;
      if (!value(ignored)) return false;
      elements.emplace_back(begin, static_cast<std::size_t>(at_ - begin));
      return true;
    });
  }

  JsonError error() const noexcept { return error_; }

 private:
  bool fail(JsonError error) noexcept {
    error_ = error;
    return false;
  }

  // False at the end of the text.
  bool skip_space() noexcept {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    return at_ < end_;
  }

  bool literal(std::string_view word, Value meant, Value& out) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0) {
      return fail(JsonError::syntax);
    }
    at_ += word.size();
    out = meant;
    return true;
  }

  bool number(Value& out) {
    const bool read = kBuild ? read_number(at_, end_, out) : skip_number(at_, end_);
    return read || fail(JsonError::syntax);
  }

  bool string_value(Value& out) {
    std::string_view text;
    if (!string(text)) return false;
    if constexpr (kBuild) out = Value::string(text);
    return true;
  }

  // `at_` is at the opening quote.
  bool string(std::string_view& out) {
    const char* const begin = ++at_;
    at_ = find_string_end(at_, end_);
    bool escaped = false;
    while (at_ < end_ && *at_ == '\\') {
      escaped = true;
      if (!skip_escape()) return false;
      at_ = find_string_end(at_, end_);
    }
    if (at_ == end_ || *at_ != '"') return fail(JsonError::syntax);
    if constexpr (kBuild) {
      out = {begin, static_cast<std::size_t>(at_ - begin)};
      if (escaped) out = unescape(out, *arena_);
    }
    ++at_;
    return true;
  }

  bool skip_escape() {
    if (end_ - at_ < 2) return fail(JsonError::syntax);
    const char c = at_[1];
    at_ += 2;
    switch (c) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return true;
      case 'u':
        if (end_ - at_ < 4 || hex4(at_) < 0) return fail(JsonError::syntax);
        at_ += 4;
        return true;
      default:
        return fail(JsonError::syntax);
    }
  }

  // Items with commas between them, up to `close`. `at_` is at the opening bracket.
  template <class Item>
  bool container(char close, Item item) {
    if (depth_left_ == 0) return fail(JsonError::too_deep);
    --depth_left_;
    ++at_;
    if (!skip_space()) return fail(JsonError::syntax);
    if (*at_ != close) {
      for (;;) {
        if (!item()) return false;
        if (!skip_space()) return fail(JsonError::syntax);
        if (*at_ != ',') break;
        ++at_;
      }
      if (*at_ != close) return fail(JsonError::syntax);
    }
    ++at_;
    ++depth_left_;
    return true;
  }

  bool array(Value& out) {
    const std::size_t mark = scratch_.mark();
    const bool whole = container(']', [&] {
      Value element;
      if (!value(element)) return false;
      if constexpr (kBuild) scratch_.push(element);
      return true;
    });
    if (!whole) return false;
    if constexpr (kBuild) out = Value::array(scratch_.template take<Value>(mark, *arena_));
    return true;
  }

  bool object(Value& out) {
    const std::size_t mark = scratch_.mark();
    const bool whole = container('}', [&] {
      Member member;
      if (!skip_space() || *at_ != '"' || !string(member.key)) return fail(JsonError::syntax);
      if (!skip_space() || *at_ != ':') return fail(JsonError::syntax);
      ++at_;
      if (!value(member.value)) return false;
      if constexpr (kBuild) scratch_.push(member);
      return true;
    });
    if (!whole) return false;
    if constexpr (kBuild) out = Value::object(scratch_.template take<Member>(mark, *arena_));
    return true;
  }

  struct NoScratch {
    std::size_t mark() const noexcept { return 0; }
  };
  const char* at_;
  const char* end_;
  Arena* arena_;
  unsigned depth_left_;
  JsonError error_ = JsonError::syntax;
  std::conditional_t<kBuild, Scratch, NoScratch> scratch_;
};

// What is asked of the text as a whole.
Result<void, JsonError> check_text(std::string_view text, const JsonLimits& limits) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) return JsonError::too_large;
  if (limits.check_utf8 && !is_utf8(text)) return JsonError::invalid_utf8;
  return {};
}

}  // namespace

std::string_view to_string(JsonError error) {
  switch (error) {
    case JsonError::syntax:
      return "not JSON";
    case JsonError::too_deep:
      return "JSON is nested too deep";
    case JsonError::trailing_bytes:
      return "bytes after the JSON value";
    case JsonError::invalid_utf8:
      return "JSON text is not UTF-8";
    case JsonError::too_large:
      return "JSON text is too large";
  }
  return "";
}

Result<Value, JsonError> parse_json(std::string_view text, Arena& arena, JsonLimits limits) {
  if (const auto checked = check_text(text, limits); !checked.has_value()) return checked.error();
  Reader<true> reader(text, &arena, limits);
  Value value;
  if (!reader.value(value) || !reader.finish()) return reader.error();
  return value;
}

Result<void, JsonError> validate_json(std::string_view text, JsonLimits limits) {
  if (const auto checked = check_text(text, limits); !checked.has_value()) return checked.error();
  Reader<false> reader(text, nullptr, limits);
  Value ignored;
  if (!reader.value(ignored) || !reader.finish()) return reader.error();
  return {};
}

Result<void, JsonError> split_json_array(std::string_view text, std::vector<std::string_view>& elements,
                                         JsonLimits limits) {
  elements.clear();
  if (const auto checked = check_text(text, limits); !checked.has_value()) return checked.error();
  Reader<false> reader(text, nullptr, limits);
  if (!reader.split(elements) || !reader.finish()) return reader.error();
  return {};
}

}  // namespace tutti::codec
