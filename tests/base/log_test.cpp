#include "base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tutti::log {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

template <class Write>
std::string captured(Level level, Format format, Write write) {
  testing::internal::CaptureStderr();
  configure(level, format);
  write();
  configure(Level::info, Format::text);
  return testing::internal::GetCapturedStderr();
}

TEST(Log, TextIsTimeLevelEventAndFields) {
  const std::string line = captured(Level::info, Format::text, [] {
    info("server.ready", {{"address", "127.0.0.1:3000"}, {"workers", 4}, {"tls", false}});
  });
  EXPECT_THAT(line, MatchesRegex("[0-9-]+T[0-9:.]+Z info server.ready address=127.0.0.1:3000 workers=4 tls=false\n"));
}

TEST(Log, JsonIsOneObjectALine) {
  const std::string line = captured(Level::info, Format::json, [] {
    warn("peer.bad", {{"why", "a \"b\"\n"}, {"bytes", 12}});
  });
  EXPECT_THAT(line, HasSubstr(R"("level":"warn","event":"peer.bad","why":"a \"b\"\u000a","bytes":12})"));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Log, WhatAPeerSaysCannotMakeALineOfItsOwn) {
  const std::string line = captured(Level::info, Format::text, [] {
    info("peer.said", {{"text", "x\n2026-01-01T00:00:00Z info server.ready"}, {"empty", ""}});
  });
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
  EXPECT_THAT(line, HasSubstr("empty=\"\""));
}

TEST(Log, BelowTheLevelNothingIsWritten) {
  EXPECT_EQ(captured(Level::warn, Format::text, [] { info("quiet"); }), "");
  EXPECT_EQ(captured(Level::off, Format::text, [] { error("quiet"); }), "");
  EXPECT_NE(captured(Level::debug, Format::text, [] { debug("loud"); }), "");
}

TEST(Log, AFloodOfOneEventIsHeldBack) {
  const std::string lines = captured(Level::info, Format::text, [] {
    for (int i = 0; i < 1000; ++i) info("flood");
    info("other");
  });
  EXPECT_LE(std::count(lines.begin(), lines.end(), '\n'), 210) << "100 a second, and the second may change once";
  EXPECT_THAT(lines, HasSubstr("info other"));
}

}  // namespace
}  // namespace tutti::log
