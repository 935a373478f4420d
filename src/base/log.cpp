#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>

namespace tutti::log {
namespace {

constexpr int kLinesPerSecond = 100;

std::atomic<Level> g_level{Level::info};
std::atomic<Format> g_format{Format::text};

spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("tutti", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_level(spdlog::level::debug);
    made.set_pattern("%v");
    made.flush_on(spdlog::level::debug);
    return made;
  }();
  return instance;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
    case Level::off:
      break;
  }
  return "off";
}

void append_quoted(std::string& line, std::string_view text) {
  line.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", byte);
      line += escape;
    } else {
      line.push_back(c);
    }
  }
  line.push_back('"');
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t n = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + n, sizeof text - n, ".%03dZ", static_cast<int>(ms % 1000));
  return text;
}

std::string format_line(Format format, Level level, std::string_view event, Fields fields) {
  std::string line;
  const bool json = format == Format::json;
  if (json) {
    line += "{\"time\":\"" + utc_now() + "\",\"level\":\"";
    line += name_of(level);
    line += "\",\"event\":";
    append_quoted(line, event);
  } else {
    line += utc_now();
    line.push_back(' ');
    line += name_of(level);
    line.push_back(' ');
    line += event;
  }
  for (const Field& field : fields) {
    if (json) {
      line.push_back(',');
      append_quoted(line, field.key);
      line.push_back(':');
    } else {
      line.push_back(' ');
      line += field.key;
      line.push_back('=');
    }
    const bool plain = !field.quoted || (!json && !field.value.empty() &&
                                         field.value.find_first_of(" \"\\=\t\r\n") == std::string::npos &&
                                         field.value.find_first_not_of(" ") != std::string::npos);
    if (plain) {
      line += field.value;
    } else {
      append_quoted(line, field.value);
    }
  }
  if (json) line.push_back('}');
  return line;
}

// Counts lines of one event within one second; says how many were held back when the second is over.
class Throttle {
 public:
  // Returns whether the line may be written; `held_back` = lines dropped in the second before.
  bool admit(std::string_view event, long& held_back) {
    const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    const std::lock_guard lock(mutex_);
    Window& window = windows_[std::string(event)];
    if (window.second != second) {
      held_back = window.lines > kLinesPerSecond ? window.lines - kLinesPerSecond : 0;
      window = {second, 0};
    }
    return ++window.lines <= kLinesPerSecond;
  }

 private:
  struct Window {
    long long second = 0;
    long lines = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Window> windows_;  // event names are literals in our code: bounded
};

}  // namespace

void configure(Level level, Format format) {
  g_level = level;
  g_format = format;
}

bool enabled(Level level) noexcept { return level >= g_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  static Throttle throttle;
  long held_back = 0;
  const bool admitted = throttle.admit(event, held_back);
  if (held_back > 0) {
    logger().info("{}", format_line(g_format, Level::warn, "log.held_back", {{"of", event}, {"lines", held_back}}));
  }
  if (admitted) logger().info("{}", format_line(g_format, level, event, fields));
}

}  // namespace tutti::log
