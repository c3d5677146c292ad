#include "actors/client/admin/admin_methods.hpp"
#include "actors/client/glob.hpp"
#include "actors/room/room.hpp"
#include "actors/room/room_directory.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Admin commands about the cluster: nodes, rooms and the view.

namespace actors {

namespace {

std::string home_of(const cluster_view& view, std::uint32_t shard) {
  const auto* home = view.home_of(shard);
  return home == nullptr ? std::string{} : *home;
}

void set_names(std::vector<std::string> names,
               google::protobuf::RepeatedPtrField<std::string>& to) {
  to = {std::make_move_iterator(names.begin()),
        std::make_move_iterator(names.end())};
}

/// The coordinator that leads; one that was cut off may still say it does.
std::string
leader_of(const std::map<std::string, std::shared_ptr<roost::link::NodeReply>>&
              replies) {
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

} // namespace

void admin_methods::nodes(answer done) {
  ask_.view([this, done](const view_ptr& now) {
    if (!now)
      return done.error(proto::errc::internal);
    roost::link::NodeRequest message;
    message.mutable_info();
    ask_.nodes(std::move(message), [now, done](const node_replies& replies) {
      roost::admin::NodesResult result;
      result.set_view(now->view->number());
      result.set_leader(leader_of(replies));
      for (const auto& member : now->view->members()) {
        const auto shards = now->read().shards_of(member.node());
        auto& node = *result.add_nodes();
        describe(member, node);
        node.set_state(state_of(now->read(), member, shards));
        node.set_shards(shards.home);
        node.set_standbys(shards.standby);
        node.set_learners(shards.learner);
        const auto reply = replies.find(member.node());
        if (reply != replies.end() && reply->second->has_info())
          describe(reply->second->info(), node);
        else
          node.set_state("unreachable");
      }
      done.result(result);
    });
  });
}

void admin_methods::rooms(const roost::admin::RoomsRequest& request,
                          answer done) {
  ask_.view([this, pattern = request.pattern(), done](const view_ptr& now) {
    if (!now)
      return done.error(proto::errc::internal);
    roost::link::NodeRequest message;
    message.mutable_channels()->set_pattern(pattern);
    ask_.nodes(
        std::move(message), [this, now, done](const node_replies& replies) {
          std::map<std::string, std::uint32_t> found;
          roost::admin::RoomsResult result;
          for (const auto& [node, reply] : replies) {
            if (reply->has_error()) // what it has is missing
              result.set_truncated(true);
            for (const auto& [room, count] : reply->channels().channels())
              found[room] += count;
          }
          for (const auto& [room, count] : found) {
            if (result.rooms_size() == max_rooms) {
              result.set_truncated(true);
              break;
            }
            auto& entry = *result.add_rooms();
            entry.set_name(room);
            entry.set_shard(shard_of(room, services_.rooms->shard_count()));
            entry.set_home(home_of(*now, entry.shard()));
            entry.set_subscribers(count);
          }
          done.result(result);
        });
  });
}

/// One room, from several answers.
struct admin_methods::room_report {
  roost::admin::RoomResult result;
  const config::channel_options* options = nullptr;
  answer done;
  bool answered = false;
  std::size_t missing = 1;

  /// Counts an answer; the last one completes the report.
  void part_done() {
    if (--missing == 0 && !std::exchange(answered, true))
      done.result(result);
  }

  void fail(const roost::link::Error& error) {
    if (!std::exchange(answered, true))
      done.error(error.code(), error.message());
  }
};

void admin_methods::room(const roost::admin::RoomRequest& request,
                         answer done) {
  if (request.name().empty())
    return done.error(proto::errc::bad_request);
  const auto* options = services_.config->channel.find(request.name());
  if (options == nullptr)
    return done.error(proto::errc::unknown_channel);
  auto report =
      std::make_shared<room_report>(room_report{{}, options, std::move(done)});
  report->result.set_name(request.name());
  roost::link::NodeRequest message;
  message.mutable_channels()->set_pattern(glob_exactly(request.name()));
  ++report->missing;
  ask_.nodes(std::move(message), [report](const node_replies& replies) {
    for (const auto& [node, reply] : replies)
      for (const auto& [room, count] : reply->channels().channels())
        (*report->result.mutable_subscribers_by_node())[node] = count;
    report->part_done();
  });
  ask_for_room(report);
  if (is_replicated(*options))
    ask_for_copies(report);
  report->part_done();
}

void admin_methods::ask_for_room(const std::shared_ptr<room_report>& report) {
  const auto ask = [this, report](auto fill, auto use) {
    auto request = std::make_shared<roost::link::RoomRequest>();
    request->set_room(report->result.name());
    fill(*request);
    ++report->missing;
    ask_.room(std::move(request), [report, use](roost::link::RoomReply& reply) {
      if (reply.has_error())
        return report->fail(reply.error());
      use(reply, report->result);
      report->part_done();
    });
  };
  ask([](auto& request) { request.mutable_room_info(); },
      [](auto& reply, roost::admin::RoomResult& out) {
        const auto& info = reply.room_info();
        out.set_home(info.home());
        out.set_shard(info.shard());
        out.set_epoch(info.epoch());
        out.set_offset(info.offset());
        out.set_history_length(info.history_size());
        out.set_history_bytes(info.history_bytes());
      });
  if (report->options->presence)
    ask([](auto& request) { request.mutable_presence(); },
        [](auto& reply, roost::admin::RoomResult& out) {
          for (const auto& [client, info] : reply.presence().presence())
            *out.add_members() = info;
        });
  if (report->options->has_history())
    ask(
        [](auto& request) {
          request.mutable_history()->set_limit(shown_history);
          request.mutable_history()->set_reverse(true);
        },
        [](auto& reply, roost::admin::RoomResult& out) {
          out.mutable_history()->Swap(
              reply.mutable_history()->mutable_publications());
        });
}

void admin_methods::ask_for_copies(const std::shared_ptr<room_report>& report) {
  const auto shard =
      shard_of(report->result.name(), services_.rooms->shard_count());
  ++report->missing;
  ask_.view([report, shard](const view_ptr& now) {
    if (now) {
      auto copies = now->read().copies_of(shard);
      auto& out = report->result;
      set_names(std::move(copies.standbys), *out.mutable_standbys());
      set_names(std::move(copies.learners), *out.mutable_learners());
    }
    report->part_done();
  });
}

void admin_methods::drain(const roost::admin::DrainRequest& request,
                          answer done) {
  if (request.node().empty())
    return done.error(static_cast<std::uint32_t>(proto::errc::bad_request),
                      "node is missing: the name of the node to drain");
  roost::link::NodeRequest order;
  order.mutable_drain()->set_node(request.node());
  order.mutable_drain()->set_undo(request.undo());
  ask_.coordinators(std::move(order), [done](const auto& reply) {
    if (reply.has_error())
      return done.error(reply.error().code(), reply.error().message());
    roost::admin::DrainResult result;
    result.set_view(reply.decided().view());
    done.result(result);
  });
}

void admin_methods::view(answer done) {
  ask_.view([done](const view_ptr& now) {
    if (!now)
      return done.error(proto::errc::internal);
    roost::admin::ViewResult result;
    result.set_number(now->view->number());
    for (const auto& member : now->view->members())
      result.add_members(member.node());
    const auto places = now->read();
    for (std::uint32_t i = 0; i < places.shard_count(); ++i) {
      auto& shard = *result.add_shards();
      shard.set_number(i);
      shard.set_home(home_of(*now, i));
      shard.set_donor(places.donor_of(i));
      auto copies = places.copies_of(i);
      shard.set_term(copies.term);
      set_names(std::move(copies.standbys), *shard.mutable_standbys());
      set_names(std::move(copies.learners), *shard.mutable_learners());
      set_names(std::move(copies.holders), *shard.mutable_holders());
    }
    done.result(result);
  });
}

} // namespace actors
