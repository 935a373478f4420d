#include "auth/jwt.hpp"

#include <jwt.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "codec/utf8.hpp"

namespace tutti::auth {
namespace {

using nlohmann::json;

struct FreeJwt {
  void operator()(jwt_t* jwt) const noexcept { ::jwt_free(jwt); }
};
struct FreeText {
  void operator()(char* text) const noexcept { std::free(text); }
};
using JwtPtr = std::unique_ptr<jwt_t, FreeJwt>;
using TextPtr = std::unique_ptr<char, FreeText>;

const unsigned char* bytes_of(const std::string& key) { return reinterpret_cast<const unsigned char*>(key.data()); }

jwt_alg_t library_name(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs256:
      return JWT_ALG_HS256;
    case Algorithm::rs256:
      return JWT_ALG_RS256;
    case Algorithm::es256:
      return JWT_ALG_ES256;
  }
  return JWT_ALG_INVAL;
}

// Parses; checks the signature if there is a key.
JwtPtr decode(const std::string& token, const std::string* key) {
  jwt_t* jwt = nullptr;
  const int failed =
      ::jwt_decode(&jwt, token.c_str(), key ? bytes_of(*key) : nullptr, key ? static_cast<int>(key->size()) : 0);
  return JwtPtr(failed ? nullptr : jwt);
}

bool names(const json& claims, const char* claim, const std::string& wanted) {
  const auto found = claims.find(claim);
  if (found == claims.end()) return false;
  if (found->is_string()) return found->get_ref<const std::string&>() == wanted;
  return found->is_array() && std::find(found->begin(), found->end(), wanted) != found->end();
}

// A NumericDate in ms; nullopt where the claim is absent. `valid` turns false for anything but a number.
std::optional<std::int64_t> numeric_date_ms(const json& claims, const char* claim, bool& valid) {
  const auto found = claims.find(claim);
  if (found == claims.end()) return std::nullopt;
  constexpr double kSecondsMax = 1e11;  // the year 5138
  if (!found->is_number() || !(std::abs(found->get<double>()) <= kSecondsMax)) {
    valid = false;
    return std::nullopt;
  }
  return static_cast<std::int64_t>(found->get<double>() * 1000);
}

Result<DocumentPermissions, TokenError> permissions_of(const json& claims, Access otherwise) {
  const auto ours = claims.find("tutti");
  if (ours == claims.end()) return DocumentPermissions(otherwise);
  if (!ours->is_object()) return TokenError::bad_permissions;
  const auto documents = ours->find("documents");
  if (documents == ours->end()) return DocumentPermissions(otherwise);
  if (!documents->is_object() || documents->size() > DocumentPermissions::kRulesMax) return TokenError::bad_permissions;
  std::vector<DocumentRule> rules;
  for (const auto& [pattern, value] : documents->items()) {
    const auto access = value.is_string() ? access_from(value.get_ref<const std::string&>()) : std::nullopt;
    if (!access) return TokenError::bad_permissions;
    rules.push_back({pattern, *access});
  }
  return DocumentPermissions(std::move(rules), Access::none);  // a token that lists documents means these alone
}

}  // namespace

std::string_view to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs256:
      return "HS256";
    case Algorithm::rs256:
      return "RS256";
    case Algorithm::es256:
      return "ES256";
  }
  return "";
}

std::optional<Algorithm> algorithm_from(std::string_view text) {
  for (const Algorithm algorithm : {Algorithm::hs256, Algorithm::rs256, Algorithm::es256}) {
    if (text == to_string(algorithm)) return algorithm;
  }
  return std::nullopt;
}

std::string_view to_string(TokenError error) {
  switch (error) {
    case TokenError::too_large:
      return "the token is too large";
    case TokenError::malformed:
      return "the token is malformed";
    case TokenError::wrong_algorithm:
      return "the token is signed with an algorithm that is not accepted here";
    case TokenError::bad_signature:
      return "the token's signature is wrong";
    case TokenError::expired:
      return "the token has expired";
    case TokenError::not_yet_valid:
      return "the token is not valid yet";
    case TokenError::wrong_audience:
      return "the token is for another audience";
    case TokenError::wrong_issuer:
      return "the token is from another issuer";
    case TokenError::bad_subject:
      return "the token has no acceptable subject";
    case TokenError::bad_permissions:
      return "the token's document permissions are malformed";
    case TokenError::cannot_sign:
      return "the key cannot sign with this algorithm";
  }
  return "";
}

Result<Identity, TokenError> JwtVerifier::verify(std::string_view text, std::int64_t now_ms) const {
  if (text.size() > kTokenBytesMax) return TokenError::too_large;
  const std::string token(text);
  if (token.empty() || token.find('\0') != std::string::npos) return TokenError::malformed;

  // The algorithm is looked at before any key is used: an RSA public key must never serve as an HMAC secret.
  const JwtPtr unverified = decode(token, nullptr);
  if (!unverified) return TokenError::malformed;
  const char* algorithm = ::jwt_get_header(unverified.get(), "alg");
  if (algorithm == nullptr || algorithm != to_string(options_.algorithm)) return TokenError::wrong_algorithm;
  const JwtPtr jwt = decode(token, &options_.key);
  if (!jwt) return TokenError::bad_signature;

  const TextPtr payload(::jwt_get_grants_json(jwt.get(), nullptr));
  const json claims = json::parse(payload ? payload.get() : "", nullptr, /*allow_exceptions=*/false);
  if (!claims.is_object()) return TokenError::malformed;

  bool valid = true;
  const auto expires = numeric_date_ms(claims, "exp", valid);
  const auto not_before = numeric_date_ms(claims, "nbf", valid);
  if (!valid) return TokenError::malformed;
  const std::int64_t leeway_ms = options_.leeway_s * 1000;
  if (expires && now_ms >= *expires + leeway_ms) return TokenError::expired;
  if (not_before && now_ms < *not_before - leeway_ms) return TokenError::not_yet_valid;
  if (!options_.audience.empty() && !names(claims, "aud", options_.audience)) return TokenError::wrong_audience;
  if (!options_.issuer.empty() && !names(claims, "iss", options_.issuer)) return TokenError::wrong_issuer;

  const auto subject = claims.find("sub");
  if (subject == claims.end() || !subject->is_string()) return TokenError::bad_subject;
  std::string user_id = subject->get<std::string>();
  if (!codec::is_id(user_id, kUserIdBytesMax) || user_id == kAnonymous) return TokenError::bad_subject;

  auto documents = permissions_of(claims, options_.default_access);
  if (!documents) return documents.error();

  Identity identity;
  identity.user_id = std::move(user_id);
  identity.documents = std::move(*documents);
  if (expires) identity.expires_ms = *expires + leeway_ms;
  return identity;
}

Result<std::string, TokenError> make_token(const JwtOptions& options, const TokenRequest& request,
                                           std::int64_t now_ms) {
  if (!codec::is_id(request.user_id, JwtVerifier::kUserIdBytesMax) || request.user_id == kAnonymous) {
    return TokenError::bad_subject;
  }
  json claims{{"sub", request.user_id}, {"iat", now_ms / 1000}};
  if (request.lifetime_s > 0) claims["exp"] = now_ms / 1000 + request.lifetime_s;
  if (!options.audience.empty()) claims["aud"] = options.audience;
  if (!options.issuer.empty()) claims["iss"] = options.issuer;
  for (const DocumentRule& rule : request.documents) {
    claims["tutti"]["documents"][rule.pattern] = std::string(to_string(rule.access));
  }

  jwt_t* made = nullptr;
  if (::jwt_new(&made) != 0) return TokenError::cannot_sign;
  const JwtPtr jwt(made);
  const std::string payload = claims.dump(-1, ' ', false, json::error_handler_t::replace);
  if (::jwt_add_grants_json(made, payload.c_str()) != 0 ||
      ::jwt_set_alg(made, library_name(options.algorithm), bytes_of(options.key),
                    static_cast<int>(options.key.size())) != 0) {
    return TokenError::cannot_sign;
  }
  const TextPtr text(::jwt_encode_str(made));
  if (!text) return TokenError::cannot_sign;
  return std::string(text.get());
}

}  // namespace tutti::auth
