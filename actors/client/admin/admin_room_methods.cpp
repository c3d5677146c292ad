#include "actors/client/admin/admin_room_methods.hpp"

#include "actors/client/glob.hpp"
#include "actors/room/requests.hpp"
#include "actors/room/room.hpp"
#include "actors/room/room_directory.hpp"
#include "proto/admin.pb.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace actors {

namespace {

using node_replies = cluster_questions::node_replies;
using view_ptr = std::shared_ptr<const cluster_view>;

/// Rooms in one answer.
constexpr int max_rooms = 10'000;
/// Publications of history that `room` shows.
constexpr int shown_history = 10;

// -- rooms --------------------------------------------------------------------

/// How many subscribers each room has on all nodes together.
std::map<std::string, std::uint32_t>
subscribers_by_room(const node_replies& replies) {
  std::map<std::string, std::uint32_t> result;
  for (const auto& [node, reply] : replies)
    for (const auto& [room, count] : reply->channels().channels())
      result[room] += count;
  return result;
}

void list_rooms(const admin_context& context,
                const roost::admin::RoomsRequest& request, admin_answer done) {
  if (request.pattern().size() > max_pattern)
    return done.error(proto::errc::bad_request,
                      "a pattern has at most " + std::to_string(max_pattern)
                          + " bytes");
  context.ask.view(
      [&context, pattern = request.pattern(), done](const view_ptr& now) {
        if (!now)
          return done.error(proto::errc::internal);
        roost::link::NodeRequest message;
        message.mutable_channels()->set_pattern(pattern);
        context.ask.nodes(
            std::move(message), [shards = context.services.rooms->shard_count(),
                                 now, done](const node_replies& replies) {
              roost::admin::RoomsResult result;
              for (const auto& [node, reply] : replies)
                if (reply->has_error()) // what it has is missing
                  result.set_truncated(true);
              for (const auto& [room, count] : subscribers_by_room(replies)) {
                if (result.rooms_size() == max_rooms) {
                  result.set_truncated(true);
                  break;
                }
                auto& entry = *result.add_rooms();
                entry.set_name(room);
                entry.set_shard(shard_of(room, shards));
                if (const auto* home = now->home_of(entry.shard()))
                  entry.set_home(*home);
                entry.set_subscribers(count);
              }
              done.result(result);
            });
      });
}

// -- room ---------------------------------------------------------------------

/// One room, from several answers.
struct room_report {
  roost::admin::RoomResult result;
  const config::channel_options* options = nullptr;
  admin_answer done;
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

using room_report_ptr = std::shared_ptr<room_report>;

void ask_for_subscribers(const admin_context& context,
                         const room_report_ptr& report) {
  roost::link::NodeRequest message;
  message.mutable_channels()->set_pattern(glob_exactly(report->result.name()));
  ++report->missing;
  context.ask.nodes(std::move(message), [report](const node_replies& replies) {
    for (const auto& [node, reply] : replies)
      for (const auto& [room, count] : reply->channels().channels())
        (*report->result.mutable_subscribers_by_node())[node] = count;
    report->part_done();
  });
}

void ask_for_room(const admin_context& context, const room_report_ptr& report) {
  const auto ask = [&context, report](auto fill, auto use) {
    auto request = request_to(report->result.name());
    fill(*request);
    ++report->missing;
    context.ask.room(std::move(request),
                     [report, use](roost::link::RoomReply& reply) {
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

void ask_for_copies(const admin_context& context,
                    const room_report_ptr& report) {
  const auto shard =
      shard_of(report->result.name(), context.services.rooms->shard_count());
  ++report->missing;
  context.ask.view([report, shard](const view_ptr& now) {
    if (now) {
      const auto copies = now->read().copies_of(shard);
      auto& out = report->result;
      *out.mutable_standbys() = {copies.standbys.begin(),
                                 copies.standbys.end()};
      *out.mutable_learners() = {copies.learners.begin(),
                                 copies.learners.end()};
    }
    report->part_done();
  });
}

void show_room(const admin_context& context,
               const roost::admin::RoomRequest& request, admin_answer done) {
  if (request.name().empty())
    return done.error(proto::errc::bad_request);
  const auto* options = context.services.config->channel.find(request.name());
  if (options == nullptr)
    return done.error(proto::errc::unknown_channel);
  auto report =
      std::make_shared<room_report>(room_report{{}, options, std::move(done)});
  report->result.set_name(request.name());
  ask_for_subscribers(context, report);
  ask_for_room(context, report);
  if (is_replicated(*options))
    ask_for_copies(context, report);
  report->part_done();
}

// -- publish ------------------------------------------------------------------

void publish_to_room(const admin_context& context,
                     const roost::admin::PublishRequest& request,
                     admin_answer done) {
  roost::api::Command command;
  auto& body = *command.mutable_publish();
  body.set_channel(request.channel());
  body.set_data(request.data());
  context.api.execute(command, [done](roost::api::Reply& reply) {
    if (reply.has_error())
      return done.error(reply.error().code(), reply.error().message());
    roost::admin::PublishResult result;
    result.set_offset(reply.publish().offset());
    result.set_epoch(reply.publish().epoch());
    done.result(result);
  });
}

constexpr admin_method room_rows[] = {
    {"rooms", admin_call<list_rooms>::run},
    {"room", admin_call<show_room>::run},
    {"publish", admin_call<publish_to_room>::run},
};

} // namespace

admin_method_table admin_room_methods() {
  return room_rows;
}

} // namespace actors
