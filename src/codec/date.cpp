#include "codec/date.hpp"

#include <cmath>
#include <cstdio>

#include "codec/http1.hpp"

namespace tutti::codec {
namespace {

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::int64_t kEraDays = 146097;  // 400 years, after which the Gregorian calendar repeats

struct Parts {
  std::int64_t year;
  unsigned month, day, weekday;  // weekday 0 = Sunday
  int hour, minute, second;
};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Any year (std::chrono::year ends at 32767). Counted in years that begin in March, so that a leap day comes last.
Parts divide(std::int64_t unix_seconds) {
  const std::int64_t day = floor_divide(unix_seconds, kDaySeconds);
  const auto rest = static_cast<int>(unix_seconds - day * kDaySeconds);
  const std::int64_t since_march_0 = day + 719468;  // days since 0000-03-01
  const std::int64_t era = floor_divide(since_march_0, kEraDays);
  const std::int64_t day_of_era = since_march_0 - era * kEraDays;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0),
          static_cast<unsigned>(month),
          static_cast<unsigned>(day_of_year - (153 * month_from_march + 2) / 5 + 1),
          static_cast<unsigned>((day % 7 + 7 + 4) % 7),
          rest / 3600,
          rest / 60 % 60,
          rest % 60};
}

}  // namespace

std::optional<std::string> iso_date(double milliseconds) {
  constexpr double kMillisecondsMax = 8.64e15;  // ECMA-262, TimeClip
  if (!(std::fabs(milliseconds) <= kMillisecondsMax)) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(milliseconds);
  const std::int64_t fraction = (whole % 1000 + 1000) % 1000;
  const Parts parts = divide((whole - fraction) / 1000);
  const char* const form = parts.year >= 0 && parts.year <= 9999 ? "%04lld-%02u-%02uT%02d:%02d:%02d.%03dZ"
                                                                 : "%+07lld-%02u-%02uT%02d:%02d:%02d.%03dZ";
  char text[64];
  const int size = std::snprintf(text, sizeof text, form, static_cast<long long>(parts.year), parts.month, parts.day,
                                 parts.hour, parts.minute, parts.second, static_cast<int>(fraction));
  return std::string(text, static_cast<std::size_t>(size));
}

std::string http_date(std::int64_t unix_seconds) {
  static constexpr char kDays[] = "SunMonTueWedThuFriSat";
  static constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const Parts parts = divide(unix_seconds);
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%.3s, %02u %.3s %04lld %02d:%02d:%02d GMT",
                                 kDays + 3 * parts.weekday, parts.day, kMonths + 3 * (parts.month - 1),
                                 static_cast<long long>(parts.year), parts.hour, parts.minute, parts.second);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace tutti::codec
