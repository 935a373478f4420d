#include "auth/jwt.hpp"

#include <gtest/gtest.h>

#include "auth_keys.hpp"

namespace tutti::auth {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;

JwtOptions secret_options() {
  JwtOptions options;
  options.key = "a-secret-of-32-bytes-or-more-....";
  return options;
}

std::string token(const JwtOptions& options, TokenRequest request) { return *make_token(options, request, kNow); }

TokenError error_of(const JwtOptions& options, std::string_view text, std::int64_t now = kNow) {
  const auto result = JwtVerifier(options).verify(text, now);
  EXPECT_FALSE(result.has_value());
  return result.error();
}

TEST(Jwt, TellsTheUserOfAGoodToken) {
  const auto options = secret_options();
  const auto identity = JwtVerifier(options).verify(token(options, {.user_id = "ann"}), kNow);
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ(identity->user_id, "ann");
  EXPECT_FALSE(identity->anonymous);
  EXPECT_EQ(identity->documents.access("any"), Access::write);
}

// RFC 7515, appendix A.1.
TEST(Jwt, TakesTheExampleOfTheStandardExceptThatItHasExpired) {
  JwtOptions options;
  const unsigned char key[] = {3,   35,  53, 75,  43,  15, 165, 188, 131, 126, 6,   101, 119, 123, 166, 143,
                               90,  179, 40, 230, 240, 84, 201, 40,  169, 15,  132, 178, 210, 80,  46,  191,
                               211, 251, 90, 146, 210, 6,  71,  239, 150, 138, 180, 195, 119, 98,  61,  34,
                               61,  46,  33, 114, 5,   46, 79,  8,   192, 205, 154, 245, 103, 208, 128, 163};
  options.key.assign(reinterpret_cast<const char*>(key), sizeof key);
  const std::string example =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_EQ(error_of(options, example), TokenError::expired);
  EXPECT_EQ(error_of(options, example, 1'300'819'379'000), TokenError::bad_subject) << "signature and time are good";
}

TEST(Jwt, RefusesAnotherSecretAndAChangedToken) {
  const auto options = secret_options();
  auto other = options;
  other.key += "x";
  std::string text = token(options, {.user_id = "ann"});
  EXPECT_EQ(error_of(other, text), TokenError::bad_signature);
  text.back() = text.back() == 'A' ? 'B' : 'A';
  text[text.size() - 5] = text[text.size() - 5] == 'A' ? 'B' : 'A';
  EXPECT_EQ(error_of(options, text), TokenError::bad_signature);
}

TEST(Jwt, RefusesWhatIsNoToken) {
  const auto options = secret_options();
  for (const std::string& text : {std::string(), std::string("a"), std::string("a.b.c"), std::string("..."),
                                  std::string("e30.e30.e30"), std::string("a\0b", 3), std::string(1000, '.')}) {
    const auto error = error_of(options, text);
    EXPECT_TRUE(error == TokenError::malformed || error == TokenError::wrong_algorithm) << text;
  }
  EXPECT_EQ(error_of(options, std::string(JwtVerifier::kTokenBytesMax + 1, 'a')), TokenError::too_large);
}

TEST(Jwt, RefusesTheAlgorithmNone) {
  // {"alg":"none"} . {"sub":"ann"}
  EXPECT_EQ(error_of(secret_options(), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ."), TokenError::wrong_algorithm);
}

TEST(Jwt, APublicKeyNeverServesAsASecret) {
  JwtOptions forger;
  forger.key = std::string(kRsaPublicKey);
  JwtOptions server = forger;
  server.algorithm = Algorithm::rs256;
  EXPECT_EQ(error_of(server, token(forger, {.user_id = "ann"})), TokenError::wrong_algorithm);
}

TEST(Jwt, TakesKeyPairs) {
  struct Pair {
    Algorithm algorithm;
    std::string_view private_key, public_key;
  };
  for (const Pair& pair :
       {Pair{Algorithm::rs256, kRsaPrivateKey, kRsaPublicKey}, Pair{Algorithm::es256, kEcPrivateKey, kEcPublicKey}}) {
    JwtOptions signer{.algorithm = pair.algorithm, .key = std::string(pair.private_key)};
    JwtOptions verifier{.algorithm = pair.algorithm, .key = std::string(pair.public_key)};
    const auto identity = JwtVerifier(verifier).verify(token(signer, {.user_id = "ann"}), kNow);
    ASSERT_TRUE(identity.has_value()) << to_string(pair.algorithm);
    EXPECT_EQ(identity->user_id, "ann");
  }
}

TEST(Jwt, TellsWhenTheKeyCannotSign) {
  EXPECT_EQ(make_token({.algorithm = Algorithm::rs256, .key = "not a key"}, {.user_id = "ann"}, kNow).error(),
            TokenError::cannot_sign);
}

TEST(Jwt, ExpiresAfterTheLeeway) {
  const auto options = secret_options();
  const std::string text = token(options, {.user_id = "ann", .lifetime_s = 60});
  const auto identity = JwtVerifier(options).verify(text, kNow + 64'999);
  ASSERT_TRUE(identity.has_value());
  EXPECT_FALSE(identity->expired(kNow + 64'999));
  EXPECT_TRUE(identity->expired(kNow + 65'000));
  EXPECT_EQ(error_of(options, text, kNow + 65'000), TokenError::expired);
}

TEST(Jwt, WithoutAnEndNeverExpires) {
  const auto options = secret_options();
  const auto identity = JwtVerifier(options).verify(token(options, {.user_id = "ann", .lifetime_s = 0}), kNow * 2);
  ASSERT_TRUE(identity.has_value());
  EXPECT_FALSE(identity->expires_ms);
}

TEST(Jwt, ChecksAudienceAndIssuerWhereConfigured) {
  auto options = secret_options();
  options.audience = "editor";
  options.issuer = "login";
  const std::string text = token(options, {.user_id = "ann"});
  EXPECT_TRUE(JwtVerifier(options).verify(text, kNow).has_value());
  auto other = options;
  other.audience = "shop";
  EXPECT_EQ(error_of(other, text), TokenError::wrong_audience);
  other = options;
  other.issuer = "elsewhere";
  EXPECT_EQ(error_of(other, text), TokenError::wrong_issuer);
  EXPECT_EQ(error_of(options, token(secret_options(), {.user_id = "ann"})), TokenError::wrong_audience);
}

TEST(Jwt, ATokenThatListsDocumentsMeansTheseAlone) {
  const auto options = secret_options();
  const auto identity = JwtVerifier(options).verify(
      token(options, {.user_id = "ann", .documents = {{"team-*", Access::write}, {"news", Access::read}}}), kNow);
  ASSERT_TRUE(identity.has_value());
  EXPECT_EQ(identity->documents.access("team-1"), Access::write);
  EXPECT_EQ(identity->documents.access("news"), Access::read);
  EXPECT_EQ(identity->documents.access("other"), Access::none);
}

TEST(Jwt, TheReservedAndTheImpossibleUserAreRefused) {
  const auto options = secret_options();
  for (const std::string& user :
       {std::string("anonymous"), std::string(), std::string("a\nb"), std::string(257, 'u')}) {
    EXPECT_EQ(make_token(options, {.user_id = user}, kNow).error(), TokenError::bad_subject);
  }
}

}  // namespace
}  // namespace tutti::auth
