#include "codec/number.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace tutti::codec {
namespace {

std::string print(double value) {
  char text[kNumberTextMax];
  return {text, write_number(text, value)};
}

Value read(std::string_view text) {
  Value value;
  EXPECT_EQ(read_number(text.data(), text.data() + text.size(), value), text.data() + text.size()) << text;
  return value;
}

double read_double(std::string_view text) { return read(text).as_number(); }

// ECMA-262, Number::toString, each branch at its edges.
TEST(Number, PrintsAsJavaScript) {
  EXPECT_EQ(print(0.0), "0");
  EXPECT_EQ(print(-0.0), "0");
  EXPECT_EQ(print(1), "1");
  EXPECT_EQ(print(-1), "-1");
  EXPECT_EQ(print(0.1), "0.1");
  EXPECT_EQ(print(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(print(123.456), "123.456");
  EXPECT_EQ(print(-123.456), "-123.456");
  EXPECT_EQ(print(1e21), "1e+21");
  EXPECT_EQ(print(1e20), "100000000000000000000");
  EXPECT_EQ(print(123456789012345680000.0), "123456789012345680000");
  EXPECT_EQ(print(1.5e21), "1.5e+21");
  EXPECT_EQ(print(1e-6), "0.000001");
  EXPECT_EQ(print(1.5e-6), "0.0000015");
  EXPECT_EQ(print(1e-7), "1e-7");
  EXPECT_EQ(print(-1.25e-7), "-1.25e-7");
  EXPECT_EQ(print(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(print(9007199254740994.0), "9007199254740994");
  EXPECT_EQ(print(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(print(5e-324), "5e-324");
  EXPECT_EQ(print(4294967296.5), "4294967296.5");
}

TEST(Number, ReadsWholeNumbersExactly) {
  EXPECT_EQ(read("0").as_integer(), 0);
  EXPECT_EQ(read("-0").as_integer(), 0);
  EXPECT_EQ(read("9007199254740993").as_integer(), 9007199254740993);
  EXPECT_EQ(read("9223372036854775807").as_integer(), INT64_MAX);
  EXPECT_EQ(read("-9223372036854775808").as_integer(), INT64_MIN);
  EXPECT_EQ(read("9223372036854775808").as_unsigned_integer(), 9223372036854775808u);
  EXPECT_EQ(read("18446744073709551615").as_unsigned_integer(), UINT64_MAX);
}

TEST(Number, ReadsLargerOnesAsDoubles) {
  EXPECT_EQ(read("18446744073709551616").kind(), Kind::number);
  EXPECT_EQ(read_double("18446744073709551616"), 18446744073709551616.0);
  EXPECT_EQ(read_double("-9223372036854775809"), -9223372036854775809.0);
  EXPECT_EQ(read_double("99999999999999999999"), 1e20);
  EXPECT_EQ(read_double("123456789012345678901234567890"), 1.2345678901234568e29);
  EXPECT_EQ(read_double(std::string(309, '9')), HUGE_VAL);
}

TEST(Number, ReadsFractionsAndExponents) {
  EXPECT_EQ(read("1.0").kind(), Kind::number);
  EXPECT_EQ(read("1e0").kind(), Kind::number);
  EXPECT_EQ(read_double("1.5"), 1.5);
  EXPECT_EQ(read_double("-1.5E+2"), -150);
  EXPECT_EQ(read_double("1e-7"), 1e-7);
  EXPECT_EQ(read_double("0.1"), 0.1);
  EXPECT_EQ(read_double("123456789.123e-5"), 1234.56789123);
  EXPECT_EQ(read_double("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(read_double("5e-324"), 5e-324);
  EXPECT_EQ(read_double("0.000000000000000000000000000000000000000000000123e-2"), 1.23e-48);
  EXPECT_EQ(read_double("9007199254740993.0"), 9007199254740992.0);
}

// As JSON.parse: too large is infinite, too small is zero.
TEST(Number, TakesWhatADoubleCannotHold) {
  EXPECT_EQ(read_double("1e400"), HUGE_VAL);
  EXPECT_EQ(read_double("-1e400"), -HUGE_VAL);
  EXPECT_EQ(read_double("1e-400"), 0);
  EXPECT_EQ(read_double("1e99999999999999999999"), HUGE_VAL);
  EXPECT_EQ(read_double("1e-99999999999999999999"), 0);
  EXPECT_EQ(read_double("0e99999999999999999999"), 0);
  EXPECT_EQ(read_double("0.0e400"), 0);
  EXPECT_EQ(read_double("0e25"), 0);
  EXPECT_EQ(read_double("0.000e-23"), 0);
  EXPECT_EQ(read_double("0." + std::string(500, '0') + "1e400"), 1e-101);
  EXPECT_EQ(read_double("0." + std::string(500, '0') + "1e900"), HUGE_VAL);
  EXPECT_EQ(read_double("1" + std::string(500, '0') + "e-900"), 0);
}

TEST(Number, StopsWhereTheNumberEnds) {
  const std::string_view text = "12,";
  Value value;
  EXPECT_EQ(read_number(text.data(), text.data() + text.size(), value), text.data() + 2);
}

TEST(Number, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "-a", "e1", "NaN", "Infinity"}) {
    Value value;
    EXPECT_EQ(read_number(text.data(), text.data() + text.size(), value), nullptr) << text;
  }
}

RC_GTEST_PROP(Number, ReadsBackWhatItPrints, (std::uint64_t bits)) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  RC_PRE(std::isfinite(value));
  const std::string text = print(value);
  RC_ASSERT(read(text).as_number() == value);
  RC_ASSERT(std::strtod(text.c_str(), nullptr) == value);
}

// Digits, point and exponent anywhere: the same double as the C library's.
RC_GTEST_PROP(Number, ReadsAsTheCLibrary, (std::uint64_t digits, std::uint32_t fraction, std::int16_t exponent)) {
  const std::string text =
      std::to_string(digits) + "." + std::to_string(fraction) + "e" + std::to_string(exponent % 340);
  RC_ASSERT(read(text).as_number() == std::strtod(text.c_str(), nullptr));
}

RC_GTEST_PROP(Number, KeepsIntegers, (std::int64_t number)) {
  char text[kNumberTextMax];
  RC_ASSERT(read({text, write_integer(text, number)}).as_integer() == number);
}

}  // namespace
}  // namespace tutti::codec
