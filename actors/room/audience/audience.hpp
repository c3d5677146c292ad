#pragma once

#include "actors/lane/lane_actor.hpp"
#include "actors/room/audience/subscriber.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace actors {

class room_directory;
class audience;

/// Wrapped, since CAF turns raw actor pointers among spawn arguments into
/// handles.
struct audience_ref {
  audience* self = nullptr;
};

struct audience_settings {
  std::string node;                   ///< This node's name.
  std::uint32_t recovery_limit = 300; ///< Publications given on recovery.
  /// Bytes of what is missed that an answer carries, about; the rest follows
  /// in pages of that size.
  std::size_t page_bytes = 256 * 1024;
  std::size_t parked_limit = 10'000; ///< Subscribers waiting for homes.
  /// How long one of them waits at most.
  std::chrono::milliseconds request_timeout{4'000};
  std::uint32_t lanes = 1; ///< Of this node.
};

/// The subscribers of one lane, by room, and the fan-out to them.
///
/// The answer to a request and the live stream of a room travel the same path
/// in order, so a position and what follows it never overlap and never leave a
/// hole; where they do (a link was lost), the audience asks the home again.
/// Methods are plain calls on its lane.
class audience final : public lane_actor {
public:
  using on_subscribed = std::function<void(subscribe_outcome)>;

  /// `rooms` outlives the actor.
  audience(caf::actor_config& cfg, const room_directory& rooms,
           audience_settings settings);
  ~audience() override;

  /// Brings `who` into a room. Calls `done` exactly once, maybe before it
  /// returns, unless `unsubscribe` comes first; live pushes to `who` start
  /// after `done` has returned, with the offset after the one it was given.
  /// Errors: errc::internal (temporary: the home can't be reached),
  /// errc::limit_exceeded.
  void subscribe(actors::subscriber& who, subscription_request request,
                 on_subscribed done);

  /// Takes `who` out of a room, also while `subscribe` is under way. Harmless
  /// when it is not in.
  void unsubscribe(actors::subscriber& who, const std::string& room);

  /// `who` has room again after it had none for a page of what it missed.
  void go_on(actors::subscriber& who);

  /// Replaces what presence says of `who` (a refreshed token's info).
  void update_info(actors::subscriber& who, const std::string& room,
                   roost::client::ClientInfo info);

  /// Rooms with at least one subscriber here and how many, for surveys.
  std::map<std::string, std::uint32_t>
  rooms(const std::function<bool(std::string_view)>& wanted) const;

  const char* name() const override { return "audience"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace actors
