#include "net/ctl/commands.hpp"
#include "net/ctl/display.hpp"
#include "net/ctl/run_command.hpp"
#include "net/ctl/table.hpp"
#include "proto/admin.pb.h"

#include <CLI/CLI.hpp>

#include <array>
#include <map>
#include <memory>
#include <ostream>
#include <string>

namespace net {

namespace admin = roost::admin;

namespace {

// -- nodes --------------------------------------------------------------------

ctl_exit list_nodes(const ctl_context& context) {
  auto print = [&](const admin::NodesResult& result) {
    table rows{{{"NODE"},
                {"STATE"},
                {"ROLES"},
                {"CLIENTS", true},
                {"USERS", true},
                {"SUBS", true},
                {"ROOMS", true},
                {"SHARDS", true},
                {"STANDBYS", true},
                {"MSG/S", true},
                {"UPTIME", true},
                {"VERSION"},
                {"LINK ADDRESS"},
                {"CLIENT ADDRESS"}}};
    for (auto& node : result.nodes())
      rows.add({node.name(), node.state(), joined(node.roles(), ","),
                std::to_string(node.clients()), std::to_string(node.users()),
                std::to_string(node.subscriptions()),
                std::to_string(node.rooms()), std::to_string(node.shards()),
                std::to_string(node.standbys()),
                one_digit(node.messages_per_second()),
                time_span(std::chrono::seconds{node.uptime()}), node.version(),
                node.address(), node.http_address()});
    rows.print(context.out, "There are no nodes.");
    context.out << "view " << result.view() << "; "
                << (result.leader().empty()
                        ? "no coordinator is known to lead"
                        : "coordinator " + visible(result.leader()) + " leads")
                << '\n';
  };
  run_command<admin::NodesResult>(context, "nodes", admin::NodesRequest{},
                                  print);
  return ctl_done;
}

// -- view ---------------------------------------------------------------------

/// Shards by node, from the view.
struct share {
  std::uint32_t homes = 0;
  std::uint32_t standbys = 0;
  std::uint32_t learners = 0;
  std::uint32_t arriving = 0;
  std::uint32_t leaving = 0;
};

void print_shares(std::ostream& out, const admin::ViewResult& view) {
  std::map<std::string, share> shares;
  for (auto& member : view.members())
    shares[member];
  for (auto& shard : view.shards()) {
    ++shares[shard.home()].homes;
    for (auto& node : shard.standbys())
      ++shares[node].standbys;
    for (auto& node : shard.learners())
      ++shares[node].learners;
    if (!shard.donor().empty()) {
      ++shares[shard.home()].arriving;
      ++shares[shard.donor()].leaving;
    }
  }
  table rows{{{"NODE"},
              {"SHARDS", true},
              {"STANDBYS", true},
              {"LEARNERS", true},
              {"ARRIVING", true},
              {"LEAVING", true}}};
  for (auto& [node, part] : shares)
    rows.add({node.empty() ? "(none)" : node, std::to_string(part.homes),
              std::to_string(part.standbys), std::to_string(part.learners),
              std::to_string(part.arriving), std::to_string(part.leaving)});
  rows.print(out, "The view has no members.");
}

/// How many shards are where: one row for all that are at the same nodes.
void print_places(std::ostream& out, const admin::ViewResult& view) {
  std::map<std::array<std::string, 3>, std::uint32_t> places;
  for (auto& shard : view.shards())
    ++places[{shard.home(), joined(shard.standbys(), ","),
              joined(shard.learners(), ",")}];
  table rows{{{"HOME"}, {"STANDBYS"}, {"LEARNERS"}, {"SHARDS", true}}};
  for (auto& [where, count] : places)
    rows.add({where[0], where[1], where[2], std::to_string(count)});
  rows.print(out, "The view has no shards.");
}

void print_shards(std::ostream& out, const admin::ViewResult& view) {
  table rows{{{"SHARD", true},
              {"TERM", true},
              {"HOME"},
              {"STANDBYS"},
              {"LEARNERS"},
              {"ARRIVES FROM"},
              {"WAITS FOR"}}};
  for (auto& shard : view.shards())
    rows.add({std::to_string(shard.number()), std::to_string(shard.term()),
              shard.home(), joined(shard.standbys(), ","),
              joined(shard.learners(), ","), shard.donor(),
              joined(shard.holders(), ",")});
  rows.print(out, "The view has no shards.");
}

ctl_exit show_view(const ctl_context& context, bool shards) {
  auto print = [&](const admin::ViewResult& view) {
    context.out << "view " << view.number() << ": " << view.members_size()
                << " nodes, " << view.shards_size() << " shards\n\n";
    if (shards)
      print_shards(context.out, view);
    else {
      print_shares(context.out, view);
      context.out << '\n';
      print_places(context.out, view);
    }
  };
  run_command<admin::ViewResult>(context, "view", admin::ViewRequest{}, print);
  return ctl_done;
}

} // namespace

ctl_run nodes_command(CLI::App&) {
  return list_nodes;
}

ctl_run view_command(CLI::App& command) {
  auto shards = std::make_shared<bool>(false);
  command.add_flag("--shards", *shards, "Show every shard");
  return [shards](const ctl_context& context) {
    return show_view(context, *shards);
  };
}

} // namespace net
