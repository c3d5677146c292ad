#include "actors/client/admin/admin_cluster_methods.hpp"

#include "proto/admin.pb.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace actors {

namespace {

using node_replies = cluster_questions::node_replies;
using view_ptr = std::shared_ptr<const cluster_view>;

// -- nodes --------------------------------------------------------------------

/// The coordinator that leads; one that was cut off may still say it does.
std::string leader_of(const cluster_questions::node_replies& replies) {
  std::string result;
  std::uint64_t term = 0;
  for (const auto& [node, reply] : replies) {
    const auto& info = reply->info();
    if (!info.leads() || (!result.empty() && info.term() < term))
      continue;
    result = node;
    term = info.term();
  }
  return result;
}

const char* state_of(const view_reader& view, const roost::link::Member& x,
                     const node_shards& shards) {
  if (x.leaving())
    return "leaving";
  if (!view.is_drained(x.node()))
    return "alive";
  return shards.empty() ? "drained" : "draining";
}

void describe(const roost::link::Member& member, roost::admin::Node& out) {
  out.set_name(member.node());
  out.set_incarnation(member.incarnation());
  out.set_address(member.address());
  out.set_http_address(member.http_address());
  if (member.weight() > 0)
    out.add_roles("gateway");
  if (member.coordinator())
    out.add_roles("coordinator");
}

void describe(const roost::link::NodeInfoResult& info,
              roost::admin::Node& out) {
  out.set_version(info.version());
  out.set_uptime(info.uptime());
  out.set_rooms(info.num_rooms());
  out.set_clients(info.num_clients());
  out.set_users(info.num_users());
  out.set_subscriptions(info.num_subs());
  out.set_messages_per_second(info.messages_per_second());
}

/// `reply`: what the node says of itself; null when it was not asked.
void describe(const cluster_view& now, const roost::link::Member& member,
              const roost::link::NodeReply* reply, roost::admin::Node& out) {
  const auto shards = now.read().shards_of(member.node());
  describe(member, out);
  out.set_state(state_of(now.read(), member, shards));
  out.set_shards(shards.home);
  out.set_standbys(shards.standby);
  out.set_learners(shards.learner);
  if (reply != nullptr && reply->has_info())
    describe(reply->info(), out);
  else
    out.set_state("unreachable");
}

void list_nodes(const admin_context& context, const roost::admin::NodesRequest&,
                admin_answer done) {
  context.ask.view([&context, done](const view_ptr& now) {
    if (!now)
      return done.error(proto::errc::internal);
    roost::link::NodeRequest message;
    message.mutable_info();
    context.ask.nodes(
        std::move(message), [now, done](const node_replies& replies) {
          roost::admin::NodesResult result;
          result.set_view(now->view->number());
          result.set_leader(leader_of(replies));
          for (const auto& member : now->view->members()) {
            const auto reply = replies.find(member.node());
            describe(*now, member,
                     reply == replies.end() ? nullptr : reply->second.get(),
                     *result.add_nodes());
          }
          done.result(result);
        });
  });
}

// -- the view -----------------------------------------------------------------

void describe(const view_reader& view, std::uint32_t number,
              roost::admin::Shard& out) {
  const auto copies = view.copies_of(number);
  out.set_number(number);
  if (const auto* home = view.home_of(number))
    out.set_home(*home);
  out.set_donor(view.donor_of(number));
  out.set_term(copies.term);
  *out.mutable_standbys() = {copies.standbys.begin(), copies.standbys.end()};
  *out.mutable_learners() = {copies.learners.begin(), copies.learners.end()};
  *out.mutable_holders() = {copies.holders.begin(), copies.holders.end()};
}

void show_view(const admin_context& context, const roost::admin::ViewRequest&,
               admin_answer done) {
  context.ask.view([done](const view_ptr& now) {
    if (!now)
      return done.error(proto::errc::internal);
    roost::admin::ViewResult result;
    result.set_number(now->view->number());
    for (const auto& member : now->view->members())
      result.add_members(member.node());
    const auto view = now->read();
    for (std::uint32_t i = 0; i < view.shard_count(); ++i)
      describe(view, i, *result.add_shards());
    done.result(result);
  });
}

// -- draining -----------------------------------------------------------------

void drain_node(const admin_context& context,
                const roost::admin::DrainRequest& request, admin_answer done) {
  if (request.node().empty())
    return done.error(proto::errc::bad_request,
                      "node is missing: the name of the node to drain");
  roost::link::NodeRequest order;
  order.mutable_drain()->set_node(request.node());
  order.mutable_drain()->set_undo(request.undo());
  context.ask.coordinators(std::move(order), [done](const auto& reply) {
    if (reply.has_error())
      return done.error(reply.error().code(), reply.error().message());
    roost::admin::DrainResult result;
    result.set_view(reply.decided().view());
    done.result(result);
  });
}

constexpr admin_method cluster_rows[] = {
    {"nodes", admin_call<list_nodes>::run},
    {"view", admin_call<show_view>::run},
    {"drain", admin_call<drain_node>::run},
};

} // namespace

admin_method_table admin_cluster_methods() {
  return cluster_rows;
}

} // namespace actors
