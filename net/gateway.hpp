#pragma once

#include "actors/client/api/api.hpp"
#include "actors/client/client_services.hpp"
#include "actors/client/emulation.hpp"
#include "actors/client/polling.hpp"
#include "actors/lane/lane.hpp"
#include "actors/room/audience/audience.hpp"
#include "net/session/send_batch.hpp"
#include "net/session/session_registry.hpp"
#include "net/websocket/deflate.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace net {

/// What sockets of one lane need of their node.
struct lane_gateway {
  lane_gateway(actors::lane& where, bool use_io_uring)
      : lane(&where), sends(where, use_io_uring) {}

  actors::lane* lane;
  actors::audience_ref audience;
  actors::api_ref api;
  actors::emulation_ref emulation;
  actors::polling_ref polling;
  session_registry sessions;
  send_batch sends;
  /// For WebSockets that compress; made for the first one.
  std::unique_ptr<deflater> deflate;
  std::unique_ptr<inflater> inflate;
  /// Where sockets read to, one after the other: an idle one holds no buffer.
  std::array<char, 16 * 1024> input;
};

/// What listeners need of their node. Outlives every socket.
struct gateway {
  const config::node_config* config = nullptr;
  const actors::client_services* services = nullptr;
  /// What the demo page signs tokens with; empty where it is off.
  std::string demo_key;
  std::vector<std::unique_ptr<lane_gateway>> lanes;

  /// The process answers. Set once everything was started.
  std::atomic<bool> live{false};
  /// Clients may come: the node has a view, and does not stop.
  std::atomic<bool> ready{false};
  std::atomic<bool> stopping{false};
  /// New clients should go elsewhere: an admin drains the node, and another one
  /// is there for them.
  std::atomic<bool> drained{false};

  std::atomic<std::uint64_t> view_number{0}; ///< 0: there is none yet.
  std::atomic<std::uint64_t> view_nodes{0};

  // Of the shards in that view (actors/cluster/coordinator/shard_census.hpp).
  std::atomic<std::uint32_t> shards_home{0};
  std::atomic<std::uint32_t> shards_without_home{0};
  std::atomic<std::uint32_t> shards_lacking_copies{0};
};

} // namespace net
