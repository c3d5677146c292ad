#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// What a token says and what it is signed with.
struct token_options {
  /// Such as "HS256"; empty: what the key is for, HS256 for a secret.
  std::string algorithm;
  /// Signs the HS algorithms. Either this or the private key is given.
  std::string hmac_secret;
  /// PEM text, unencrypted; signs the RS and ES algorithms.
  std::string private_key_pem;

  /// Empty: anonymous.
  std::string user;
  /// How long the token is good from `now` on; none: forever.
  std::optional<std::chrono::seconds> ttl;
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  std::string issuer;
  std::string audience;
  /// JSON for presence and publications of the user; empty: none.
  std::string info;

  /// Makes a subscription token when not empty.
  std::string channel;
  /// For a subscription token: the one client id that may use it.
  std::string client;

  /// For a connection token: server-side subscriptions.
  std::vector<std::string> channels;
  /// For a connection token: JSON for the server alone; empty: none.
  std::string meta;
};

/// Makes a signed token. Throws std::invalid_argument with a sentence when the
/// options do not fit together.
std::string make_token(const token_options& options);

} // namespace actors
