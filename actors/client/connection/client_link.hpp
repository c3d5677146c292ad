#pragma once

#include "proto/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace actors {

/// How far a client has come with what was handed to its link.
struct client_flow {
  std::uint64_t queued = 0; ///< Bytes since the start.
  std::uint64_t taken = 0;  ///< Of those, what its side has acknowledged.
};

/// The way out to a client, as its connection actor sees it; net/ implements
/// it for each transport. All calls on the lane of the socket.
class client_link {
public:
  virtual ~client_link() = default;

  /// Queues a frame; it is written at the end of the turn, or at once where
  /// more than `client.queue_max_size` waits. Ignored after `close`.
  virtual void send(const proto::frame_ptr& frame) = 0;

  /// Bytes handed to `send` and not yet taken by the kernel.
  virtual std::size_t queued_bytes() const = 0;

  /// Calls the connection's `on_drained`, once, when fewer than `bytes` are
  /// queued: not within this call. The highest mark that is set counts.
  virtual void tell_when_below(std::size_t bytes) = 0;

  virtual client_flow flow() = 0;

  /// The client has proved who it is: its bounds are those of `[client]` and
  /// `[websocket]` now, no more those of a stranger.
  virtual void admit() = 0;

  /// Ends the connection: writes what is queued if `flush`, then says `code`
  /// and `reason` as the transport does, then closes, with a grace period for
  /// a peer that does not answer. Code 0 closes without a word.
  virtual void close(std::uint32_t code, std::string_view reason,
                     bool flush) = 0;

  /// Stops or goes on reading commands (a client that is ahead of us).
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
};

} // namespace actors
