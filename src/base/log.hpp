// base/log.hpp: structured log lines: an event name and key=value fields, one line each, on stderr.
//
//   log::info("server.ready", {{"address", address}, {"workers", workers}});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace tutti::log {

enum class Level : std::uint8_t { debug, info, warn, error, off };
enum class Format : std::uint8_t { text, json };

// A field's value: text or a number; text is copied into the line, quoted and escaped where needed.
struct Field {
  std::string_view key;
  std::string value;
  bool quoted;
  Field(std::string_view k, std::string_view v) : key(k), value(v), quoted(true) {}
  Field(std::string_view k, const char* v) : key(k), value(v), quoted(true) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v), quoted(true) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), quoted(false) {}
  template <class Number>
  requires(std::is_arithmetic_v<Number> && !std::is_same_v<Number, bool>) Field(std::string_view k, Number v)
      : key(k), value(std::to_string(v)), quoted(false) {}
};
using Fields = std::initializer_list<Field>;

void configure(Level level, Format format);
bool enabled(Level level) noexcept;
// Thread-safe. At most 100 lines a second for one event name; the rest are counted and said in one line.
void write(Level level, std::string_view event, Fields fields = {});

inline void debug(std::string_view event, Fields fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }

}  // namespace tutti::log
