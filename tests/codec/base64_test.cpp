#include "codec/base64.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tutti::codec {
namespace {

std::string encoded(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

// RFC 4648, section 10.
TEST(Base64, EncodesTheExamplesOfTheText) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(encoded(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, Appends) {
  std::string out = "b";
  append_base64(out, "foo");
  append_base64(out, "f");
  EXPECT_EQ(out, "bZm9vZg==");
}

TEST(Base64, TakesTextWithoutPadding) {
  EXPECT_EQ(decode_base64("Zg"), "f");
  EXPECT_EQ(decode_base64("Zm8"), "fo");
  EXPECT_EQ(decode_base64("Zg="), "f");
}

TEST(Base64, RefusesWhatIsNotOfTheAlphabet) {
  for (const char* text : {"Z", "Zm9vY", "Zm9-", "Zm9_", "Zm 9v", "Zm9v\n", "Z=", "=",
                           "====", "Zg==Zg==", "Z===", "\xC3\xA9\xC3\xA9", "Zm\n="}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(Base64, WritesTheUrlAlphabet) {
  EXPECT_EQ(base64url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(base64url("f"), "Zg");
  EXPECT_EQ(base64url("fo"), "Zm8");
  EXPECT_EQ(base64url(""), "");
}

RC_GTEST_PROP(Base64, DecodesWhatItEncodes, (const std::string& bytes)) {
  const std::string text = encoded(bytes);
  RC_ASSERT(text.size() == (bytes.size() + 2) / 3 * 4);
  RC_ASSERT(decode_base64(text) == bytes);
}

}  // namespace
}  // namespace tutti::codec
