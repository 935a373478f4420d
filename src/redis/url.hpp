// redis/url.hpp: where a Redis is and how to get in: redis://[[user]:password@]host[:port][/database]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tutti::redis {

struct Url {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string user;      // "": the default user (AUTH with the password alone)
  std::string password;  // "": no AUTH
  unsigned database = 0;
};

struct UrlError {
  std::string message;
};

// User and password are percent-decoded. An IPv6 address stands in brackets. The error is one readable line; it never
// holds the password.
Result<Url, UrlError> parse_url(std::string_view text);

}  // namespace tutti::redis
