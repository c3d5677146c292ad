#pragma once

#include "proto/link.pb.h"

#include <cstdint>
#include <map>
#include <memory>

namespace actors {

/// What the homes on this node say of their copies, and the coordinator may not
/// know yet: what heartbeats repeat until a view has another term for the
/// shard. At most one report for each shard.
class copy_reports {
public:
  using report = std::shared_ptr<const roost::link::CopiesReport>;

  /// Takes the place of what was said of that shard before. Whether there is
  /// something to tell now.
  bool add(report x);

  /// A new view holds.
  void install(const roost::link::View& view);

  void write(roost::link::Heartbeat& out) const;

private:
  std::map<std::uint32_t, report> reports_; ///< By shard.
};

} // namespace actors
