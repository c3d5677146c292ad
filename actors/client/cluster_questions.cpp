#include "actors/client/cluster_questions.hpp"

#include "actors/room/room_directory.hpp"
#include "proto/errors.hpp"

#include <utility>

namespace actors {

void cluster_questions::room(
    std::shared_ptr<roost::link::RoomRequest> request,
    std::function<void(roost::link::RoomReply&)> done) {
  const auto& shard = (*services_.rooms)[request->room()];
  self_.request(shard, caf::infinite, ask_room{std::move(request)})
      .then([done](const room_answer& x) { done(*x.reply); },
            [done](caf::error&) {
              roost::link::RoomReply reply;
              reply.mutable_error()->set_code(
                  static_cast<std::uint32_t>(proto::errc::internal));
              done(reply);
            });
}

void cluster_questions::nodes(roost::link::NodeRequest request,
                              std::function<void(const node_replies&)> done) {
  survey question{
      std::make_shared<roost::link::NodeRequest>(std::move(request))};
  self_.request(services_.membership, caf::infinite, std::move(question))
      .then([done](const survey_result& x) { done(x.replies); },
            [done, node = services_.node](caf::error&) {
              auto reply = std::make_shared<roost::link::NodeReply>();
              reply->mutable_error()->set_code(
                  static_cast<std::uint32_t>(proto::errc::internal));
              done({{node, std::move(reply)}});
            });
}

void cluster_questions::coordinators(
    roost::link::NodeRequest order,
    std::function<void(const roost::link::NodeReply&)> done) {
  ask_node question{
      std::make_shared<const roost::link::NodeRequest>(std::move(order))};
  self_.request(services_.membership, caf::infinite, std::move(question))
      .then([done](const node_answer& x) { done(*x.reply); },
            [done](caf::error&) {
              roost::link::NodeReply reply;
              reply.mutable_error()->set_code(
                  static_cast<std::uint32_t>(proto::errc::internal));
              reply.mutable_error()->set_message("the node stops");
              done(reply);
            });
}

void cluster_questions::view(
    std::function<void(std::shared_ptr<const cluster_view>)> done) {
  self_.request(services_.membership, caf::infinite, get_view{})
      .then([done](const view_changed& x) { done(x.now); },
            [done](caf::error&) { done(nullptr); });
}

} // namespace actors
