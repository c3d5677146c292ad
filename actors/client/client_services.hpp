#pragma once

#include "actors/auth/token_verifier.hpp"
#include "actors/client/rate_bucket.hpp"
#include "cluster-config/node_config.hpp"

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace actors {

class room_directory;

/// What connections and the API of a node share. Made at start, constant
/// afterwards, outlives all of them.
struct client_services {
  const config::node_config* config = nullptr;
  const room_directory* rooms = nullptr;
  const token_verifier* connection_tokens = nullptr;
  const token_verifier* subscription_tokens = nullptr;
  caf::actor users;                ///< User id -> connections of this node.
  std::vector<caf::actor> polling; ///< One for each lane, in its order.
  caf::actor membership;           ///< Takes `survey` and `get_view`.
  std::string node;
  std::string incarnation;
  std::string version; ///< As told to clients.
  /// What backends read, on any lane: `api.read_bytes_per_second`.
  std::shared_ptr<shared_rate_bucket> api_reading =
      std::make_shared<shared_rate_bucket>();
};

} // namespace actors
