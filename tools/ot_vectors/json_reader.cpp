#include "ot_vectors/json_reader.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace tutti::ot_vectors {
namespace {

using ot::Member;
using ot::Value;

constexpr int kDepthMax = 200;

void put_utf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  std::optional<Value> document() {
    Value parsed = value(0);
    space();
    if (failed_ || at_ != end_) return std::nullopt;
    return parsed;
  }

 private:
  void space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool expect(std::string_view word) {
    space();
    if (!take(word)) failed_ = true;
    return !failed_;
  }

  Value value(int depth) {
    space();
    if (depth > kDepthMax || at_ == end_) failed_ = true;
    if (failed_) return {};
    switch (*at_) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return Value(string());
      default:
        if (take("true")) return Value(true);
        if (take("false")) return Value(false);
        if (take("null")) return {};
        return number();
    }
  }

  Value number() {
    double value = 0;
    const auto [end, error] = std::from_chars(at_, end_, value);
    if (error != std::errc{} || end == at_) failed_ = true;
    at_ = end;
    return Value(value);
  }

  Value array(int depth) {
    ++at_;
    std::vector<Value> items;
    space();
    if (take("]")) return Value::array({});
    while (!failed_) {
      items.push_back(value(depth + 1));
      space();
      if (take("]")) break;
      expect(",");
    }
    return Value::array(std::move(items));
  }

  Value object(int depth) {
    ++at_;
    std::vector<Member> members;
    space();
    if (take("}")) return Value::object({});
    while (!failed_) {
      space();
      if (at_ == end_ || *at_ != '"') failed_ = true;
      std::string key = failed_ ? std::string() : string();
      expect(":");
      members.push_back({std::move(key), value(depth + 1)});
      space();
      if (take("}")) break;
      expect(",");
    }
    return Value::object(std::move(members));
  }

  unsigned hex4() {
    unsigned code = 0;
    if (end_ - at_ < 4 || std::from_chars(at_, at_ + 4, code, 16).ptr != at_ + 4) failed_ = true;
    if (!failed_) at_ += 4;
    return code;
  }

  std::string string() {
    std::string text;
    for (++at_; !failed_ && at_ != end_ && *at_ != '"';) {
      const char byte = *at_++;
      if (byte != '\\') {
        text += byte;
        continue;
      }
      if (at_ == end_) break;
      switch (const char escape = *at_++; escape) {
        case 'b':
          text += '\b';
          break;
        case 'f':
          text += '\f';
          break;
        case 'n':
          text += '\n';
          break;
        case 'r':
          text += '\r';
          break;
        case 't':
          text += '\t';
          break;
        case 'u': {
          unsigned code = hex4();
          if (code >= 0xD800 && code < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
            const char* const before = at_;
            at_ += 2;
            const unsigned low = hex4();
            if (low >= 0xDC00 && low < 0xE000) {
              code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            } else {
              at_ = before;
            }
          }
          put_utf8(code, text);
          break;
        }
        default:
          text += escape;
      }
    }
    if (at_ == end_) {
      failed_ = true;
    } else {
      ++at_;
    }
    return text;
  }

  const char* at_;
  const char* end_;
  bool failed_ = false;
};

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      out += escape;
    } else {
      out += byte;
    }
  }
  out += '"';
}

void write(const Value& value, std::string& out) {
  const char* separator = "";
  switch (value.kind()) {
    case Value::Kind::null:
      out += "null";
      break;
    case Value::Kind::boolean:
      out += value.boolean() ? "true" : "false";
      break;
    case Value::Kind::number: {
      char digits[32];
      out.append(digits, std::to_chars(digits, digits + sizeof digits, value.number()).ptr);
      break;
    }
    case Value::Kind::string:
      write_string(value.string(), out);
      break;
    case Value::Kind::array:
      out += '[';
      for (const Value& item : value.items()) {
        out += std::exchange(separator, ",");
        write(item, out);
      }
      out += ']';
      break;
    case Value::Kind::object:
      out += '{';
      for (const Member& member : value.members()) {
        out += std::exchange(separator, ",");
        write_string(member.key, out);
        out += ':';
        write(member.value, out);
      }
      out += '}';
      break;
  }
}

}  // namespace

std::optional<Value> read_json(std::string_view text) { return Parser(text).document(); }

const Value* find(const Value& value, std::string_view key) {
  if (value.kind() != Value::Kind::object) return nullptr;
  for (const Member& member : value.members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string write_json(const Value& value) {
  std::string out;
  write(value, out);
  return out;
}

}  // namespace tutti::ot_vectors
