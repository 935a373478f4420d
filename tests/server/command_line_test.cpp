#include "server/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tutti::server {
namespace {

ParsedCommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "tutti");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandLine, TakesTheFlagsThatScriptsRelyOn) {
  const auto parsed = parse({"serve",     "--host",
                             "127.0.0.1", "--port",
                             "3000",      "--data",
                             "d",         "--durability",
                             "full",      "--workers",
                             "2",         "--batch-interval",
                             "50",        "--log-window",
                             "1000",      "--max-connections-per-user",
                             "0",         "--max-operations-per-second",
                             "10",        "--max-payload",
                             "1000000",   "--redis",
                             "",          "--config",
                             "f"});
  ASSERT_TRUE(parsed.command_line);
  EXPECT_EQ(parsed.command_line->command, Command::serve);
  EXPECT_EQ(parsed.command_line->sources.file, "f");
  EXPECT_EQ(parsed.command_line->sources.flags.at("max-operations-per-second"), "10");
  EXPECT_EQ(parsed.command_line->sources.flags.size(), 11u);
}

TEST(CommandLine, AMistakeIsExitCode2AndOneLine) {
  testing::internal::CaptureStderr();
  const auto parsed = parse({"serve", "--prot", "1"});
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_FALSE(parsed.command_line);
  EXPECT_EQ(parsed.exit_code, 2);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
  EXPECT_THAT(line, testing::HasSubstr("--prot"));
  testing::internal::CaptureStderr();
  EXPECT_EQ(parse({}).exit_code, 2);
  EXPECT_EQ(parse({"fly"}).exit_code, 2);
  EXPECT_EQ(parse({"token"}).exit_code, 2);
  EXPECT_EQ(parse({"token", "--user", "ann", "--expires", "soon"}).exit_code, 2);
  testing::internal::GetCapturedStderr();
}

TEST(CommandLine, HelpAndVersionAreNoMistake) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_code, 0);
  EXPECT_EQ(parse({"serve", "--help"}).exit_code, 0);
  EXPECT_EQ(parse({"--version"}).exit_code, 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), testing::HasSubstr("--max-connections-per-user"));
}

TEST(CommandLine, ATokenHasAUserATimeAndDocuments) {
  const auto parsed =
      parse({"token", "--user", "ann", "--expires", "2d", "--document", "a=read", "--document", "team-*=write"});
  ASSERT_TRUE(parsed.command_line);
  const TokenArguments& token = parsed.command_line->token;
  EXPECT_EQ(token.user, "ann");
  EXPECT_EQ(token.lifetime_s, 172'800);
  ASSERT_EQ(token.documents.size(), 2u);
  EXPECT_EQ(token.documents[1].pattern, "team-*");
  EXPECT_EQ(token.documents[1].access, auth::Access::write);
}

TEST(CommandLine, LifetimesHaveAUnit) {
  EXPECT_EQ(parse_lifetime("90s"), 90);
  EXPECT_EQ(parse_lifetime("15m"), 900);
  EXPECT_EQ(parse_lifetime("1h"), 3600);
  EXPECT_EQ(parse_lifetime("0"), 0);
  for (const char* bad : {"", "1", "h", "1w", "-1h", "1.5h", "0h"}) EXPECT_FALSE(parse_lifetime(bad)) << bad;
}

TEST(CommandLine, TheLastEqualsSignSeparatesPatternAndAccess) {
  EXPECT_EQ(parse_rule("a=b=read")->pattern, "a=b");
  for (const char* bad : {"", "a", "=read", "a=", "a=all"}) EXPECT_FALSE(parse_rule(bad)) << bad;
}

}  // namespace
}  // namespace tutti::server
