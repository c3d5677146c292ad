#include "actors/auth/token_verifier.hpp"

#include "actors/auth/algorithm.hpp"
#include "actors/auth/claims_reader.hpp"
#include "actors/auth/guest.hpp"
#include "actors/auth/hmac_key.hpp"
#include "actors/auth/key_pair.hpp"
#include "actors/auth/token_parts.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

// Why no JWT library: libjwt sets up the key and builds a JSON tree anew for
// each token and takes four times as long for HS256 (6.5 us against 1.6 us),
// and neither it nor cjose tells an expired token from an invalid one or has
// the claims that we need. tests/auth logs what a check takes.

namespace actors {

struct token_verifier::prepared {
  std::optional<hmac_key> hmac;
  std::optional<hmac_key> hmac_previous;
  std::optional<hmac_key> guest;
  std::optional<key_pair> rsa;
  std::optional<key_pair> ec;
  std::string audience;
  std::string issuer;

  /// Answers why the signature is not good, or nothing.
  std::string check_signature(const token_parts& parts) const;
  std::string check_hmac(const token_parts& parts) const;
  std::string check_pair(const std::optional<key_pair>& key, const char* name,
                         const token_parts& parts) const;

  bool is_guest(const token_parts& parts) const;

  /// Everything that both kinds of token have in common.
  std::optional<token_error> check(std::string_view token,
                                   std::chrono::system_clock::time_point now,
                                   bool subscription, raw_claims& claims,
                                   bool& by_guest) const;
};

namespace {

std::optional<hmac_key> read_secret(const std::string& secret,
                                    const char* name) {
  if (secret.empty())
    return std::nullopt;
  // Whoever knows the public key could sign with it.
  if (secret.starts_with("-----BEGIN "))
    throw std::invalid_argument(
        std::string(name) + " holds a PEM key; it must be a shared secret.");
  return hmac_key{secret};
}

std::optional<key_pair> read_key(const std::string& pem, key_kind kind,
                                 const char* name) {
  if (pem.empty())
    return std::nullopt;
  try {
    return key_pair::read_public(kind, pem);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("The ") + name
                                + " can't be used: " + error.what());
  }
}

std::string no_key(algorithm alg) {
  return std::string("The token is signed with ") + to_string(alg)
         + ", for which no key is configured.";
}

const char* const bad_signature = "The token's signature is wrong.";

token_error invalid(std::string why) {
  return {token_error_kind::invalid, std::move(why)};
}

void move_common(raw_claims& from, common_claims& to) {
  to.user = std::move(from.sub);
  to.expire_at = from.expire_at.value_or(from.exp.value_or(0));
  to.issued_at = from.iat.value_or(0);
  to.id = std::move(from.jti);
  to.issuer = std::move(from.iss);
  to.info = std::move(from.info);
}

} // namespace

std::string
token_verifier::prepared::check_hmac(const token_parts& parts) const {
  if (!hmac)
    return no_key(parts.alg);
  if (hmac->verify(parts.alg, parts.signed_text, parts.signature)
      || (hmac_previous
          && hmac_previous->verify(parts.alg, parts.signed_text,
                                   parts.signature)))
    return {};
  return bad_signature;
}

std::string
token_verifier::prepared::check_pair(const std::optional<key_pair>& key,
                                     const char* name,
                                     const token_parts& parts) const {
  if (!key)
    return no_key(parts.alg);
  if (!key->serves(parts.alg))
    return std::string("The token is signed with ") + to_string(parts.alg)
           + ", but the " + name + " serves " + to_string(key->preferred())
           + " only.";
  if (!key->verify(parts.alg, parts.signed_text, parts.signature))
    return bad_signature;
  return {};
}

std::string
token_verifier::prepared::check_signature(const token_parts& parts) const {
  switch (kind_of(parts.alg)) {
  case key_kind::hmac:
    return check_hmac(parts);
  case key_kind::rsa:
    return check_pair(rsa, "configured RSA key", parts);
  case key_kind::ec:
    break;
  }
  return check_pair(ec, "configured EC key", parts);
}

bool token_verifier::prepared::is_guest(const token_parts& parts) const {
  return guest && kind_of(parts.alg) == key_kind::hmac
         && guest->verify(parts.alg, parts.signed_text, parts.signature);
}

std::optional<token_error> token_verifier::prepared::check(
    std::string_view token, std::chrono::system_clock::time_point now,
    bool subscription, raw_claims& claims, bool& by_guest) const {
  token_parts parts;
  if (auto wrong = split_token(token, parts); !wrong.empty())
    return invalid(std::move(wrong));
  if (auto wrong = check_signature(parts); !wrong.empty()) {
    by_guest = !subscription && is_guest(parts);
    if (!by_guest)
      return invalid(std::move(wrong));
  }
  if (auto wrong = read_claims(parts.payload, claims); !wrong.empty())
    return invalid("The token's payload " + wrong + '.');
  if (!subscription && claims.channel)
    return invalid("The token is for a subscription (it has a \"channel\"), "
                   "not for a connection.");
  if (by_guest
      && (!claims.sub.starts_with(guest_prefix) || !claims.channels.empty()
          || !claims.subs.empty()))
    return invalid("The token of a guest says another user than a guest, or "
                   "rooms.");
  if (subscription && claims.channel.value_or("").empty())
    return invalid("The token is not for a subscription: it has no "
                   "\"channel\".");
  if (!audience.empty()
      && std::find(claims.aud.begin(), claims.aud.end(), audience)
             == claims.aud.end())
    return invalid("The token is for another audience.");
  if (!issuer.empty() && claims.iss != issuer)
    return invalid("The token is from another issuer.");
  auto second =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (claims.nbf && second < *claims.nbf)
    return token_error{token_error_kind::not_yet_valid,
                       "The token is not valid yet, for another "
                           + std::to_string(*claims.nbf - second) + " s."};
  // The token is good until `exp`, not through it (RFC 7519 4.1.4).
  if (claims.exp && second >= *claims.exp)
    return token_error{token_error_kind::expired,
                       "The token expired "
                           + std::to_string(second - *claims.exp) + " s ago."};
  return std::nullopt;
}

token_verifier::token_verifier(token_keys keys) {
  if (keys.hmac_secret.empty() && !keys.hmac_previous_secret.empty())
    throw std::invalid_argument("There is a previous HMAC secret but no "
                                "current one.");
  auto ready = std::make_unique<prepared>();
  ready->hmac = read_secret(keys.hmac_secret, "The HMAC secret");
  ready->hmac_previous =
      read_secret(keys.hmac_previous_secret, "The previous HMAC secret");
  ready->guest = read_secret(keys.guest_secret, "The guest secret");
  ready->rsa =
      read_key(keys.rsa_public_key_pem, key_kind::rsa, "RSA public key");
  ready->ec =
      read_key(keys.ecdsa_public_key_pem, key_kind::ec, "ECDSA public key");
  ready->audience = std::move(keys.audience);
  ready->issuer = std::move(keys.issuer);
  prepared_ = std::move(ready);
}

token_verifier::token_verifier(token_verifier&&) noexcept = default;
token_verifier& token_verifier::operator=(token_verifier&&) noexcept = default;
token_verifier::~token_verifier() = default;

verified<connection_claims> token_verifier::verify_connection(
    std::string_view token, std::chrono::system_clock::time_point now) const {
  raw_claims raw;
  connection_claims claims;
  if (auto error = prepared_->check(token, now, false, raw, claims.guest))
    return *std::move(error);
  move_common(raw, claims);
  claims.channels = std::move(raw.channels);
  claims.subs = std::move(raw.subs);
  claims.meta = std::move(raw.meta);
  return claims;
}

verified<subscription_claims> token_verifier::verify_subscription(
    std::string_view token, std::chrono::system_clock::time_point now) const {
  raw_claims raw;
  bool guest = false;
  if (auto error = prepared_->check(token, now, true, raw, guest))
    return *std::move(error);
  subscription_claims claims;
  move_common(raw, claims);
  claims.channel = std::move(*raw.channel);
  claims.client = std::move(raw.client);
  claims.data = std::move(raw.data);
  claims.overrides = raw.overrides;
  return claims;
}

} // namespace actors
