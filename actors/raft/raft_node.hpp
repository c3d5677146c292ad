#pragma once

#include "actors/raft/raft_group.hpp"
#include "actors/raft/raft_options.hpp"
#include "actors/raft/raft_storage.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace actors {

/// How a proposal ended.
enum class proposal_end {
  committed,       ///< Decided and applied here; no member will forget it.
  not_leader,      ///< Not taken: ask `leader`, if known, or try again.
  lost_leadership, ///< Unknown: it may still be decided, or never.
  too_many,        ///< Not taken: raft_options::max_waiting wait already.
  unfit,  ///< Not taken: empty, or over raft_options::max_command_bytes.
  failed, ///< Unknown: this member has ended.
};

struct proposal_result {
  proposal_end end = proposal_end::failed;
  std::uint64_t index = 0; ///< Where it was decided, when committed.
  std::string leader;      ///< Whom to ask, when not_leader; empty: unknown.
};

/// What a member needs from whoever owns it. Called on the owner's thread, in
/// the middle of a call of the node unless it says otherwise.
struct raft_hooks {
  /// Sends bytes to the member with this name. May lose, repeat and reorder.
  std::function<void(const std::string& to, std::string bytes)> send;

  /// A command was decided. Every member gets the same commands in the same
  /// order, each once in a run, also those that it proposed itself.
  std::function<void(std::uint64_t index, std::string_view command)> apply;

  /// The whole state that the commands applied so far have led to.
  std::function<std::string()> snapshot;

  /// Replaces the whole state by one that `snapshot` gave, on whatever member.
  /// Bytes that it cannot take are an exception, which ends this member.
  std::function<void(std::string_view state)> restore;

  /// `leader`, `leads` or `term` has another answer now. After the call.
  std::function<void()> changed;

  /// This member has ended; `why` is a sentence. After the call.
  std::function<void(const std::string& why)> failed;

  /// Numbers for the election timer; without it, real chance.
  std::function<std::uint64_t()> random;
};

/// One member of a coordinator group: a log of commands that survives the
/// death of any minority of its members, and of all of them at once.
///
/// All of it runs on one thread, and it has none of its own: time passes when
/// the owner says so, messages come through `deliver`. Writes are synchronous.
/// A hook may call `propose` and `barrier`, nothing else that changes the node.
///
/// A member whose storage fails ends (`failed`): it can only be made anew.
class raft_node {
public:
  using clock = std::chrono::steady_clock;
  using done = std::function<void(const proposal_result&)>;

  /// Begins from what is stored, through `restore` and `apply`, or stores the
  /// first state of a new member. Throws storage_error, with a sentence, when
  /// what is stored is damaged or another member's or group's, and
  /// std::invalid_argument when `self` is no member or an option has no sense.
  raft_node(raft_group group, const std::string& self,
            std::unique_ptr<raft_storage> storage, raft_options options,
            raft_hooks hooks, clock::time_point now);

  /// Proposals that wait end as `failed`.
  ~raft_node();

  raft_node(const raft_node&) = delete;
  raft_node& operator=(const raft_node&) = delete;

  /// Moves the time, never back. A few times in each heartbeat.
  void tick(clock::time_point now);

  /// Takes what `send` was given by the member named `from`. Junk is refused.
  /// `now` is the time at which it is handled: after a pause, a member must not
  /// take what waited for older than it is.
  void deliver(const std::string& from, std::string_view bytes,
               clock::time_point now);

  /// Asks for `command` to be decided. `on_done` is called once, when the end
  /// is known: in this call or a later one.
  void propose(std::string command, done on_done);

  /// Ends as `committed` when all that was decided before is applied here, and
  /// this member was still the leader after it asked.
  void barrier(done on_done);

  /// Whether this member is the leader and has applied all that was decided
  /// before. Only then are commands taken from it at once.
  bool leads() const;

  /// The name of the leader; empty when unknown.
  std::string leader() const;

  /// Until when no other member can lead: a majority heard this one and elects
  /// nobody for the election timeout. None when it does not lead. Clocks may
  /// differ, but must run at the same pace.
  ///
  /// What must end before another leader may decide (the lease of a home) ends
  /// before this.
  std::optional<clock::time_point> leads_until() const;

  std::uint64_t term() const;
  std::uint64_t commit_index() const;
  std::uint64_t last_applied() const;

  /// Frames that were refused since the start.
  std::uint64_t refused_frames() const;

  /// Why it has ended; empty while it runs.
  const std::string& failure() const;

  const raft_group& group() const;
  const std::string& self() const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace actors
