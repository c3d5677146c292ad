#pragma once

#include "actors/lane/lane_metrics.hpp"

#include <cstddef>
#include <memory>

namespace actors {

/// Commands that came to a lane in requests of their own and wait until their
/// sessions, which may be anywhere, take them. Who sends some is a stranger
/// until then, so all of a lane share one bound, which is kept in the lane's
/// gauge of them.
class commands_under_way {
public:
  /// Bytes of a lane.
  static constexpr std::size_t limit = 4 * 1024 * 1024;

  /// `counts` are the lane's, and outlive every share.
  explicit commands_under_way(lane_metrics& counts) : counts_(counts) {}

  class share;

  /// A request that names a session came; `here`: one of this node.
  void count_request(bool here);

  /// Counts so many bytes until the share is gone; null where they are too
  /// many.
  std::shared_ptr<const share> take(std::size_t bytes);

private:
  lane_metrics& counts_;
};

class commands_under_way::share {
public:
  share(gauge& of, std::size_t bytes);
  ~share();
  share(const share&) = delete;
  share& operator=(const share&) = delete;

private:
  gauge& of_;
  std::int64_t bytes_;
};

} // namespace actors
