#pragma once

#include "actors/lane/lane_actor.hpp"

#include <caf/actor.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace actors {

/// Gives authenticated sockets to the transport of actor messages, and so makes
/// actors of two nodes see each other. Whoever dialled calls `dial`, the other
/// side calls `accept`; both take the socket over.
class hand_over_socket {
public:
  using on_peer = std::function<void(caf::expected<caf::actor>)>;

  virtual ~hand_over_socket() = default;

  /// The dialling side will get a handle to `published`.
  virtual void accept(int fd, const caf::actor& published) = 0;

  /// Calls back on the lane of `self`, once, with what the accepting side
  /// published, or with an error after `timeout` at the latest. Call from a
  /// handler of `self`.
  virtual void dial(int fd, lane_actor& self, std::chrono::milliseconds timeout,
                    on_peer done) = 0;
};

/// The same with CAF's own transport (BASP), which never listens itself. Uses
/// internals of CAF 0.17.6 that its own tests use; needs the middleman.
std::shared_ptr<hand_over_socket>
make_basp_hand_over(caf::actor_system& system);

} // namespace actors
