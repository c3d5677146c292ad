#pragma once

#include "actors/client/client_services.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "actors/room/requests.hpp"
#include "actors/room/room_directory.hpp"
#include "proto/errors.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace actors {

/// The questions that connections and APIs ask of rooms and nodes, on behalf of
/// an actor. What can't be asked is answered with an error; nothing is left
/// open.
class cluster_questions {
public:
  using node_replies =
      std::map<std::string, std::shared_ptr<roost::link::NodeReply>>;
  using on_node_reply = std::function<void(const roost::link::NodeReply*)>;

  /// Both outlive this.
  cluster_questions(lane_actor& self, const client_services& services)
      : self_(self), services_(services) {}

  /// Asks the room that the request names; calls `done(RoomReply&)`.
  template <class Done>
  void room(std::shared_ptr<roost::link::RoomRequest> request, Done done) {
    const auto& shard = (*services_.rooms)[request->room()];
    self_.request(shard, caf::infinite, ask_room{std::move(request)})
        .then([done](const room_answer& x) { done(*x.reply); },
              [done](caf::error&) {
                // The shard has ended: the node stops.
                auto reply =
                    error_reply<roost::link::RoomReply>(proto::errc::internal);
                done(reply);
              });
  }

  /// Asks every node; with no membership to ask, no node answers.
  void nodes(roost::link::NodeRequest request,
             std::function<void(const node_replies&)> done);

  /// Asks the users of one node. `done` gets null where the view has no node of
  /// that name.
  void users_of(const std::string& node, roost::link::NodeRequest request,
                on_node_reply done);

  /// The same of another node, whoever answers there.
  void another(const std::string& node, roost::link::NodeRequest request,
               on_node_reply done);

  /// Orders something of the coordinators, through this node, which must be
  /// one.
  void coordinators(roost::link::NodeRequest order,
                    std::function<void(const roost::link::NodeReply&)> done);

  /// The view that holds now; null when there is none.
  void view(std::function<void(std::shared_ptr<const cluster_view>)> done);

private:
  void ask(const caf::actor& whom, const ask_node& question,
           const on_node_reply& done);

  lane_actor& self_;
  const client_services& services_;
};

} // namespace actors
