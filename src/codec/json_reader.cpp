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

// A recursive descent over the grammar of RFC 8259; kBuild false only checks. Each function is given where its text
// begins and returns where it ends, nullptr after an error: the place is never in memory, which is what makes it fast.
template <bool kBuild>
class Reader {
 public:
  Reader(const char* end, Arena* arena, JsonLimits limits) : end_(end), arena_(arena), depth_left_(limits.depth_max) {}

  const char* value(const char* at, Value& out) {
    at = skip_space(at);
    if (at == end_) return fail();
    switch (*at) {
      case '"':
        return string_value(at, out);
      case '{':
        return object(at, out);
      case '[':
        return array(at, out);
      case 't':
        return literal(at, "true", Value::boolean(true), out);
      case 'f':
        return literal(at, "false", Value::boolean(false), out);
      case 'n':
        return literal(at, "null", Value::null(), out);
      default:
        return kBuild ? read_number(at, end_, out) : skip_number(at, end_);
    }
  }

  // The elements of an array, each as the bytes it stands in.
  const char* split(const char* at, std::vector<std::string_view>& elements) {
    at = skip_space(at);
    if (at == end_ || *at != '[') return fail();
    return container(at, ']', [&](const char* begin) {
      Value ignored;
      const char* const end = value(begin, ignored);
      if (end) elements.emplace_back(begin, static_cast<std::size_t>(end - begin));
      return end;
    });
  }

  // Whether the text ends at `at`, where a value ended.
  bool finish(const char* at) noexcept {
    if (!at) return false;
    if (skip_space(at) != end_) fail(JsonError::trailing_bytes);
    return skip_space(at) == end_;
  }

  JsonError error() const noexcept { return error_; }

 private:
  const char* fail(JsonError error = JsonError::syntax) noexcept {
    error_ = error;
    return nullptr;
  }

  const char* skip_space(const char* at) const noexcept {
    if (at<end_&& static_cast<unsigned char>(*at)> ' ') return at;
    while (at < end_ && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
    return at;
  }

  const char* literal(const char* at, std::string_view word, Value meant, Value& out) noexcept {
    const auto left = static_cast<std::size_t>(end_ - at);
    if (left < word.size() || std::memcmp(at, word.data(), word.size()) != 0) return fail();
    out = meant;
    return at + word.size();
  }

  const char* string_value(const char* at, Value& out) {
    std::string_view text;
    at = string(at, text);
    if constexpr (kBuild) out = Value::string(text);
    return at;
  }

  // From the opening quote on.
  const char* string(const char* at, std::string_view& out) {
    const char* const begin = ++at;
    at = find_string_end(at, end_);
    bool escaped = false;
    while (at < end_ && *at == '\\') {
      escaped = true;
      at = skip_escape(at);
      if (!at) return fail();
      at = find_string_end(at, end_);
    }
    if (at == end_ || *at != '"') return fail();
    if constexpr (kBuild) {
      out = {begin, static_cast<std::size_t>(at - begin)};
      if (escaped) out = unescape(out, *arena_);
    }
    return at + 1;
  }

  const char* skip_escape(const char* at) const noexcept {
    if (end_ - at < 2) return nullptr;
    switch (at[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        return at + 2;
      case 'u':
        return end_ - at >= 6 && hex4(at + 2) >= 0 ? at + 6 : nullptr;
      default:
        return nullptr;
    }
  }

  // From the opening bracket on: items with commas between them, up to `close`. An item begins behind space.
  template <class Item>
  const char* container(const char* at, char close, Item item) {
    if (depth_left_ == 0) return fail(JsonError::too_deep);
    --depth_left_;
    at = skip_space(at + 1);
    if (at == end_) return fail();
    if (*at != close) {
      for (;;) {
        at = item(at);
        if (!at) return nullptr;
        at = skip_space(at);
        if (at == end_) return fail();
        if (*at != ',') break;
        at = skip_space(at + 1);
      }
      if (*at != close) return fail();
    }
    ++depth_left_;
    return at + 1;
  }

  const char* array(const char* at, Value& out) {
    const std::size_t mark = scratch_.mark();
    at = container(at, ']', [&](const char* begin) {
      Value element;
      const char* const end = value(begin, element);
      if constexpr (kBuild) scratch_.push(element);
      return end;
    });
    if constexpr (kBuild) {
      if (at) out = Value::array(scratch_.template take<Value>(mark, *arena_));
    }
    return at;
  }

  const char* object(const char* at, Value& out) {
    const std::size_t mark = scratch_.mark();
    at = container(at, '}', [&](const char* begin) -> const char* {
      Member member;
      if (begin == end_ || *begin != '"') return fail();
      const char* place = string(begin, member.key);
      if (!place) return nullptr;
      place = skip_space(place);
      if (place == end_ || *place != ':') return fail();
      place = value(place + 1, member.value);
      if constexpr (kBuild) scratch_.push(member);
      return place;
    });
    if constexpr (kBuild) {
      if (at) out = Value::object(scratch_.template take<Member>(mark, *arena_));
    }
    return at;
  }

  struct NoScratch {
    std::size_t mark() const noexcept { return 0; }
  };
  const char* const end_;
  Arena* const arena_;
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
  Reader<true> reader(text.data() + text.size(), &arena, limits);
  Value value;
  if (!reader.finish(reader.value(text.data(), value))) return reader.error();
  return value;
}

Result<void, JsonError> validate_json(std::string_view text, JsonLimits limits) {
  if (const auto checked = check_text(text, limits); !checked.has_value()) return checked.error();
  Reader<false> reader(text.data() + text.size(), nullptr, limits);
  Value ignored;
  if (!reader.finish(reader.value(text.data(), ignored))) return reader.error();
  return {};
}

Result<void, JsonError> split_json_array(std::string_view text, std::vector<std::string_view>& elements,
                                         JsonLimits limits) {
  elements.clear();
  if (const auto checked = check_text(text, limits); !checked.has_value()) return checked.error();
  Reader<false> reader(text.data() + text.size(), nullptr, limits);
  if (!reader.finish(reader.split(text.data(), elements))) return reader.error();
  return {};
}

}  // namespace tutti::codec
