#include "net/load/options.hpp"

#include "net/load/errors.hpp"
#include "net/load/payload.hpp"

#include <CLI/CLI.hpp>
#include <toml.hpp>

#include <cmath>
#include <string_view>

namespace net::load {

namespace {

void add_run_options(CLI::App& app, settings& to) {
  app.add_option("--seconds", to.seconds, "How long to measure")
      ->capture_default_str();
  app.add_option("--warmup", to.warmup, "Seconds before that")
      ->capture_default_str();
  app.add_option("--size", to.size, "Bytes of a payload")
      ->capture_default_str();
  app.add_flag("--spin", to.spin,
               "Poll without ever sleeping: latencies do not contain how long "
               "this core takes to wake");
  app.add_flag("--json", to.json, "Print the result as JSON");
  app.add_flag("--quiet", to.quiet, "Print no progress");
}

void add_server_options(CLI::App& app, settings& to) {
  app.add_option("--url", to.url,
                 "Where the server is; a path only where it is not the usual")
      ->capture_default_str();
  app.add_option("--server-pid", to.server_pids,
                 "Process of the server, whose processor time and memory are "
                 "read from /proc; may be given several times");
  app.add_option("--room", to.room, "Name of the room, or its start")
      ->capture_default_str();
  app.add_option("--protocol", to.protocol,
                 "roost, nats, nchan, raw or socketio")
      ->capture_default_str();
  add_run_options(app, to);
}

void add_client_options(CLI::App& app, settings& to) {
  add_server_options(app, to);
  app.add_option("--format", to.format, "json or protobuf, with roost")
      ->capture_default_str();
  auto* token =
      app.add_option("--token", to.token, "What every connection shows");
  app.add_option("--token-secret", to.token_secret,
                 "HS256 key to make a token for each connection with")
      ->excludes(token);
  app.add_option("--opening", to.opening, "Connections being opened at once")
      ->capture_default_str();
  app.add_flag("--deflate", to.deflate,
               "Offer permessage-deflate, and insist on it");
}

/// Of scenarios with subscribers that only listen.
void add_subscriber_options(CLI::App& app, settings& to) {
  app.add_option("--transport", to.transport,
                 "websocket, http_stream or sse, of subscribers of roost; the "
                 "last two answer no pings")
      ->capture_default_str();
  app.add_flag("--delta", to.delta, "Subscribe to roost with deltas");
  app.add_option(
         "--filters", to.filters,
         "Filters on tags that subscribers of roost share, all of which "
         "let everything through (0: none)")
      ->capture_default_str();
}

void add_key_option(CLI::App& app, settings& to) {
  app.add_option("--key", to.api_key,
                 "The X-API-Key of requests to the server API");
}

void add_search_options(CLI::App& app, settings& to) {
  app.add_option("--start-rate", to.start_rate,
                 "First rate of the search, in publications a second together "
                 "(default: 50,000 deliveries a second)");
  app.add_option("--max-loss", to.max_loss, "Share that may be lost")
      ->capture_default_str();
  app.add_option("--max-p99", to.max_p99_ms,
                 "Milliseconds that 99 % of deliveries stay below")
      ->capture_default_str();
  app.add_option("--tries", to.tries,
                 "How often a rate may fail before it counts as too much: one "
                 "failure may be another process's fault")
      ->capture_default_str();
  app.add_option("--precision", to.precision, "How well the limit is known")
      ->capture_default_str();
}

/// A value of a file as the command line would say it.
std::string text_of(const toml::value& value, const std::string& key) {
  if (value.is_string())
    return value.as_string();
  if (value.is_integer())
    return std::to_string(value.as_integer());
  if (value.is_floating())
    return std::to_string(value.as_floating());
  if (value.is_boolean())
    return value.as_boolean() ? "true" : "false";
  throw usage_error("The value of \"" + key
                    + "\" is no string, number or boolean.");
}

} // namespace

void add_broadcast_options(CLI::App& app, settings& to) {
  add_client_options(app, to);
  app.add_option("--subscribers", to.subscribers, "Subscribers of the room")
      ->capture_default_str();
  app.add_option("--publishers", to.publishers, "Connections that publish")
      ->capture_default_str();
  auto* rate = app.add_option(
      "--rate", to.rate,
      "Publications a second together (default: look for the highest)");
  app.add_option("--deliveries", to.deliveries,
                 "The rate as deliveries a second")
      ->excludes(rate);
  add_subscriber_options(app, to);
  app.add_option("--payload", to.payload,
                 "letters (one, repeated), json (a list) or state (players, of "
                 "which a fiftieth moves each time)")
      ->capture_default_str();
  app.add_option("--publish-url", to.publish_url,
                 "Another node of the same cluster, where publishers connect; "
                 "with http:// the server API of Roost, by which they publish, "
                 "with deltas if subscribers want some");
  add_key_option(app, to);
  add_search_options(app, to);
}

void add_rooms_options(CLI::App& app, settings& to) {
  add_client_options(app, to);
  app.add_option("--rooms", to.rooms, "Rooms")->capture_default_str();
  app.add_option("--members", to.members, "Members of each")
      ->capture_default_str();
  app.add_option("--rate", to.rate,
                 "Publications a second of each member (default: look for the "
                 "highest)");
  add_search_options(app, to);
}

void add_idle_options(CLI::App& app, settings& to) {
  add_client_options(app, to);
  add_subscriber_options(app, to);
  app.add_option("--connections", to.connections, "Connections")
      ->capture_default_str();
  app.add_option("--spread", to.spread, "Rooms that they subscribe to")
      ->capture_default_str();
}

void add_connect_options(CLI::App& app, settings& to) {
  add_client_options(app, to);
  app.add_option("--rate", to.rate,
                 "Connections a second (default: as many as can be)");
  app.add_option("--spread", to.spread, "Rooms that they subscribe to")
      ->capture_default_str();
}

void add_echo_options(CLI::App& app, settings& to) {
  add_client_options(app, to);
  app.add_option("--clients", to.clients, "Clients")->capture_default_str();
}

void add_api_options(CLI::App& app, settings& to) {
  to.url = "http://127.0.0.1:9000";
  to.connections = 16;
  add_server_options(app, to);
  add_key_option(app, to);
  app.add_option("--spread", to.spread, "Rooms that they publish to")
      ->capture_default_str();
  app.add_option("--batch", to.batch, "Publications in a request")
      ->capture_default_str();
  app.add_flag("--parallel", to.parallel,
               "The publications of a request need not wait for one another");
  app.add_option("--connections", to.connections,
                 "Connections with one request each under way")
      ->capture_default_str();
}

void add_self_options(CLI::App& app, settings& to) {
  add_run_options(app, to);
  app.add_option("--subscribers", to.subscribers, "Connections")
      ->capture_default_str();
  app.add_option("--frames", to.frames, "Frames in one write of the sink")
      ->capture_default_str();
  app.add_option("--sink-core", to.sink_core,
                 "Core that the sink's thread stays on (default: any)");
}

void read_settings_file(const std::string& file, CLI::App& app) {
  toml::value content;
  try {
    content = toml::parse(file);
  } catch (const std::exception& error) {
    throw usage_error("The file " + file + " can't be read: " + error.what());
  }
  for (const auto& [key, value] : content.as_table()) {
    auto* option = app.get_option_no_throw("--" + key);
    if (option == nullptr || key == "file" || key == "help")
      throw usage_error("The file " + file + " has \"" + key
                        + "\", which the scenario " + app.get_name()
                        + " does not know.");
    if (option->count() > 0)
      continue;
    try {
      if (value.is_array())
        for (const auto& one : value.as_array())
          option->add_result(text_of(one, key));
      else
        option->add_result(text_of(value, key));
      option->run_callback();
    } catch (const CLI::ParseError& error) {
      throw usage_error("The file " + file + ", \"" + key
                        + "\": " + error.what());
    }
  }
}

void check(const settings& given) {
  auto refuse_unless = [](bool good, std::string_view sentence) {
    if (!good)
      throw usage_error(std::string{sentence});
  };
  constexpr std::size_t many = 1'000'000;
  payload_kind_of(given.payload);
  refuse_unless(given.transport == "websocket"
                    || given.transport == "http_stream"
                    || given.transport == "sse",
                "--transport is websocket, http_stream or sse.");
  const bool plain_json = given.protocol == "roost" && given.format == "json";
  refuse_unless(plain_json
                    || (given.transport == "websocket" && !given.delta
                        && given.filters == 0),
                "--transport, --delta and --filters need --protocol roost "
                "--format json.");
  refuse_unless(given.protocol == "roost" || !publishes_by_api(given),
                "The server API in --publish-url needs --protocol roost.");
  refuse_unless(!given.deflate || given.transport == "websocket",
                "--deflate is for WebSocket.");
  refuse_unless(given.filters <= 1000, "--filters is 0 to 1,000.");
  refuse_unless(given.size >= payload_writer::min_size
                    && given.size <= 16 * 1024 * 1024,
                "--size is " + std::to_string(payload_writer::min_size)
                    + " to 16777216: a payload carries number and time.");
  refuse_unless(given.seconds > 0 && given.seconds <= 86'400,
                "--seconds is above 0, and at most a day.");
  refuse_unless(given.warmup >= 0 && given.warmup <= 3600,
                "--warmup is 0 to 3600 seconds.");
  refuse_unless(given.rate >= 0 && given.deliveries >= 0
                    && given.start_rate >= 0,
                "Rates are not negative.");
  refuse_unless(given.precision >= 0.001 && given.precision <= 1,
                "--precision is 0.001 to 1.");
  refuse_unless(given.tries >= 1 && given.tries <= 100, "--tries is 1 to 100.");
  refuse_unless(given.max_loss > 0 && given.max_loss <= 1,
                "--max-loss is above 0, and at most 1.");
  refuse_unless(given.max_p99_ms > 0, "--max-p99 is above 0.");
  auto count = [&](std::size_t n, const char* flag) {
    refuse_unless(n >= 1 && n <= many,
                  std::string{flag} + " is 1 to " + std::to_string(many) + ".");
  };
  count(given.subscribers, "--subscribers");
  count(given.publishers, "--publishers");
  count(given.rooms, "--rooms");
  count(given.members, "--members");
  count(given.rooms * given.members, "--rooms times --members");
  count(given.connections, "--connections");
  count(given.spread, "--spread");
  count(given.clients, "--clients");
  count(given.batch, "--batch");
  count(given.frames, "--frames");
  count(given.opening, "--opening");
}

void describe(const settings& given, const CLI::App& app, report& out) {
  out.add_setting("scenario", given.scenario);
  for (const auto* option : app.get_options()) {
    auto name = option->get_name().substr(2);
    if (option->count() == 0 || name == "token" || name == "token-secret"
        || name == "key")
      continue;
    std::string value;
    for (const auto& part : option->results())
      value += (value.empty() ? "" : ",") + part;
    out.add_setting(name, value);
  }
}

} // namespace net::load
