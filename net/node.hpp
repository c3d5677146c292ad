#pragma once

#include "cluster-config/node_config.hpp"

#include <memory>

namespace net {

/// A running node: wires lanes, actors, listeners and links as its
/// configuration says.
class node {
public:
  /// Binds every address and reads every certificate. Throws config::error
  /// with one line when something that the configuration names cannot be used;
  /// nothing listens then.
  explicit node(config::node_config config);
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Serves until SIGTERM or SIGINT, then stops gracefully: hands its shards
  /// over, tells its clients to go (3001) over `shutdown.spread`, leaves the
  /// view. A second signal ends the process at once with status 1. Returns the
  /// exit status.
  int run();

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace net
