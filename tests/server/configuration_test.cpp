#include "server/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "support/temporary_directory.hpp"

namespace tutti::server {
namespace {

using testing::HasSubstr;

using Texts = std::map<std::string, std::string>;

struct Given {
  std::string file = {};
  Texts environment = {};
  Texts flags = {};
};

Result<Configuration, ConfigurationError> load(const Given& given) {
  const tests::TemporaryDirectory directory;
  Sources sources;
  const std::string path = directory.path() + "/tutti.toml";
  std::ofstream(path) << given.file;
  sources.file = path;
  sources.environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = given.environment.find(name);
    if (found == given.environment.end()) return std::nullopt;
    return found->second;
  };
  sources.flags = given.flags;
  return load_configuration(sources);
}

std::string problem_of(const Given& given) {
  const auto result = load(given);
  return result.has_value() ? "no problem" : result.error().message;
}

TEST(Configuration, WithoutAnythingHasTheDefaults) {
  const auto result = load({});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->settings.port, 3000);
  EXPECT_EQ(result->settings.host, "127.0.0.1");
  EXPECT_EQ(result->settings.data, "./tutti-data");
  EXPECT_EQ(result->settings.max_connections_per_user, 5u);
  EXPECT_EQ(result->settings.batch_interval, std::chrono::milliseconds(50));
  EXPECT_EQ(result->settings.durability, Durability::full);
  EXPECT_TRUE(result->origin.empty());
}

TEST(Configuration, TheEnvironmentWinsOverTheFileAndFlagsOverBoth) {
  const auto result = load({.file = "port = 1\nworkers = 2\nlog_window = 300\n",
                            .environment = {{"PORT", "4"}, {"TUTTI_WORKERS", "5"}},
                            .flags = {{"port", "6"}}});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->settings.port, 6);
  EXPECT_EQ(result->settings.workers, 5u);
  EXPECT_EQ(result->settings.log_window, 300u);
  EXPECT_EQ(result->origin.at("port"), "--port");
  EXPECT_EQ(result->origin.at("workers"), "environment TUTTI_WORKERS");
  EXPECT_THAT(result->origin.at("log-window"), HasSubstr("tutti.toml: log_window"));
}

TEST(Configuration, TheUsualNodeVariablesAreHonoured) {
  const auto result =
      load({.environment = {
                {"PORT", "8080"}, {"CLIENT_URL", "https://a.example, https://b.example:8443"}, {"SERVER_ID", "one"}}});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->settings.port, 8080);
  EXPECT_THAT(result->settings.client_url, testing::ElementsAre("https://a.example", "https://b.example:8443"));
  EXPECT_EQ(result->settings.server_id, "one");
  EXPECT_THAT(problem_of({.environment = {{"REDIS_URL", "redis://x"}}}), HasSubstr("redis"));
}

TEST(Configuration, AnEmptyVariableIsAsGoodAsNone) {
  EXPECT_EQ(load({.environment = {{"PORT", ""}}})->settings.port, 3000);
}

TEST(Configuration, TheFileTakesTablesListsAndPlainKeys) {
  const auto result = load({.file = R"(
    client_url = ["https://a.example", "https://b.example"]
    durability = "normal"
    max_operations_per_second = 2.5
    web = false
    [auth]
    key = "secret"
    algorithm = "HS256"
  )"});
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->settings.client_url.size(), 2u);
  EXPECT_EQ(result->settings.durability, Durability::normal);
  EXPECT_DOUBLE_EQ(result->settings.max_operations_per_second, 2.5);
  EXPECT_FALSE(result->settings.web);
  EXPECT_EQ(result->settings.auth_key, "secret");
}

TEST(Configuration, EachMistakeIsOneLineThatNamesThePlace) {
  EXPECT_EQ(problem_of({.flags = {{"port", "70000"}}}), "--port: '70000' is not between 0 and 65535");
  EXPECT_EQ(problem_of({.flags = {{"port", "80x"}}}), "--port: '80x' is not a whole number");
  EXPECT_EQ(problem_of({.flags = {{"port", "-1"}}}), "--port: '-1' is not a whole number");
  EXPECT_EQ(problem_of({.environment = {{"TUTTI_DURABILITY", "maybe"}}}),
            "environment TUTTI_DURABILITY: 'maybe' is not one of full, normal, memory");
  EXPECT_THAT(problem_of({.file = "prot = 1\n"}), HasSubstr("tutti.toml: prot: no such option"));
  EXPECT_THAT(problem_of({.file = "port = \n"}), HasSubstr("tutti.toml:1: "));
  EXPECT_THAT(problem_of({.file = "port = 1979-05-27\n"}), HasSubstr("port: must be a text"));
  EXPECT_EQ(problem_of({.flags = {{"max-operations-per-second", "nan"}}}),
            "--max-operations-per-second: 'nan' is not a number");
}

TEST(Configuration, AFileThatWasNamedMustExist) {
  Sources sources;
  sources.file = "/nowhere/tutti.toml";
  sources.environment = [](const std::string&) { return std::nullopt; };
  EXPECT_EQ(load_configuration(sources).error().message, "/nowhere/tutti.toml: cannot be read");
}

TEST(Configuration, CombinationsThatCannotWorkAreRefused) {
  EXPECT_THAT(problem_of({.flags = {{"client-url", "app.example.com"}}}), HasSubstr("is not an origin"));
  EXPECT_THAT(problem_of({.flags = {{"client-url", "https://app.example.com/"}}}), HasSubstr("is not an origin"));
  EXPECT_EQ(problem_of({.flags = {{"client-url", "*"}}}), "no problem");
  EXPECT_EQ(problem_of({.flags = {{"client-url", "https://*.example.com,http://localhost:5173"}}}), "no problem");
  EXPECT_THAT(problem_of({.flags = {{"auth-anonymous", "none"}}}), HasSubstr("nobody could connect"));
  EXPECT_THAT(problem_of({.flags = {{"auth-anonymous", "some"}}}), HasSubstr("is not one of"));
  EXPECT_THAT(problem_of({.flags = {{"auth-key", "a"}, {"auth-key-file", "b"}}}), HasSubstr("only one"));
  EXPECT_THAT(problem_of({.flags = {{"max-payload", "2000"}}}), HasSubstr("max-operation-size"));
}

TEST(Configuration, TheKeyIsASecret) {
  const auto is_key = [](const Option& option) { return option.name == "auth-key"; };
  EXPECT_TRUE(std::find_if(option_table().begin(), option_table().end(), is_key)->secret);
}

TEST(Configuration, AnonymousPeopleMayWriteOnlyAsLongAsThereIsNoKey) {
  Settings settings;
  EXPECT_EQ(settings.anonymous_access(), auth::Access::write);
  settings.auth_key = "secret";
  EXPECT_EQ(settings.anonymous_access(), auth::Access::none);
  settings.auth_anonymous = "read";
  EXPECT_EQ(settings.anonymous_access(), auth::Access::read);
}

TEST(OptionTable, NamesAreUnique) {
  std::set<std::string> names, environments;
  for (const Option& option : option_table()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_TRUE(environments.insert(option.environment).second) << option.environment;
  }
}

TEST(OptionTable, EveryDefaultIsAcceptedByItsOwnOption) {
  const Settings defaults;
  for (const Option& option : option_table()) {
    Settings settings;
    EXPECT_FALSE(option.set(settings, option.show(defaults))) << option.name;
    EXPECT_EQ(option.show(settings), option.show(defaults)) << option.name;
  }
}

TEST(OptionTable, TheFileOfDefaultsCanBeReadWithTheCommentsTakenAway) {
  std::istringstream lines(options_as_toml());
  std::string file;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" = ") != std::string::npos && line.rfind("# ", 0) == 0 && line.find("    # ") != std::string::npos) {
      file += line.substr(2) + "\n";
    }
  }
  const auto result = load({.file = file});
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->origin.size(), option_table().size());
}

}  // namespace
}  // namespace tutti::server
