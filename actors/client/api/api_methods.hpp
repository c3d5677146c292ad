#pragma once

#include "actors/client/client_services.hpp"
#include "actors/client/cluster_questions.hpp"
#include "proto/api.pb.h"
#include "proto/errors.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace actors {

/// The methods of the server API, from request to reply, without HTTP and
/// JSON.
class api_methods {
public:
  using on_reply = std::function<void(roost::api::Reply&)>;

  /// Channels of one broadcast, and commands of one parallel batch, that are
  /// under way at a time.
  static constexpr std::size_t window = 1024;

  /// Both outlive this.
  api_methods(lane_actor& self, const client_services& services)
      : services_(services), ask_(self, services) {}

  /// Does what `command` says and calls `done` exactly once, maybe before it
  /// returns. Nothing set: error 104.
  void execute(roost::api::Command& command, on_reply done);

  /// The same for each command, in order or all at once.
  void execute_all(std::shared_ptr<roost::api::BatchRequest> batch,
                   std::function<void(roost::api::BatchResponse&)> done);

  cluster_questions& ask() { return ask_; }

private:
  using options_ptr = const config::channel_options*;

  /// The options of a room; nothing when `done` was called with an error.
  options_ptr find(const std::string& room, const on_reply& done) const;

  // -- rooms (room_methods.cpp)
  // ------------------------------------------------------

  template <class Request>
  void publish(const std::string& room, Request& request, on_reply done);
  void broadcast(roost::api::BroadcastRequest& request, on_reply done);
  void presence(const std::string& room, on_reply done);
  void presence_stats(const std::string& room, on_reply done);
  void history(const roost::api::HistoryRequest& request, on_reply done);
  void history_remove(const std::string& room, on_reply done);
  void ask_room(std::shared_ptr<roost::link::RoomRequest> request,
                on_reply done,
                std::function<void(roost::link::RoomReply&, roost::api::Reply&)>
                    translate);

  // -- nodes (node_methods.cpp)
  // ------------------------------------------------------

  void subscribe(roost::api::SubscribeRequest& request, on_reply done);
  void unsubscribe(const roost::api::UnsubscribeRequest& request,
                   on_reply done);
  void disconnect(const roost::api::DisconnectRequest& request, on_reply done);
  void refresh(roost::api::RefreshRequest& request, on_reply done);
  void channels(const roost::api::ChannelsRequest& request, on_reply done);
  void info(on_reply done);
  void tell_users(roost::link::NodeRequest request, on_reply done,
                  void (*succeed)(roost::api::Reply&));

  const client_services& services_;
  cluster_questions ask_;
};

/// Calls `done` with an error.
void fail(const api_methods::on_reply& done, std::uint32_t code,
          std::string_view message = {});
void fail(const api_methods::on_reply& done, proto::errc code);

/// Whether a client can be disconnected with this: 0 and nothing for the
/// default, else a code from 3000 to 4999 and a reason that fits.
bool valid_disconnect(std::uint32_t code, const std::string& reason);

} // namespace actors
