#include "codec/utf8.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/support.hpp"
#include "codec/utf8_kernels.hpp"

namespace tutti::codec {
namespace {

using namespace std::string_view_literals;

// By the table of RFC 3629, section 4; shares no code with what it tests.
bool is_utf8_by_the_book(std::string_view text) {
  const auto in = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && static_cast<unsigned char>(text[i]) >= low && static_cast<unsigned char>(text[i]) <= high;
  };
  const auto tail = [&](std::size_t i) { return in(i, 0x80, 0xBF); };
  for (std::size_t i = 0; i < text.size();) {
    if (in(i, 0, 0x7F)) {
      i += 1;
    } else if (in(i, 0xC2, 0xDF) && tail(i + 1)) {
      i += 2;
    } else if ((in(i, 0xE0, 0xE0) && in(i + 1, 0xA0, 0xBF) && tail(i + 2)) ||
               (in(i, 0xE1, 0xEC) && tail(i + 1) && tail(i + 2)) ||
               (in(i, 0xED, 0xED) && in(i + 1, 0x80, 0x9F) && tail(i + 2)) ||
               (in(i, 0xEE, 0xEF) && tail(i + 1) && tail(i + 2))) {
      i += 3;
    } else if ((in(i, 0xF0, 0xF0) && in(i + 1, 0x90, 0xBF) && tail(i + 2) && tail(i + 3)) ||
               (in(i, 0xF1, 0xF3) && tail(i + 1) && tail(i + 2) && tail(i + 3)) ||
               (in(i, 0xF4, 0xF4) && in(i + 1, 0x80, 0x8F) && tail(i + 2) && tail(i + 3))) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

// Every version that this machine has, and the public one.
void expect_utf8(std::string_view text, bool expected) {
  EXPECT_EQ(is_utf8(text), expected) << test::to_hex(text);
  EXPECT_EQ(is_utf8_scalar(text.data(), text.size()), expected) << test::to_hex(text);
  if (has_ssse3_kernel()) {
    EXPECT_EQ(is_utf8_ssse3(text.data(), text.size()), expected) << test::to_hex(text);
  }
  if (has_avx2_kernel()) {
    EXPECT_EQ(is_utf8_avx2(text.data(), text.size()), expected) << test::to_hex(text);
  }
}

TEST(Utf8, TakesWellFormedText) {
  for (const std::string_view text :
       {""sv, "a"sv, "\x7f"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv,
        "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "\0"sv}) {
    expect_utf8(text, true);
  }
}

TEST(Utf8, RefusesEverythingElse) {
  for (const std::string_view text : {"\x80"sv,
                                      "\xBF"sv,
                                      "\xC0\x80"sv,
                                      "\xC1\xBF"sv,
                                      "\xC2"sv,
                                      "\xC2\x41"sv,
                                      "\xC2\xC2"sv,
                                      "\xE0\x80\x80"sv,
                                      "\xE0\x9F\xBF"sv,
                                      "\xE1\x80"sv,
                                      "\xE1\x80\x41"sv,
                                      "\xED\xA0\x80"sv,
                                      "\xED\xBF\xBF"sv,
                                      "\xF0\x80\x80\x80"sv,
                                      "\xF0\x8F\xBF\xBF"sv,
                                      "\xF0\x90\x80"sv,
                                      "\xF4\x90\x80\x80"sv,
                                      "\xF5\x80\x80\x80"sv,
                                      "\xFF"sv,
                                      "\xFE"sv,
                                      "\xF8\x88\x80\x80\x80"sv,
                                      "\xC2\x80\x80"sv}) {
    expect_utf8(text, false);
  }
}

// Each sequence of up to four of these bytes at each place around the borders of the vectors.
TEST(Utf8, AgreesWithTheTableOverAllBorders) {
  constexpr unsigned char kBytes[] = {0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2,
                                      0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5};
  std::string sequence(4, '\0');
  for (const unsigned char a : kBytes) {
    for (const unsigned char b : kBytes) {
      for (const unsigned char c : kBytes) {
        for (const unsigned char d : kBytes) {
          sequence = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)};
          const bool expected = is_utf8_by_the_book(sequence);
          // Alone, across a border of 16, of 32 and of 64, and at the very end.
          ASSERT_EQ(is_utf8(sequence), expected) << test::to_hex(sequence);
          for (const std::size_t place : {14, 29, 62}) {
            const std::string text = std::string(place, 'x') + sequence + std::string(place % 3 * 40, 'y');
            ASSERT_EQ(is_utf8_scalar(text.data(), text.size()), expected) << test::to_hex(sequence);
            if (has_ssse3_kernel()) {
              ASSERT_EQ(is_utf8_ssse3(text.data(), text.size()), expected);
            }
            if (has_avx2_kernel()) {
              ASSERT_EQ(is_utf8_avx2(text.data(), text.size()), expected);
            }
          }
        }
      }
    }
  }
}

RC_GTEST_PROP(Utf8, AgreesWithTheTableOnDamagedText, (std::uint64_t seed)) {
  SeededRandom random(seed);
  std::string text = test::random_text(random, 150);
  for (std::uint64_t damages = random.below(3); damages > 0 && !text.empty(); --damages) {
    text[random.below(text.size())] = static_cast<char>(random.next());
  }
  expect_utf8(text, is_utf8_by_the_book(text));
}

TEST(Utf8Validator, TakesTextInAnyPieces) {
  constexpr std::string_view kText = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  for (std::size_t first = 0; first <= kText.size(); ++first) {
    for (std::size_t second = first; second <= kText.size(); ++second) {
      Utf8Validator validator;
      EXPECT_TRUE(validator.feed(kText.substr(0, first)));
      EXPECT_TRUE(validator.feed(kText.substr(first, second - first)));
      EXPECT_TRUE(validator.feed(kText.substr(second)));
      EXPECT_TRUE(validator.finished());
    }
  }
}

TEST(Utf8Validator, KnowsAnUnfinishedCharacter) {
  Utf8Validator validator;
  EXPECT_TRUE(validator.finished());
  EXPECT_TRUE(validator.feed("abc\xF0\x9F"));
  EXPECT_FALSE(validator.finished());
  EXPECT_TRUE(validator.feed(""));
  EXPECT_FALSE(validator.finished());
  validator.reset();
  EXPECT_TRUE(validator.finished());
}

// Autobahn 6.4: the first byte that cannot lead to well-formed text is told at once.
TEST(Utf8Validator, FailsAtTheFirstImpossibleByte) {
  const auto fails_at = [](std::string_view text) {
    Utf8Validator validator;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (!validator.feed(text.substr(i, 1))) return i;
    }
    return text.size();
  };
  EXPECT_EQ(fails_at("\xF4\x90\x80\x80"), 1u);
  EXPECT_EQ(fails_at("\xED\xA0\x80"), 1u);
  EXPECT_EQ(fails_at("\xE0\x9F\x80"), 1u);
  EXPECT_EQ(fails_at("\xC0"), 0u);
  EXPECT_EQ(fails_at("\xF5"), 0u);
  EXPECT_EQ(fails_at("\xE2\x82\x41"), 2u);
  EXPECT_EQ(fails_at("\xF0\x9F\x98\xC0"), 3u);
  Utf8Validator whole;
  EXPECT_FALSE(whole.feed("text \xF4\x90"));
}

RC_GTEST_PROP(Utf8Validator, AgreesWithTheWholeTextInRandomPieces, (std::uint64_t seed)) {
  SeededRandom random(seed);
  std::string text = test::random_text(random, 60);
  if (!text.empty() && random.below(2) == 0) text[random.below(text.size())] = static_cast<char>(random.next());
  Utf8Validator validator;
  bool good = true;
  for (std::string_view rest = text; !rest.empty() && good;) {
    const std::size_t size = 1 + random.below(std::min<std::size_t>(rest.size(), 40));
    good = validator.feed(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  RC_ASSERT((good && validator.finished()) == is_utf8_by_the_book(text));
}

TEST(Utf16Length, CountsAsBrowsersDo) {
  EXPECT_EQ(utf16_length(""), 0u);
  EXPECT_EQ(utf16_length("abc"), 3u);
  EXPECT_EQ(utf16_length("\xC3\xA9"), 1u);
  EXPECT_EQ(utf16_length("\xE2\x82\xAC"), 1u);
  EXPECT_EQ(utf16_length("\xF0\x9F\x98\x80"), 2u);
  EXPECT_EQ(utf16_length("\xED\xA0\xBD"), 1u);  // a lone surrogate
}

RC_GTEST_PROP(Utf16Length, IsTheSameInEveryVersion, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const std::string text = test::random_text(random, random.below(4) == 0 ? 20'000 : 200);
  std::size_t expected = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) expected += byte >= 0xF0 ? 2 : 1;
  }
  RC_ASSERT(utf16_length(text) == expected);
  RC_ASSERT(utf16_length_scalar(text.data(), text.size()) == expected);
  RC_ASSERT(utf16_length_sse2(text.data(), text.size()) == expected);
  if (has_avx2_kernel()) {
    RC_ASSERT(utf16_length_avx2(text.data(), text.size()) == expected);
  }
}

TEST(LoneSurrogate, IsFoundAnywhere) {
  EXPECT_FALSE(has_lone_surrogate(""));
  EXPECT_FALSE(has_lone_surrogate("\xED\x9F\xBF\xED\x95\x9C"));  // U+D7FF and a Hangul syllable
  EXPECT_TRUE(has_lone_surrogate("\xED\xA0\x80"));
  EXPECT_TRUE(has_lone_surrogate("\xED\x95\x9C text \xED\xBF\xBF"));
  EXPECT_FALSE(has_lone_surrogate("\xED\xA0"));
}

TEST(Id, FollowsTheProtocol) {
  EXPECT_TRUE(is_id("a", 256));
  EXPECT_TRUE(is_id("docs:a#b \xC3\xA9\xF0\x9F\x98\x80", 256));
  EXPECT_TRUE(is_id(std::string(256, 'a'), 256));
  EXPECT_TRUE(is_id("\xC2\xA0", 256));
  EXPECT_FALSE(is_id("", 256));
  EXPECT_FALSE(is_id(std::string(257, 'a'), 256));
  EXPECT_FALSE(is_id("a\nb", 256));
  EXPECT_FALSE(is_id("\x7f", 256));
  EXPECT_FALSE(is_id("\xC2\x80", 256));
  EXPECT_FALSE(is_id("\xC2\x9F", 256));
  EXPECT_FALSE(is_id("\xED\xA0\xBD", 256));
  EXPECT_FALSE(is_id("\xFF", 256));
  EXPECT_FALSE(is_id("\0"sv, 256));
}

}  // namespace
}  // namespace tutti::codec
