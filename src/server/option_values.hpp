// server/option_values.hpp: the kinds of values that options have: text <-> a member of Settings.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "server/option_table.hpp"

namespace tutti::server {

// The two functions of an Option, for one member.
struct Value {
  decltype(Option::set) set;
  decltype(Option::show) show;
};

Value text(std::string Settings::*member);
Value list(std::vector<std::string> Settings::*member);  // separated by commas
Value flag(bool Settings::*member);                      // true|false
Value milliseconds(std::chrono::milliseconds Settings::*member, std::int64_t min, std::int64_t max);
Value decimal(double Settings::*member, double max);  // 0 … max

// Parses a whole number in [min, max], digits only ("1_000" and "1e3" are refused).
std::optional<std::string> parse_whole(std::string_view text, std::uint64_t min, std::uint64_t max,
                                       std::uint64_t& value);

template <class Whole>
Value whole(Whole Settings::*member, std::uint64_t min, std::uint64_t max) {
  return {[=](Settings& settings, std::string_view text) {
            std::uint64_t value = 0;
            auto problem = parse_whole(text, min, max, value);
            if (!problem) settings.*member = static_cast<Whole>(value);
            return problem;
          },
          [=](const Settings& settings) { return std::to_string(settings.*member); }};
}

// One of a few words.
template <class Choice>
Value choice(Choice Settings::*member, std::initializer_list<std::pair<const char*, Choice>> words) {
  const std::vector<std::pair<std::string, Choice>> choices(words.begin(), words.end());
  return {[=](Settings& settings, std::string_view text) -> std::optional<std::string> {
            std::string known;
            for (const auto& [word, value] : choices) {
              if (word == text) {
                settings.*member = value;
                return std::nullopt;
              }
              known += known.empty() ? word : ", " + word;
            }
            return "'" + std::string(text) + "' is not one of " + known;
          },
          [=](const Settings& settings) -> std::string {
            for (const auto& [word, value] : choices) {
              if (value == settings.*member) return word;
            }
            return {};
          }};
}

}  // namespace tutti::server
