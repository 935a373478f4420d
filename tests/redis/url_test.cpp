#include "redis/url.hpp"

#include <gtest/gtest.h>

namespace tutti::redis {
namespace {

TEST(RedisUrl, ReadsAllParts) {
  const auto url = parse_url("redis://ann:p%40ss@redis.example:7000/3");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "redis.example");
  EXPECT_EQ(url->port, 7000);
  EXPECT_EQ(url->user, "ann");
  EXPECT_EQ(url->password, "p@ss");
  EXPECT_EQ(url->database, 3U);
}

TEST(RedisUrl, HasDefaults) {
  const auto url = parse_url("redis://");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 6379);
  EXPECT_EQ(url->password, "");
}

TEST(RedisUrl, TakesAPasswordAloneAndIpv6) {
  const auto url = parse_url("redis://:secret@[::1]:6380");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 6380);
  EXPECT_EQ(url->user, "");
  EXPECT_EQ(url->password, "secret");
}

TEST(RedisUrl, RefusesWhatItCannotMean) {
  for (const char* const text : {"", "localhost:6379", "http://x", "redis://h:0", "redis://h:99999", "redis://h:x",
                                 "redis://h/one", "redis://[::1", "redis://secret@h"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().message.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace tutti::redis
