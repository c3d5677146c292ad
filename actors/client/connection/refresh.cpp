#include "actors/client/connection/impl.hpp"
#include "actors/client/connection/time_to_live.hpp"

#include <utility>

// refresh and sub_refresh: new tokens for what would expire.

namespace actors {

void connection::impl::refresh(std::uint32_t id,
                               const roost::client::RefreshRequest& request) {
  if (request.token().empty())
    return close(proto::disconnect_code::bad_request);
  if (services_.connection_tokens == nullptr)
    return close(proto::disconnect_code::invalid_token);
  auto verified = services_.connection_tokens->verify_connection(
      request.token(), std::chrono::system_clock::now());
  if (!verified)
    return close(verified.error().kind == token_error_kind::expired
                     ? proto::disconnect_code::connection_expired
                     : proto::disconnect_code::invalid_token);
  auto& claims = verified.claims();
  if (claims.user != user() || claims.guest != guest_)
    return close(proto::disconnect_code::invalid_token);
  if (has_ended(claims.expire_at))
    return close(proto::disconnect_code::connection_expired);
  // Other rooms than before: the client comes again and gets them.
  if (!subscriptions_.same_as_in(claims))
    return close(proto::disconnect_code::insufficient_state);
  due_ = due_at(claims.expire_at, limits().expired_close_delay);
  arm_expiry();
  update_info(std::move(claims.info));
  roost::client::Reply message;
  message.set_id(id);
  write_ttl(claims.expire_at, *message.mutable_refresh());
  reply(message);
}

void connection::impl::update_info(std::string conn_info) {
  if (conn_info == info_.conn_info())
    return;
  info_.set_conn_info(std::move(conn_info));
  for (const auto& [room, entry] : subscriptions_)
    if (entry.active && entry.known_to_room)
      audience_->update_info(self_, room, info_in(&entry));
}

void connection::impl::sub_refresh(
    std::uint32_t id, const roost::client::SubRefreshRequest& request) {
  const auto& room = request.channel();
  if (room.empty())
    return close(proto::disconnect_code::bad_request);
  if (request.type() != 0) // tracking is for shared polls
    return refuse(id, proto::errc::bad_request);
  if (!subscriptions_.is_active(room))
    return refuse(id, proto::errc::permission_denied);
  auto& entry = *subscriptions_.find(room);
  if (entry.server_side)
    return close(proto::disconnect_code::bad_request);
  if (request.token().empty())
    return refuse(id, proto::errc::bad_request);
  auto verdict = check_subscription_token(
      services_.subscription_tokens, request.token(), bearer_of(room),
      proto::disconnect_code::invalid_token, std::chrono::system_clock::now());
  // The subscription lasts until its grace is over: SDKs ask for a token again
  // where an error is temporary, and give the subscription up where it is not.
  if (const auto* error = std::get_if<proto::errc>(&verdict))
    return refuse_for_now(id, *error);
  if (const auto* code = std::get_if<proto::disconnect_code>(&verdict))
    return close(*code);
  auto& claims = std::get<subscription_claims>(verdict);
  if (has_ended(claims.expire_at))
    return refuse_for_now(id, proto::errc::token_expired);
  entry.due = due_at(claims.expire_at, limits().expired_sub_close_delay);
  arm_expiry();
  if (std::exchange(entry.chan_info, claims.info) != claims.info
      && entry.known_to_room)
    audience_->update_info(self_, room, info_in(&entry));
  roost::client::Reply message;
  message.set_id(id);
  write_ttl(claims.expire_at, *message.mutable_sub_refresh());
  reply(message);
}

} // namespace actors
