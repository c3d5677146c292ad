#include "proto/errors.hpp"

namespace proto {

std::optional<errc> errc_of(std::uint32_t code) noexcept {
  constexpr auto first = static_cast<std::uint32_t>(errc::internal);
  constexpr auto last = static_cast<std::uint32_t>(errc::concurrent_pagination);
  if (code < first || code > last)
    return std::nullopt;
  return static_cast<errc>(code);
}

std::string_view message(errc code) noexcept {
  switch (code) {
  case errc::internal:
    return "internal server error";
  case errc::unauthorized:
    return "unauthorized";
  case errc::unknown_channel:
    return "unknown channel";
  case errc::permission_denied:
    return "permission denied";
  case errc::method_not_found:
    return "method not found";
  case errc::already_subscribed:
    return "already subscribed";
  case errc::limit_exceeded:
    return "limit exceeded";
  case errc::bad_request:
    return "bad request";
  case errc::not_available:
    return "not available";
  case errc::token_expired:
    return "token expired";
  case errc::expired:
    return "expired";
  case errc::too_many_requests:
    return "too many requests";
  case errc::unrecoverable_position:
    return "unrecoverable position";
  case errc::concurrent_pagination:
    return "concurrent pagination";
  }
  return "unknown error";
}

bool temporary(errc code) noexcept {
  return code == errc::internal || code == errc::too_many_requests
         || code == errc::concurrent_pagination;
}

std::string_view reason(disconnect_code code) noexcept {
  switch (code) {
  case disconnect_code::connection_closed:
    return "connection closed";
  case disconnect_code::shutdown:
    return "shutdown";
  case disconnect_code::internal_server_error:
    return "internal server error";
  case disconnect_code::connection_expired:
    return "connection expired";
  case disconnect_code::subscription_expired:
    return "subscription expired";
  case disconnect_code::slow:
    return "slow";
  case disconnect_code::write_error:
    return "write error";
  case disconnect_code::insufficient_state:
    return "insufficient state";
  case disconnect_code::force_reconnect:
    return "force reconnect";
  case disconnect_code::no_pong:
    return "no pong";
  case disconnect_code::too_many_requests:
    return "too many requests";
  case disconnect_code::state_invalidated:
    return "state invalidated";
  case disconnect_code::invalid_token:
    return "invalid token";
  case disconnect_code::bad_request:
    return "bad request";
  case disconnect_code::stale:
    return "stale";
  case disconnect_code::force_disconnect:
    return "force disconnect";
  case disconnect_code::connection_limit:
    return "connection limit";
  case disconnect_code::channel_limit:
    return "channel limit";
  case disconnect_code::inappropriate_protocol:
    return "inappropriate protocol";
  case disconnect_code::permission_denied:
    return "permission denied";
  case disconnect_code::not_available:
    return "not available";
  case disconnect_code::too_many_errors:
    return "too many errors";
  }
  return "disconnected";
}

bool reconnects(std::uint32_t code) noexcept {
  return !((code >= 3500 && code < 4000) || (code >= 4500 && code < 5000));
}

std::string_view reason(unsubscribe_code code) noexcept {
  switch (code) {
  case unsubscribe_code::server_unsubscribe:
    return "server unsubscribe";
  case unsubscribe_code::insufficient_state:
    return "insufficient state";
  case unsubscribe_code::subscription_expired:
    return "subscription expired";
  case unsubscribe_code::state_invalidated:
    return "state invalidated";
  }
  return "unsubscribed";
}

} // namespace proto
