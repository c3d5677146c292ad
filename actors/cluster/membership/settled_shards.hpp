#pragma once

#include "proto/link.pb.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace actors {

/// Which hand-overs to this node are done and not yet known to the coordinator:
/// what heartbeats report until a view has no donor for the shard.
class settled_shards {
public:
  /// A new view holds.
  void install(const roost::link::View& view, const std::string& self);

  /// The shard has what its donor had, as of view `view`.
  void add(std::uint32_t shard, std::uint64_t view);

  /// Shards to report with a heartbeat of the view that holds.
  std::vector<std::uint32_t> received() const;

private:
  struct move {
    std::string donor;
    std::uint64_t since = 0; ///< The first view that we saw this donor in.
    bool done = false;
  };

  std::map<std::uint32_t, move> moves_; ///< Towards this node.
};

} // namespace actors
