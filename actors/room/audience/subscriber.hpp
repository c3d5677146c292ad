#pragma once

#include "actors/messages.hpp"
#include "actors/room/audience/subscription_features.hpp"
#include "actors/room/audience/tags_filter.hpp"
#include "cluster-config/channel_options.hpp"
#include "proto/errors.hpp"
#include "proto/frame.hpp"
#include "proto/wire_format.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace actors {

/// What an audience sees of a connection of its lane. All calls are plain
/// function calls on that lane.
class subscriber {
public:
  virtual proto::wire_format format() const = 0;

  /// Queues an encoded push; the frame is shared with every other subscriber.
  /// Must neither unsubscribe nor end the connection before it returns: a full
  /// queue is dealt with afterwards.
  virtual void deliver(const proto::frame_ptr& push) = 0;

  /// Whether it takes so many bytes more of what it has missed. If not, it
  /// calls `audience::go_on` once it does.
  virtual bool has_room_for(std::size_t bytes) = 0;

  /// The room's stream has a hole or a new epoch at this subscription; the
  /// audience has already forgotten it. Only for positioned subscriptions.
  virtual void lost_continuity(const std::string& room) = 0;

protected:
  ~subscriber() = default;
};

/// How a connection wants to be in a room. Permissions were checked before.
struct subscription_request {
  std::string room;
  /// The room's namespace; outlives every subscription.
  const config::channel_options* options = nullptr;
  roost::client::ClientInfo info;

  subscription_features features;
  /// Only these publications; null: all. Not together with deltas.
  std::shared_ptr<const tags_filter> filter;
  bool recover = false; ///< Give me what came after the position below.
  std::string epoch;    ///< Empty: any.
  std::uint64_t offset = 0;
  /// Give me what I missed behind the answer only, not with it.
  bool missed_later = false;
};

/// The answer; the fields are those of SubscribeResult.
struct subscribed {
  bool positioned = false;
  bool recoverable = false;
  bool recovered = false;
  bool was_recovering = false;
  std::string epoch;
  std::uint64_t offset = 0;
  std::vector<publication_ptr> publications;
  std::int64_t id = 0; ///< Above 0: pushes carry it in place of the name.
  /// Publications come as deltas; those above are in that form already.
  bool delta = false;
};

using subscribe_outcome = std::variant<subscribed, proto::errc>;

} // namespace actors
