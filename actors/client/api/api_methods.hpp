#pragma once

#include "actors/client/api/api_reads.hpp"
#include "actors/client/client_services.hpp"
#include "actors/client/cluster_questions.hpp"
#include "proto/api.pb.h"
#include "proto/errors.hpp"
#include "proto/json_codec.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace actors {

struct api_method;

/// The methods of the server API, from request to reply, without HTTP and
/// JSON. What they are is in the tables of api_room_methods and
/// api_node_methods.
class api_methods {
public:
  using on_reply = std::function<void(roost::api::Reply&)>;
  using time_point = api_reads::time_point;
  using options_ptr = const config::channel_options*;

  /// Channels of one broadcast, and commands of one parallel batch, that are
  /// under way at a time.
  static constexpr std::size_t window = 1024;

  /// Both outlive this.
  api_methods(lane_actor& self, const client_services& services)
      : self_(self), services_(services), ask_(self, services),
        reads_(self, services) {}

  /// Does what `command` says and calls `done` exactly once, maybe before it
  /// returns. Nothing set: error 104.
  void execute(roost::api::Command& command, on_reply done) {
    execute(command, now(), std::move(done));
  }

  /// The same for one whose request came at `since`: so long it has waited if
  /// it reads and has to wait for its share.
  void execute(roost::api::Command& command, time_point since, on_reply done);

  time_point now() const { return self_.home_lane().now(); }

  /// What a batch asks for.
  struct batch {
    roost::api::BatchRequest request;
    proto::null_messages nulls; ///< Its commands that are none: error 107.
  };

  /// The same for each command, in order or all at once.
  void execute_all(std::shared_ptr<batch> what,
                   std::function<void(roost::api::BatchResponse&)> done);

  // -- for the methods --------------------------------------------------------

  const client_services& services() const { return services_; }
  cluster_questions& ask() { return ask_; }

  /// The options of a room; null when `done` was called with an error.
  options_ptr find(const std::string& room, const on_reply& done) const;

  /// Why there is no room of that name; nothing when there can be.
  std::optional<proto::errc> refuse(const std::string& room) const;

private:
  void read(const api_method& method, roost::api::Command& command,
            time_point since, on_reply done);

  lane_actor& self_;
  const client_services& services_;
  cluster_questions ask_;
  api_reads reads_;
};

/// Calls `done` with an error.
void fail(const api_methods::on_reply& done, std::uint32_t code,
          std::string_view message = {});
void fail(const api_methods::on_reply& done, proto::errc code);

} // namespace actors
