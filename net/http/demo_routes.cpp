#include "net/http/demo_routes.hpp"

#include "actors/auth/guest.hpp"
#include "actors/auth/token_maker.hpp"
#include "net/pages/pages.hpp"
#include "proto/admin.pb.h"
#include "proto/json_codec.hpp"
#include "proto/json_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace net {

namespace {

constexpr std::size_t max_name = 32;
constexpr std::chrono::hours token_ttl{12};

std::string quoted(std::string_view text) {
  std::string out;
  if (!proto::append_quoted(text, out))
    out = "\"\"";
  return out;
}

/// An object of members whose values are JSON already.
std::string object(
    std::initializer_list<std::pair<std::string_view, std::string>> members) {
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (out.size() > 1)
      out += ',';
    out += quoted(name) + ':' + value;
  }
  return out + '}';
}

/// A token of a guest (actors/auth/guest.hpp): anybody gets one.
http_reply token(request_context context, const http_request& request) {
  const auto name = query_parameter(request, "name");
  if (name.empty() || name.size() > max_name || !proto::is_utf8(name)
      || std::ranges::any_of(name, [](unsigned char c) { return c < ' '; }))
    return json_reply(R"({"error":"name must have 1 to 32 bytes of UTF-8"})",
                      400);
  const auto& keys = context.node.config->client.token;
  actors::token_options options;
  options.hmac_secret = context.node.demo_key;
  options.user = std::string{actors::guest_prefix} + name;
  options.ttl = token_ttl;
  options.audience = keys.audience;
  options.issuer = keys.issuer;
  options.info = object(
      {{"name", quoted(name)}, {"node", quoted(context.node.services->node)}});
  return json_reply(object({{"token", quoted(actors::make_token(options))},
                            {"user", quoted(options.user)}}));
}

std::string node_json(const roost::admin::Node& node) {
  const bool coordinator =
      std::ranges::find(node.roles(), "coordinator") != node.roles().end();
  return object(
      {{"name", quoted(node.name())},
       {"state", quoted(node.state())},
       {"http", quoted(node.http_address())},
       {"coordinator", coordinator ? "true" : "false"},
       {"uptime", std::to_string(node.uptime())},
       {"num_clients", std::to_string(node.clients())},
       {"num_users", std::to_string(node.users())},
       {"num_channels", std::to_string(node.rooms())},
       {"num_shards", std::to_string(node.shards())},
       {"messages_per_second", std::to_string(node.messages_per_second())}});
}

std::string cluster_json(const std::string& self,
                         const roost::admin::NodesResult& result) {
  std::string nodes;
  for (const auto& node : result.nodes())
    nodes += (nodes.empty() ? "" : ",") + node_json(node);
  return object({{"node", quoted(self)},
                 {"view", std::to_string(result.view())},
                 {"nodes", '[' + nodes + ']'}});
}

void cluster(request_context context, on_reply done) {
  const auto& self = context.node.services->node;
  context.where.api.self->admin(
      "nodes", "{}",
      [self, done = std::move(done)](const actors::api_response& response) {
        constexpr std::string_view open = R"({"result":)";
        roost::admin::NodesResult result;
        const std::string_view body = response.body;
        if (!body.starts_with(open) || !body.ends_with('}')
            || proto::parse_json(
                body.substr(open.size(), body.size() - open.size() - 1),
                result))
          return done(
              json_reply(R"({"error":"the cluster has no view"})", 503));
        done(json_reply(cluster_json(self, result)));
      });
}

} // namespace

void demo(request_context context, const http_request& request, on_reply done) {
  if (request.method() != http::verb::get
      && request.method() != http::verb::head)
    return done(method_not_allowed("GET, HEAD"));
  const auto path = path_of(request);
  if (path == "/demo/token")
    return done(token(context, request));
  if (path == "/demo/cluster.json")
    return cluster(context, std::move(done));
  const auto* page = find_page(path);
  if (page == nullptr)
    return done(not_found());
  done({.content_type = std::string{page->content_type},
        .body = std::string{page->body},
        .headers = {{http::field::cache_control, "no-cache"}}});
}

} // namespace net
