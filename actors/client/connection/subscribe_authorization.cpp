#include "actors/client/connection/subscribe_authorization.hpp"

#include <utility>

namespace actors {

token_verdict
check_subscription_token(const token_verifier* verifier, std::string_view token,
                         const token_bearer& bearer, token_verdict if_invalid,
                         std::chrono::system_clock::time_point now) {
  if (verifier == nullptr)
    return if_invalid;
  auto verified = verifier->verify_subscription(token, now);
  if (!verified)
    return verified.error().kind == token_error_kind::expired
               ? token_verdict{proto::errc::token_expired}
               : if_invalid;
  auto& claims = verified.claims();
  if (claims.channel != bearer.room || claims.user != bearer.user
      || (!claims.client.empty() && claims.client != bearer.client))
    return proto::disconnect_code::invalid_token;
  return std::move(claims);
}

token_verdict
authorize_subscription(const token_verifier* verifier, std::string_view token,
                       const token_bearer& bearer,
                       const config::channel_options& options, bool insecure,
                       std::chrono::system_clock::time_point now) {
  if (!token.empty())
    return check_subscription_token(verifier, token, bearer,
                                    proto::errc::permission_denied, now);
  const asker who{bearer.user, false, insecure};
  if (!may_subscribe(bearer.room, options, who))
    return proto::errc::permission_denied;
  return subscription_claims{};
}

} // namespace actors
