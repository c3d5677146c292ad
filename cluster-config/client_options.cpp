#include "cluster-config/option_table.hpp"

namespace config {

using namespace std::chrono_literals;

namespace {

void add_access(section_options<node_config, client_section>& out) {
  out.add("allow_anonymous_connect_without_token",
          &client_section::allow_anonymous_connect_without_token, boolean(),
          "Lets connections without token in, without user id.")
      .add("insecure", &client_section::insecure, boolean(),
           "Asks for no tokens and allows everything. For development only.");
}

void add_times(section_options<node_config, client_section>& out) {
  out.add("ping_interval", &client_section::ping_interval,
          whole_seconds(0s, 24h), "Time between pings to a client. 0s: none.")
      .add("pong_timeout", &client_section::pong_timeout, time(0s, 24h),
           "Time in which a client must answer a ping, less than"
           " `ping_interval`; then it is disconnected with 3012. 0s: it need"
           " not.")
      .add("stale_close_delay", &client_section::stale_close_delay,
           time(100ms, 1h),
           "Time from accept to a successful connect command; then the"
           " connection ends with 3502.")
      .add("expired_close_delay", &client_section::expired_close_delay,
           time(0s, 24h),
           "How long an expired connection token may still be refreshed; then"
           " the connection ends with 3005.")
      .add("expired_sub_close_delay", &client_section::expired_sub_close_delay,
           time(0s, 24h),
           "How long an expired subscription token may still be refreshed; then"
           " the subscription ends with 2501.");
}

void add_limits(section_options<node_config, client_section>& out) {
  out.add("queue_max_size", &client_section::queue_max_size,
          bytes(1 * kibibyte, 1024 * mebibyte),
          "Bytes that wait for a slow client before it is disconnected with"
          " 3008.")
      .add("channel_limit", &client_section::channel_limit, integer(1, 100'000),
           "Subscriptions of one connection.")
      .add("channel_max_length", &client_section::channel_max_length,
           integer(1, 4096), "Bytes in the name of a room.")
      .add("user_connection_limit", &client_section::user_connection_limit,
           integer(0, many),
           "Connections of one user on this node. 0: no limit.")
      .add("cluster_user_connection_limit",
           &client_section::cluster_user_connection_limit, integer(0, many),
           "Connections of one user in the whole cluster; the same at every"
           " node (docs/security.md). 0: no limit, and connections of this"
           " node do not count at others.")
      .add("user_connection_policy", &client_section::user_connection_policy,
           choice<user_connection_policy>(
               {{"refuse", user_connection_policy::refuse},
                {"replace_oldest", user_connection_policy::replace_oldest}}),
           "Who goes when a user has as many as either allows: `refuse`: the "
           "one that comes;"
           " `replace_oldest`: the one that has been there longest. Either is"
           " disconnected with 3504.")
      .add(
          "connection_limit", &client_section::connection_limit,
          integer(0, many),
          "Sockets that this node has at the public address, from accept on:"
          " clients, those that are about to become clients, and HTTP. At the"
          " limit the HTTP connection that has been idle longest is closed for"
          " a new one; where there is none, the new one gets 503. 0: as many as"
          " there are descriptors, less those kept for the internal address"
          " and other nodes.")
      .add("connection_rate_limit", &client_section::connection_rate_limit,
           integer(0, many),
           "Upgrades to WebSocket a second on this node; above it the answer is"
           " 503. 0: no limit.")
      .add("commands_per_second", &client_section::commands_per_second,
           integer(0, many),
           "Commands a second that one connection may send. 0: no limit.");
}

void add_answers(section_options<node_config, client_section>& out) {
  out.add("connect_include_server_time",
          &client_section::connect_include_server_time, boolean(),
          "Whether the answer to connect says the server's time.")
      .add("read_bytes_per_second", &client_section::read_bytes_per_second,
           bytes(0, 1024 * mebibyte),
           "What one connection may read of histories, answers to recoveries"
           " and presence a second: their bytes, and 256 for each publication,"
           " 1,024 for each member. Beyond, its commands wait, and get error"
           " 111 after 4 seconds. 0: no limit.")
      .add("presence_max_members", &client_section::presence_max_members,
           integer(0, many),
           "Connections in a room beyond which clients get error 106 for"
           " presence; presence_stats counts them still. 0: no limit.")
      .add("tags_filter_bytes", &client_section::tags_filter_bytes,
           bytes(0, mebibyte),
           "Bytes of the tags filters of one connection; a subscribe beyond"
           " gets error 106.")
      .add("history_max_publication_limit",
           &client_section::history_max_publication_limit,
           integer(1, 1'000'000),
           "Publications in one answer to a client's history command.")
      .add("recovery_max_publication_limit",
           &client_section::recovery_max_publication_limit,
           integer(1, 1'000'000),
           "Missed publications that a client can recover; one that missed more"
           " is told `recovered: false`.");
}

template <class Section>
void add_token_keys(section_options<node_config, Section>& out) {
  auto file = [] {
    return text("a PEM file, or \"\"");
  };
  out.add("hmac_secret_key", &token_keys::hmac_secret_key, secret_text(),
          "Key of tokens with HS256, HS384 or HS512.")
      .add("hmac_previous_secret_key", &token_keys::hmac_previous_secret_key,
           secret_text(),
           "Still accepted, while tokens made with it are around.")
      .add("rsa_public_key", &token_keys::rsa_public_key,
           text("a public key as PEM text, or \"\""),
           "Public key, as PEM text, of tokens with RS256, RS384 or RS512.")
      .add("rsa_public_key_file", &token_keys::rsa_public_key_file, file(),
           "PEM file in place of `rsa_public_key`.")
      .add("ecdsa_public_key", &token_keys::ecdsa_public_key,
           text("a public key as PEM text, or \"\""),
           "Public key, as PEM text, of tokens with ES256, ES384 or ES512.")
      .add("ecdsa_public_key_file", &token_keys::ecdsa_public_key_file, file(),
           "PEM file in place of `ecdsa_public_key`.")
      .add("audience", &token_keys::audience, text(),
           "What a token's `aud` must contain. Empty: not checked.")
      .add("issuer", &token_keys::issuer, text(),
           "What a token's `iss` must be. Empty: not checked.");
}

void add_tokens(node_option_list& out) {
  section_options<node_config, connection_token_section> connection{
      out, "client.token.", [](node_config& c) -> connection_token_section& {
        return c.client.token;
      }};
  add_token_keys(connection);
  connection
      .add("cookie", &connection_token_section::cookie, identifier(true),
           "Name of a cookie that may carry the token. Empty: none.")
      .add("disallow_anonymous", &connection_token_section::disallow_anonymous,
           boolean(), "Refuses tokens without user id.");
  section_options<node_config, subscription_token_section> subscription{
      out, "client.subscription_token.",
      [](node_config& c) -> subscription_token_section& {
        return c.client.subscription_token;
      }};
  subscription.add("enabled", &subscription_token_section::enabled, boolean(),
                   "Whether the keys below check subscription tokens, and not"
                   " those of [client.token].");
  add_token_keys(subscription);
}

} // namespace

void add_client_options(node_option_list& out) {
  section_options<node_config, client_section> client{
      out, "client.", [](node_config& c) -> client_section& {
        return c.client;
      }};
  add_access(client);
  add_times(client);
  add_limits(client);
  add_answers(client);
  add_tokens(out);
  section_options<node_config, personal_section>{
      out, "client.user_subscribe_to_personal.",
      [](node_config& c) -> personal_section& {
        return c.client.user_subscribe_to_personal;
      }}
      .add(
          "enabled", &personal_section::enabled, boolean(),
          "Whether this happens. The room is `NAMESPACE:#USER`. Users whose id "
          "has a `#` or `,` get none: its name would list others.")
      .add("personal_channel_namespace",
           &personal_section::personal_channel_namespace, text(),
           "Namespace of these rooms. Empty: none (`#USER`).");
}

} // namespace config
