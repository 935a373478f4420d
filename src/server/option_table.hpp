// server/option_table.hpp: one table of every option: its three names, what it means, how its text becomes a value.
//
// The configuration file, the environment, the flags, `tutti config` and the table in docs/OPERATIONS.md all come from
// here, so none of them can know an option that another does not.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/settings.hpp"

namespace tutti::server {

struct Option {
  std::string name;         // "max-payload": the flag is --max-payload, in the file it is max_payload
  std::string environment;  // "TUTTI_MAX_PAYLOAD"; PORT and a few others are as in the usual Node setup
  std::string values;       // what may stand there: "BYTES", "full|normal|memory"
  std::string meaning;      // one sentence, and what happens at the limit
  bool secret = false;      // never shown
  // Sets the value, or tells what is wrong with the text.
  std::function<std::optional<std::string>(Settings&, std::string_view text)> set;
  std::function<std::string(const Settings&)> show;

  std::string file_key() const;  // "max_payload"
  std::string flag() const;      // "--max-payload"
};

std::span<const Option> option_table();

// What no single option can tell: combinations that cannot work. nullopt: all is well.
std::optional<std::string> check_settings(const Settings& settings);

// The table of docs/OPERATIONS.md, and a tutti.toml with every option commented out.
std::string options_as_markdown();
std::string options_as_toml();

}  // namespace tutti::server
