#pragma once

#include "actors/raft/raft_c.hpp"
#include "actors/raft/raft_frame.hpp"
#include "actors/raft/raft_group.hpp"
#include "actors/raft/raft_options.hpp"
#include "actors/raft/raft_storage.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace actors {

/// What the state machine does for the engine. Called in the middle of a call
/// of the engine: nothing here may call it back. What they throw ends it.
struct raft_machine {
  std::function<void(std::uint64_t index, std::string_view command)> apply;
  std::function<std::string()> snapshot;
  std::function<void(std::string_view)> restore;
  /// A number for the election timer.
  std::function<std::uint64_t()> random;
};

/// The library and its I/O: all that knows C-Raft.
///
/// The library is driven so that it never has anything under way when a call
/// returns: the storage is synchronous, a message is sent once it is in the
/// outbox. That, a group that does not change, and the rules marked `guard`
/// in the sources are what version 0.15 needs to be safe.
///
/// A storage that fails, or a contradiction, ends the engine: `failure` says
/// why, nothing is sent or applied any more, and only a new one, from what is
/// stored, may go on.
class raft_engine {
public:
  struct outgoing {
    std::uint64_t to;
    std::string bytes;
  };

  raft_engine(const raft_group& group, const raft_member& self,
              raft_storage& storage, const raft_options& options,
              raft_machine machine);
  ~raft_engine();

  raft_engine(const raft_engine&) = delete;
  raft_engine& operator=(const raft_engine&) = delete;

  /// Loads what is stored, or stores the first state. Throws storage_error.
  void start(std::uint64_t now_ms);

  void tick(std::uint64_t now_ms);

  /// Takes a frame of the member `from`.
  void receive(std::uint64_t from, std::string_view bytes,
               std::uint64_t now_ms);

  /// Appends commands in one write. The first one gets the number
  /// `next_index`. Only for a leader.
  bool append(std::span<const std::string> commands);

  /// Appends an entry that does nothing. Only for a leader.
  bool append_barrier();

  /// Takes what is to be sent.
  std::vector<outgoing> take_outbox();

  const std::string& failure() const { return failure_; }
  bool leads() const { return raft_.state == RAFT_LEADER && failure_.empty(); }
  std::uint64_t leader() const;
  std::uint64_t term() const { return raft_.current_term; }
  std::uint64_t next_index();
  std::uint64_t commit_index() const { return raft_.commit_index; }
  std::uint64_t last_applied() const { return raft_.last_applied; }

  /// Whether this is the leader and has applied everything that was committed
  /// before it became that.
  bool ready() const;

  /// Frames refused: not ours, not sound, or impossible now.
  std::uint64_t refused() const { return refused_; }

  /// The latest time (ms) at which a majority, this member included, certainly
  /// followed this leader in its term; 0 for none.
  std::uint64_t followed_until() const;

private:
  friend struct raft_io_calls;
  friend struct raft_fsm_calls;

  /// The frame being handled, for the answer to it.
  struct answering {
    std::uint64_t to = 0;
    std::uint64_t term = 0;
    std::uint64_t sent_at = 0;
    std::uint64_t matches_until = 0;
  };

  void fail(std::string why);
  void settle();
  void load_or_create();
  bool possible(const roost::raft::RaftFrame& frame) const;
  void skip_snapshotted(roost::raft::AppendEntries& x) const;
  bool has_known_configuration(const roost::raft::RaftFrame& frame) const;
  void note_answer(const roost::raft::RaftFrame& frame);
  void post(const raft_message& message);

  const raft_group& group_;
  const raft_member& self_;
  raft_storage& storage_;
  const raft_options options_;
  const raft_limits limits_;
  const raft_machine machine_;
  /// What entry 1 of every member is: the group.
  const stored_entry first_entry_;

  raft_io io_{};
  raft_fsm fsm_{};
  raft raft_{};
  raft_io_tick_cb tick_ = nullptr;
  raft_io_recv_cb receive_ = nullptr;

  std::uint64_t now_ = 0;
  std::uint64_t started_at_ = 0;
  stored_state loading_; ///< While starting.
  std::uint64_t last_stored_ = 0;
  std::uint64_t barrier_term_ = 0; ///< Begun with the entry `barrier_index_`.
  std::uint64_t barrier_index_ = 0;
  answering answering_;
  std::vector<outgoing> outbox_;
  std::vector<std::pair<raft_io_send*, raft_io_send_cb>> sent_;
  /// Of the term `followed_term_`: when what a member last answered was sent.
  std::map<std::uint64_t, std::uint64_t> followed_;
  std::uint64_t followed_term_ = 0;
  std::uint64_t refused_ = 0;
  std::string failure_;
};

} // namespace actors
