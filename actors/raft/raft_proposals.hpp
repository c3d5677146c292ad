#pragma once

#include "actors/raft/raft_engine/raft_engine.hpp"
#include "actors/raft/raft_node.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace actors {

/// What was proposed and has not ended.
///
/// One batch is under way at a time, the rest waits: the library commits only
/// when its newest entry is on a majority, so a leader that always appends
/// would never commit. A batch is one write and one message.
class raft_proposals {
public:
  explicit raft_proposals(const raft_options& options) : options_(options) {}

  void add(std::string command, raft_node::done on_done);
  void add_barrier(raft_node::done on_done);

  /// For a leader: ends what was applied, and appends what waits once nothing
  /// is under way.
  void advance(raft_engine& engine);

  /// There is no leader here: ends what waits and what was under way.
  void refuse_all(const std::string& leader);

  void end_all(proposal_end how);

  /// Calls those whose end is known.
  void tell();

  /// Whether any of the above has something to do now.
  bool has_work(const raft_engine& engine) const;

private:
  struct waiting {
    std::string command; ///< Empty for a barrier.
    raft_node::done on_done;
  };

  void add(waiting x);
  void end(raft_node::done on_done, proposal_result result);
  void end_under_way(proposal_end how);
  void append_batch(raft_engine& engine);

  const raft_options options_;
  std::deque<waiting> waiting_;
  std::multimap<std::uint64_t, raft_node::done> under_way_; ///< By index.
  std::uint64_t term_ = 0;                                  ///< Of those.
  std::vector<std::pair<raft_node::done, proposal_result>> ended_;
};

} // namespace actors
