#include "codec/date.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ctime>
#include <limits>

#include "codec/http1.hpp"

namespace tutti::codec {
namespace {

TEST(Date, PrintsAsToIsoString) {
  EXPECT_EQ(iso_date(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_date(1e12), "2001-09-09T01:46:40.000Z");
  EXPECT_EQ(iso_date(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_date(951782400123), "2000-02-29T00:00:00.123Z");
  EXPECT_EQ(iso_date(-62198755200000), "-000001-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_date(-62167219200000), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_date(253402300799999), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(iso_date(253402300800000), "+010000-01-01T00:00:00.000Z");
  EXPECT_EQ(iso_date(8.64e15), "+275760-09-13T00:00:00.000Z");
  EXPECT_EQ(iso_date(-8.64e15), "-271821-04-20T00:00:00.000Z");
  EXPECT_EQ(iso_date(1.9), "1970-01-01T00:00:00.001Z");
}

TEST(Date, HasNoTextForAnInvalidDate) {
  EXPECT_EQ(iso_date(8.64e15 + 1), std::nullopt);
  EXPECT_EQ(iso_date(std::numeric_limits<double>::quiet_NaN()), std::nullopt);
  EXPECT_EQ(iso_date(-std::numeric_limits<double>::infinity()), std::nullopt);
}

// RFC 9110, section 5.6.7.
TEST(Date, PrintsAsHttpDate) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

RC_GTEST_PROP(Date, AgreesWithTheCLibrary, (std::int32_t seconds, std::uint8_t times)) {
  const std::time_t time = static_cast<std::time_t>(seconds) * (times % 30);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  RC_PRE(parts.tm_year + 1900 >= 1000);
  RC_ASSERT(http_date(time) == text);
}

}  // namespace
}  // namespace tutti::codec
