#include "server/command_line.hpp"

#include <CLI/CLI.hpp>

#include "server/bench_command.hpp"
#include "server/option_values.hpp"
#include "server/version.hpp"

namespace tutti::server {
namespace {

constexpr int kUsageError = 2;

void add_settings(CLI::App& command, Sources& sources) {
  command.add_option("--config", sources.file, "Configuration file; without it ./tutti.toml is read if it is there.")
      ->option_text("FILE")
      ->envname("TUTTI_CONFIG");
  for (const Option& option : option_table()) {
    command
        .add_option_function<std::string>(
            option.flag(), [&sources, name = option.name](const std::string& text) { sources.flags[name] = text; },
            option.meaning)
        ->option_text(option.values + " (" + option.environment + ")");
  }
}

void add_token(CLI::App& command, TokenArguments& arguments) {
  command.add_option("--user", arguments.user, "The user id, `sub` of the token.")->required();
  command
      .add_option_function<std::string>(
          "--expires",
          [&arguments](const std::string& text) {
            const auto seconds = parse_lifetime(text);
            if (!seconds) throw CLI::ValidationError("--expires", "'" + text + "' is not like 90s, 15m, 1h, 30d or 0");
            arguments.lifetime_s = *seconds;
          },
          "How long the token is good: 90s, 15m, 1h, 30d; 0: for ever. Default 1h.")
      ->option_text("TIME");
  command
      .add_option_function<std::vector<std::string>>(
          "--document",
          [&arguments](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              auto rule = parse_rule(text);
              if (!rule) throw CLI::ValidationError("--document", "'" + text + "' is not like team-*=write");
              arguments.documents.push_back(std::move(*rule));
            }
          },
          "Access to documents, PATTERN=none|read|write; may be given several times. Without it: what "
          "auth-default-access says.")
      ->option_text("PATTERN=ACCESS");
}

void add_config(CLI::App& command, ConfigOutput& output) {
  const auto flag = [&](const char* name, ConfigOutput value, const char* meaning) {
    command.add_flag_callback(
        name, [&output, value] { output = value; }, meaning);
  };
  flag("--check", ConfigOutput::check, "Only say whether the configuration is good.");
  flag("--defaults", ConfigOutput::defaults, "Print a tutti.toml with every option and its default.");
  flag("--markdown", ConfigOutput::markdown, "Print the table of options for the documentation.");
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine result;
  CLI::App app("Tutti: a real-time collaboration server.", "tutti");
  app.set_version_flag("--version", std::string("tutti ") + kVersion);
  app.require_subcommand(1);

  CLI::App* serve = app.add_subcommand("serve", "Run the server.");
  add_settings(*serve, result.sources);
  CLI::App* token = app.add_subcommand("token", "Make a token, signed with the configured key.");
  add_token(*token, result.token);
  add_settings(*token, result.sources);
  CLI::App* config = app.add_subcommand("config", "Show the configuration that a server would run with.");
  add_config(*config, result.config_output);
  add_settings(*config, result.sources);
  CLI::App* bench = app.add_subcommand("bench", "Put load on a Socket.IO server and print one line of JSON.");
  add_bench(*bench, result.bench);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return {std::nullopt, app.exit(help)};
  } catch (const CLI::ParseError& error) {
    std::cerr << "tutti: " << error.what() << "\n";
    return {std::nullopt, kUsageError};
  }
  if (*token) result.command = Command::token;
  if (*config) result.command = Command::config;
  if (*bench) result.command = Command::bench;
  result.sources.environment = process_environment;
  return {std::move(result), 0};
}

std::optional<std::int64_t> parse_lifetime(std::string_view text) {
  if (text == "0") return 0;
  if (text.size() < 2) return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3'600;
      break;
    case 'd':
      unit = 86'400;
      break;
    default:
      return std::nullopt;
  }
  std::uint64_t number = 0;
  if (parse_whole(text.substr(0, text.size() - 1), 1, 100'000'000, number)) return std::nullopt;
  return static_cast<std::int64_t>(number) * unit;
}

std::optional<auth::DocumentRule> parse_rule(std::string_view text) {
  const auto equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const auto access = auth::access_from(text.substr(equals + 1));
  if (!access) return std::nullopt;
  return auth::DocumentRule{std::string(text.substr(0, equals)), *access};
}

}  // namespace tutti::server
