#pragma once

#include "actors/client/api/api.hpp"
#include "actors/client/api/api_methods.hpp"
#include "proto/admin.pb.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace actors {

/// The commands of `roost ctl`: POST /admin/<method>, answered from the view
/// and by asking every node.
class admin_methods {
public:
  /// Rooms in one answer.
  static constexpr int max_rooms = 10'000;
  /// Connections of one node in an answer.
  static constexpr std::uint32_t max_connections = 1'000;
  /// Publications of history that `room` shows.
  static constexpr int shown_history = 10;

  /// All outlive this.
  admin_methods(lane_actor& self, const client_services& services,
                api_methods& api)
      : services_(services), ask_(self, services), api_(api) {}

  /// Calls `done` exactly once with `{"result":...}` or `{"error":...}`; 404
  /// for an unknown method, 400 for a body that can't be read.
  void call(std::string_view method, std::string_view body, api::on_done done);

private:
  class answer;
  using node_replies = cluster_questions::node_replies;
  using view_ptr = std::shared_ptr<const cluster_view>;
  struct room_report;

  void nodes(answer done);
  void rooms(const roost::admin::RoomsRequest& request, answer done);
  void room(const roost::admin::RoomRequest& request, answer done);
  void ask_for_room(const std::shared_ptr<room_report>& report);
  void ask_for_copies(const std::shared_ptr<room_report>& report);
  void connections(const roost::admin::ConnectionsRequest& request,
                   answer done);
  void publish(roost::admin::PublishRequest& request, answer done);
  void disconnect(const roost::admin::DisconnectRequest& request, answer done);
  void drain(const roost::admin::DrainRequest& request, answer done);
  void view(answer done);

  template <class Request, class Handler>
  void read(std::string_view body, const answer& done, Handler handler);

  const client_services& services_;
  cluster_questions ask_;
  api_methods& api_;
};

/// Turns a result into the response, exactly once.
class admin_methods::answer {
public:
  explicit answer(api::on_done done) : done_(std::move(done)) {}

  void result(const google::protobuf::Message& message) const;
  void error(std::uint32_t code, std::string_view message = {}) const;
  void error(proto::errc code) const;
  /// The body could not be read.
  void unreadable(std::string why) const;
  void unknown(std::string_view method) const;

private:
  api::on_done done_;
};

} // namespace actors
