#pragma once

#include <chrono>
#include <cstddef>

namespace actors {

/// What a member of a group may be told. All members should be told the same.
struct raft_options {
  /// A follower that hears nothing for this long, or up to twice as long,
  /// stands for election; a leader that reaches no majority for this long
  /// steps down. At least three heartbeats.
  std::chrono::milliseconds election_timeout{500};
  std::chrono::milliseconds heartbeat{100};
  /// After this a snapshot that was not acknowledged is sent again.
  std::chrono::milliseconds snapshot_retry{2000};

  /// Entries applied since the last snapshot before there is a new one, and
  /// entries before it that stay for members that are a little behind. Both at
  /// least 1. Together they bound log and file.
  unsigned snapshot_threshold = 1024;
  unsigned snapshot_trailing = 256;

  /// A longer command is refused.
  std::size_t max_command_bytes = 4 * 1024 * 1024;
  /// A longer snapshot ends the member: what is replicated must stay small.
  std::size_t max_snapshot_bytes = 32 * 1024 * 1024;
  /// Entries beyond this wait for the next message. One entry always goes.
  std::size_t max_append_bytes = 1024 * 1024;
  /// Commands and barriers that wait; more are refused.
  std::size_t max_waiting = 1024;
};

} // namespace actors
