#include "tests/client/client_test.hpp"

#include "actors/auth/token_maker.hpp"
#include "actors/client/users.hpp"

#include <algorithm>
#include <utility>

namespace client_test_support {

namespace {

using namespace std::chrono_literals;

config::channel_options open_rooms() {
  config::channel_options x;
  x.name = "open";
  x.allow_subscribe_for_client = true;
  x.allow_subscribe_for_anonymous = true;
  x.allow_publish_for_client = true;
  x.allow_publish_for_anonymous = true;
  return x;
}

config::channel_options chat_rooms() {
  config::channel_options x;
  x.name = "chat";
  x.history_size = 100;
  x.history_ttl = 1h;
  x.force_recovery = true;
  x.presence = true;
  x.join_leave = true;
  x.force_push_join_leave = true;
  x.allow_subscribe_for_client = true;
  x.allow_publish_for_subscriber = true;
  x.allow_presence_for_subscriber = true;
  x.allow_history_for_subscriber = true;
  return x;
}

actors::token_options options_for(const std::string& user) {
  actors::token_options x;
  x.hmac_secret = "a secret of the tests, long";
  x.user = user;
  return x;
}

} // namespace

// -- a client -----------------------------------------------------------------

actors::connection& test_client::self() const {
  return dynamic_cast<actors::connection&>(
      *caf::actor_cast<caf::abstract_actor*>(handle_));
}

test_client& test_client::say(std::string_view bytes) {
  self().on_message(bytes);
  world_->run();
  return *this;
}

std::vector<std::string> test_client::hear() {
  std::vector<std::string> lines;
  for (const auto& frame : std::exchange(link_->frames, {})) {
    std::size_t begin = 0;
    for (;;) {
      const auto end = frame.find('\n', begin);
      lines.push_back(frame.substr(begin, end - begin));
      if (end == std::string::npos)
        break;
      begin = end + 1;
    }
  }
  for (auto& line : lines) {
    constexpr std::string_view mark = "\"connect\":{\"client\":\"";
    if (const auto at = line.find(mark); at != std::string::npos)
      id_ = line.substr(at + mark.size(), 36);
    if (id_.empty())
      continue;
    for (auto at = line.find(id_); at != std::string::npos;
         at = line.find(id_, at))
      line.replace(at, id_.size(), "CLIENT");
  }
  return lines;
}

std::string test_client::ending() const {
  if (!link_->closed)
    return "open";
  return std::to_string(link_->closed->code) + ' ' + link_->closed->reason;
}

// -- the world ----------------------------------------------------------------

client_test::client_test()
    : rooms(stand_in_for("shard")), membership(stand_in_for("membership")) {
  config.channel.namespaces["open"] = open_rooms();
  config.channel.namespaces["chat"] = chat_rooms();
  config.channel.namespaces["closed"].name = "closed";
  auto& mine = config.channel.namespaces["mine"];
  mine.name = "mine";
  mine.allow_user_limited_channels = true;
}

void client_test::start() {
  actors::token_keys keys;
  keys.hmac_secret = secret;
  tokens_.emplace(keys);
  directory_.emplace(std::vector<caf::actor>{rooms.handle()});
  audience_settings.node = "node-1";
  audience = spawn<actors::audience>(lane(), *directory_, audience_settings);
  users = spawn<actors::users>(
      lane(),
      actors::users_settings{
          .node = "node-1",
          .user_connection_limit = config.client.user_connection_limit,
          .replace_oldest = config.client.user_connection_policy
                            == config::user_connection_policy::replace_oldest,
          .cluster_user_connection_limit =
              config.client.cluster_user_connection_limit,
          .incarnation = "0123456789abcdef",
          .shards = 4});
  services.config = &config;
  services.rooms = &*directory_;
  services.connection_tokens = &*tokens_;
  services.subscription_tokens = &*tokens_;
  services.users = users;
  services.membership = membership.handle();
  services.node = "node-1";
  services.incarnation = "0123456789abcdef";
  services.version = "Roost 0.0.0";
  run();
}

test_client client_test::arrive(actors::client_origin origin) {
  if (!users)
    start();
  auto link = std::make_shared<recording_link>();
  auto handle = spawn<actors::connection>(
      lane(), services,
      actors::audience_ref{actors::self_of<actors::audience>(audience)}, link,
      std::move(origin));
  return {*this, handle, link};
}

test_client client_test::connected(const std::string& user) {
  auto client = arrive();
  const auto shown = user.empty() ? "" : token(user);
  client.say(R"({"id":1,"connect":{"token":")" + shown + R"("}})");
  client.hear();
  return client;
}

std::string client_test::token(const std::string& user, std::int64_t ttl) {
  auto options = options_for(user);
  if (ttl != 0)
    options.ttl = std::chrono::seconds{ttl};
  return actors::make_token(options);
}

std::string client_test::sub_token(const std::string& user,
                                   const std::string& channel,
                                   std::int64_t ttl) {
  auto options = options_for(user);
  options.channel = channel;
  if (ttl != 0)
    options.ttl = std::chrono::seconds{ttl};
  return actors::make_token(options);
}

std::string client_test::old_token(const std::string& user,
                                   const std::string& channel) {
  auto options = options_for(user);
  options.channel = channel;
  options.ttl = 60s;
  options.now -= 120s;
  return actors::make_token(options);
}

std::uint64_t client_test::commands(std::string_view kind) {
  const auto names = actors::connection::command_names();
  const auto at = std::ranges::find(names, kind);
  return metrics()
      .commands.at(static_cast<std::size_t>(at - names.begin()))
      .value();
}

std::uint64_t client_test::publish(const std::string& room,
                                   const std::string& data) {
  const auto offset = rooms.publish(room, data, audience);
  run();
  return offset;
}

} // namespace client_test_support
