// auth/jwt.hpp: JSON Web Tokens (RFC 7519) -> identity, and back for `tutti token`.
//
// Claims that are read: sub (the user id, required), exp, nbf, aud, iss, and "tutti", an object with "documents":
// an object of pattern -> "read" | "write" | "none" (auth/permissions.hpp). Everything else is ignored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.hpp"
#include "base/result.hpp"

namespace tutti::auth {

enum class Algorithm : std::uint8_t { hs256, rs256, es256 };
std::string_view to_string(Algorithm algorithm);  // "HS256", …
std::optional<Algorithm> algorithm_from(std::string_view text);

enum class TokenError : std::uint8_t {
  too_large,
  malformed,
  wrong_algorithm,  // another one than configured, "none" too
  bad_signature,
  expired,
  not_yet_valid,
  wrong_audience,
  wrong_issuer,
  bad_subject,      // no sub, not an id, or the reserved "anonymous"
  bad_permissions,  // the tutti claim does not have the form above
  cannot_sign,      // making a token only: the key does not fit the algorithm
};
// A sentence for people; says nothing about the key.
std::string_view to_string(TokenError error);

struct JwtOptions {
  Algorithm algorithm = Algorithm::hs256;  // the only one that is accepted: a token cannot choose
  std::string key = {};                    // HS256: the secret; else a PEM public key (to make tokens: the private key)
  std::string audience = {};               // empty: not checked
  std::string issuer = {};                 // empty: not checked
  std::int64_t leeway_s = 5;               // clocks may differ by that much
  Access default_access = Access::write;   // to documents that the token does not speak of
};

// Thread-safe: holds nothing but its options.
class JwtVerifier {
 public:
  static constexpr std::size_t kTokenBytesMax = 16 * 1024;
  static constexpr std::size_t kUserIdBytesMax = 256;

  explicit JwtVerifier(JwtOptions options) : options_(std::move(options)) {}
  Result<Identity, TokenError> verify(std::string_view token, std::int64_t now_ms) const;

 private:
  JwtOptions options_;
};

struct TokenRequest {
  std::string user_id;
  std::int64_t lifetime_s = 3600;  // 0: never expires
  std::vector<DocumentRule> documents = {};
};
Result<std::string, TokenError> make_token(const JwtOptions& options, const TokenRequest& request, std::int64_t now_ms);

}  // namespace tutti::auth
