#include "server/option_values.hpp"

#include <charconv>
#include <cmath>

namespace tutti::server {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string decimal_text(double value) {
  char digits[40];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<std::string> parse_whole(std::string_view text, std::uint64_t min, std::uint64_t max,
                                       std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return quoted(text) + " is not a whole number";
  if (value < min || value > max) {
    return quoted(text) + " is not between " + std::to_string(min) + " and " + std::to_string(max);
  }
  return std::nullopt;
}

Value text(std::string Settings::*member) {
  return {[=](Settings& settings, std::string_view value) -> std::optional<std::string> {
            settings.*member = value;
            return std::nullopt;
          },
          [=](const Settings& settings) { return settings.*member; }};
}

Value list(std::vector<std::string> Settings::*member) {
  return {[=](Settings& settings, std::string_view value) -> std::optional<std::string> {
            std::vector<std::string> items;
            while (!value.empty()) {
              const auto comma = value.find(',');
              const auto item = trimmed(value.substr(0, comma));
              if (!item.empty()) items.emplace_back(item);
              value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
            }
            settings.*member = std::move(items);
            return std::nullopt;
          },
          [=](const Settings& settings) {
            std::string joined;
            for (const auto& item : settings.*member) joined += joined.empty() ? item : "," + item;
            return joined;
          }};
}

Value flag(bool Settings::*member) { return choice(member, {{"true", true}, {"false", false}}); }

Value milliseconds(std::chrono::milliseconds Settings::*member, std::int64_t min, std::int64_t max) {
  return {[=](Settings& settings, std::string_view text) {
            std::uint64_t value = 0;
            auto problem = parse_whole(text, static_cast<std::uint64_t>(min), static_cast<std::uint64_t>(max), value);
            if (!problem) settings.*member = std::chrono::milliseconds(value);
            return problem;
          },
          [=](const Settings& settings) { return std::to_string((settings.*member).count()); }};
}

Value decimal(double Settings::*member, double max) {
  return {[=](Settings& settings, std::string_view text) -> std::optional<std::string> {
            double value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
              return quoted(text) + " is not a number";
            }
            if (value < 0 || value > max) return quoted(text) + " is not between 0 and " + decimal_text(max);
            settings.*member = value;
            return std::nullopt;
          },
          [=](const Settings& settings) { return decimal_text(settings.*member); }};
}

}  // namespace tutti::server
