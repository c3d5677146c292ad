#pragma once

#include "actors/auth/base64url.hpp"
#include "actors/auth/hmac_key.hpp"
#include "actors/auth/token_verifier.hpp"
#include "tests/auth/golden.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace actors {

/// A moment at which the golden tokens are good.
inline constexpr std::int64_t noon = 1'750'000'000;

inline std::chrono::system_clock::time_point at(std::int64_t second) {
  return std::chrono::system_clock::time_point{std::chrono::seconds{second}};
}

inline const std::string hs256_header = R"({"alg":"HS256","typ":"JWT"})";

/// Signs any header and payload, however wrong they are, with HS256.
inline std::string signed_token(std::string_view header,
                                std::string_view payload,
                                std::string_view secret = golden::secret) {
  auto text = base64url(header) + '.' + base64url(payload);
  auto signature = hmac_key{secret}.sign(algorithm::hs256, text);
  return text + '.' + base64url(signature);
}

/// A token with these claims and nothing wrong with its form.
inline std::string token_of(std::string_view payload) {
  return signed_token(hs256_header, payload);
}

inline token_keys hmac_keys() {
  token_keys keys;
  keys.hmac_secret = golden::secret;
  return keys;
}

inline const token_verifier& hmac_verifier() {
  static const token_verifier verifier{hmac_keys()};
  return verifier;
}

/// Verifies a connection token at noon.
inline verified<connection_claims> verify(std::string_view token) {
  return hmac_verifier().verify_connection(token, at(noon));
}

/// Why a connection token is refused at noon; empty when it is not.
inline std::string refusal(std::string_view token) {
  auto result = verify(token);
  return result ? std::string{} : result.error().why;
}

} // namespace actors
