#include "codec/url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tutti::codec {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

TEST(Url, SplitsATarget) {
  const auto expect = [](std::string_view target, std::string_view path, std::string_view query) {
    const auto [got_path, got_query] = split_target(target);
    EXPECT_EQ(got_path, path) << target;
    EXPECT_EQ(got_query, query) << target;
  };
  expect("/socket.io/?EIO=4&x=1", "/socket.io/", "EIO=4&x=1");
  expect("/", "/", "");
  expect("/a?", "/a", "");
  expect("/a?b?c", "/a", "b?c");
  expect("http://host:80/a?b", "/a", "b");
  expect("https://host", "/", "");
  expect("http://host?b", "", "b");
  expect("*", "*", "");
  expect("", "", "");
}

TEST(Url, FindsAParameter) {
  EXPECT_EQ(query_parameter("EIO=4&transport=polling", "transport"), "polling");
  EXPECT_EQ(query_parameter("EIO=4&transport=polling", "EIO"), "4");
  EXPECT_EQ(query_parameter("EIO=4", "sid"), std::nullopt);
  EXPECT_EQ(query_parameter("sid", "sid"), "");
  EXPECT_EQ(query_parameter("a=1&a=2", "a"), "1");
  EXPECT_EQ(query_parameter("s%69d=x", "sid"), "x");
  EXPECT_EQ(query_parameter("a=b=c", "a"), "b=c");
  EXPECT_EQ(query_parameter("xsid=1&sid=2", "sid"), "2");
  EXPECT_EQ(query_parameter("t=a%20b+c%2B", "t"), "a b c+");
}

TEST(Url, ParsesAQueryInOrder) {
  EXPECT_EQ(parse_query("a=1&&b&=c&a=%C3%A9"), (Parameters{{"a", "1"}, {"b", ""}, {"", "c"}, {"a", "\xC3\xA9"}}));
  EXPECT_EQ(parse_query(""), Parameters{});
  EXPECT_EQ(parse_query("&"), Parameters{});
}

TEST(Url, LeavesBrokenEscapesAsTheyAre) {
  EXPECT_EQ(percent_decode("100%", false), "100%");
  EXPECT_EQ(percent_decode("%4", false), "%4");
  EXPECT_EQ(percent_decode("%zz%41", false), "%zzA");
  EXPECT_EQ(percent_decode("%%41", false), "%A");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
}

TEST(Url, EncodesAsEncodeUriComponent) {
  EXPECT_EQ(percent_encode("azAZ09-_.!~*'()"), "azAZ09-_.!~*'()");
  EXPECT_EQ(percent_encode(" /?:@&=+$,#%\xC3\xA9"), "%20%2F%3F%3A%40%26%3D%2B%24%2C%23%25%C3%A9");
}

RC_GTEST_PROP(Url, DecodesWhatItEncodes, (const std::string& text)) {
  RC_ASSERT(percent_decode(percent_encode(text), false) == text);
  RC_ASSERT(percent_decode(percent_encode(text), true) == text);
  const std::string query = percent_encode(text) + "=" + percent_encode(text);
  RC_ASSERT(text.empty() || query_parameter(query, text) == text);
}

}  // namespace
}  // namespace tutti::codec
