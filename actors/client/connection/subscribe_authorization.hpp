#pragma once

#include "actors/auth/token_verifier.hpp"
#include "actors/client/permissions.hpp"
#include "proto/errors.hpp"

#include <chrono>
#include <string_view>
#include <variant>

namespace actors {

/// Who shows a subscription token, and for which room.
struct token_bearer {
  std::string_view user;
  std::string_view client;
  std::string_view room;
};

/// The claims of a good token, an error for the reply, or why the connection
/// ends.
using token_verdict =
    std::variant<subscription_claims, proto::errc, proto::disconnect_code>;

/// Checks a subscription token: expired, not genuine (`if_invalid` then), or
/// made for another room, user or client (the connection ends). A null
/// `verifier` finds nothing genuine.
token_verdict
check_subscription_token(const token_verifier* verifier, std::string_view token,
                         const token_bearer& bearer, token_verdict if_invalid,
                         std::chrono::system_clock::time_point now);

/// Whether a subscription with this token (empty: none) may begin; claims are
/// empty when it needs none.
token_verdict authorize_subscription(const token_verifier* verifier,
                                     std::string_view token,
                                     const token_bearer& bearer,
                                     const config::channel_options& options,
                                     bool insecure,
                                     std::chrono::system_clock::time_point now);

} // namespace actors
