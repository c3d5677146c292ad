#pragma once

#include "actors/auth/claims.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace actors {

/// What tokens are checked against; an empty member is not configured.
struct token_keys {
  std::string hmac_secret;
  /// The secret before the last rotation; its tokens stay good.
  std::string hmac_previous_secret;
  /// PEM text. Serves RS256, RS384 and RS512.
  std::string rsa_public_key_pem;
  /// PEM text, on P-256, P-384 or P-521. Serves the curve's ES algorithm.
  std::string ecdsa_public_key_pem;
  /// If given, a token's `aud` must name it.
  std::string audience;
  /// If given, a token's `iss` must be it.
  std::string issuer;
  /// Signs connection tokens of guests (guest.hpp), which say a user id of
  /// theirs and no rooms; with HMAC.
  std::string guest_secret;
};

/// Checks connection and subscription tokens (JWT). Const and safe from any
/// thread; keys are prepared once, so a check of an HS256 token costs a few
/// microseconds.
class token_verifier {
public:
  /// Throws std::invalid_argument with a sentence when a key can't be used.
  explicit token_verifier(token_keys keys);
  token_verifier(token_verifier&&) noexcept;
  token_verifier& operator=(token_verifier&&) noexcept;
  ~token_verifier();

  /// Checks the token of a `connect` or `refresh`.
  verified<connection_claims>
  verify_connection(std::string_view token,
                    std::chrono::system_clock::time_point now) const;

  /// Checks the token of a `subscribe` or `sub_refresh`.
  verified<subscription_claims>
  verify_subscription(std::string_view token,
                      std::chrono::system_clock::time_point now) const;

private:
  struct prepared;
  std::unique_ptr<const prepared> prepared_;
};

} // namespace actors
