#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace actors {

/// What a token says about one subscription against its namespace's defaults;
/// an empty member leaves the default alone.
struct subscription_override {
  std::optional<bool> presence;
  std::optional<bool> join_leave;
  std::optional<bool> force_push_join_leave;
  std::optional<bool> force_positioning;
  std::optional<bool> force_recovery;

  bool operator==(const subscription_override&) const = default;
};

/// One entry of the `subs` claim: a subscription that the server makes.
struct subscription_options {
  /// Channel info, as compact JSON or (from `b64info`) bytes; empty: none.
  std::string info;
  /// Data of the subscribe push, as `info`.
  std::string data;
  subscription_override overrides;
};

/// What both kinds of token say.
struct common_claims {
  /// `sub`; empty for an anonymous user.
  std::string user;
  /// When what the token opened ends, in Unix seconds; 0: never. The claim
  /// `expire_at` where given, `exp` otherwise.
  std::int64_t expire_at = 0;
  /// `iat` in Unix seconds; 0 when the token does not say.
  std::int64_t issued_at = 0;
  /// `jti`.
  std::string id;
  /// `iss`.
  std::string issuer;
  /// `info` as its bytes without spaces and newlines between the parts, or the
  /// bytes of `b64info`.
  std::string info;
};

/// A connection token, verified.
struct connection_claims : common_claims {
  /// Channels that the server subscribes the connection to.
  std::vector<std::string> channels;
  /// The same with options, by channel.
  std::map<std::string, subscription_options, std::less<>> subs;
  /// JSON for the server alone; never sent to clients.
  std::string meta;
  /// Signed with the key of guests (guest.hpp).
  bool guest = false;
};

/// A subscription token, verified. Whoever uses it must still compare `user`,
/// `channel` and `client` with the connection that shows it.
struct subscription_claims : common_claims {
  /// Never empty.
  std::string channel;
  /// The one client id that may use the token; empty: any.
  std::string client;
  /// Data of the subscribe reply, as `info`.
  std::string data;
  subscription_override overrides;
};

/// What is wrong with a token, as far as the client's next step depends on it.
enum class token_error_kind {
  invalid,       ///< Malformed, forged, or not meant for this use.
  expired,       ///< Genuine, but `exp` has passed: the client gets a new one.
  not_yet_valid, ///< Genuine, but `nbf` lies ahead. Invalid for clients.
};

/// Why a token was refused.
struct token_error {
  token_error_kind kind = token_error_kind::invalid;
  /// A sentence for the log; holds nothing of the token but short names.
  std::string why;
};

/// Claims, or why there are none.
template <class Claims>
class verified {
public:
  verified(Claims claims) : value_(std::move(claims)) {}
  verified(token_error error) : value_(std::move(error)) {}

  explicit operator bool() const { return value_.index() == 0; }

  /// Only when the token was accepted.
  const Claims& operator*() const { return std::get<0>(value_); }
  const Claims* operator->() const { return &std::get<0>(value_); }
  /// The claims, to move from. Only when the token was accepted.
  Claims& claims() { return std::get<0>(value_); }

  /// Only when the token was refused.
  const token_error& error() const { return std::get<1>(value_); }

private:
  std::variant<Claims, token_error> value_;
};

} // namespace actors
