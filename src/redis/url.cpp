#include "redis/url.hpp"

#include <charconv>

#include "codec/url.hpp"

namespace tutti::redis {
namespace {

constexpr std::string_view kScheme = "redis://";

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string decoded(std::string_view text) { return codec::percent_decode(text, false); }

// "host", "host:port", "[::1]:port"; an empty host stays the default.
bool read_address(std::string_view text, Url& url) {
  std::size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    url.host = text.substr(1, bracket - 1);
    host_end = bracket + 1;
    if (host_end < text.size() && text[host_end] != ':') return false;
  } else if (host_end != 0 && !text.empty()) {
    url.host = text.substr(0, host_end);
  }
  if (host_end >= text.size()) return true;
  return read_number(text.substr(host_end + 1), url.port) && url.port != 0;
}

}  // namespace

Result<Url, UrlError> parse_url(std::string_view text) {
  if (!text.starts_with(kScheme)) return UrlError{"a Redis URL begins with redis://"};
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find('?'));
  Url url;
  const std::size_t slash = text.find('/', text.rfind('@') == std::string_view::npos ? 0 : text.rfind('@'));
  if (slash != std::string_view::npos) {
    const std::string_view database = text.substr(slash + 1);
    if (!database.empty() && !read_number(database, url.database)) {
      return UrlError{"the database of a Redis URL is a number"};
    }
    text = text.substr(0, slash);
  }
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = text.substr(0, at);
    const std::size_t colon = who.find(':');
    if (colon == std::string_view::npos) return UrlError{"a Redis URL names user:password, or :password"};
    url.user = decoded(who.substr(0, colon));
    url.password = decoded(who.substr(colon + 1));
    text = text.substr(at + 1);
  }
  if (!read_address(text, url)) return UrlError{"the address of a Redis URL is host:port"};
  return url;
}

}  // namespace tutti::redis
