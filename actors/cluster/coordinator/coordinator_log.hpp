#pragma once

#include "actors/cluster/coordinator/cluster_rules.hpp"
#include "actors/raft/raft_node.hpp"
#include "actors/raft/raft_storage.hpp"
#include "proto/link.pb.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace actors {

/// What a coordinator does for its log. Called in the middle of a call of it.
struct coordinator_log_hooks {
  /// Sends bytes to the coordinator that advertises `to`. May lose them.
  std::function<void(const std::string& to, std::string bytes)> send;
  /// The group has decided on `view`. Numbers only rise.
  std::function<void(const roost::link::View& view)> decided;
  /// `leads` or `term` has another answer now.
  std::function<void()> changed;
  /// It has ended; `why` is a sentence.
  std::function<void(const std::string& why)> failed;
};

/// The views that the coordinators decide on together, by majority: one of
/// them leads and proposes.
///
/// Coordinators are known to each other by the addresses that they advertise:
/// these are in every node's configuration, and a peer proves its own when it
/// connects. A coordinator that gets another address is another one.
class coordinator_log {
public:
  using clock = raft_node::clock;

  struct settings {
    cluster_rules rules;
    std::vector<std::string> coordinators; ///< What they advertise.
    std::string self;                      ///< The same of this one.
    std::string folder; ///< Of its file; empty: it remembers nothing.
    /// Numbers for elections; none: real chance.
    std::function<std::uint64_t()> chance;
    /// In place of what `folder` says; for tests.
    std::function<std::unique_ptr<raft_storage>()> storage = nullptr;
  };

  /// Begins from what is stored. Throws storage_error, with a sentence, when
  /// that cannot be used, and std::invalid_argument when `self` is none of the
  /// coordinators.
  coordinator_log(settings x, clock::time_point now);

  /// From now on the hooks are called; first with the last view, if any.
  void start(coordinator_log_hooks hooks);

  /// Calls no hook any more.
  void stop();

  /// How often `tick` wants to be called.
  std::chrono::milliseconds tick_interval() const;
  void tick(clock::time_point now);

  /// Takes what `send` was given by the coordinator that advertises `from`.
  void deliver(const std::string& from, const std::string& bytes,
               clock::time_point now);

  /// Asks for `view` to be decided. `refused` is called, now or later, when
  /// that can't be said any more; it may be decided nevertheless if this one
  /// does not lead then.
  void propose(const roost::link::View& view, std::function<void()> refused);

  bool leads() const { return raft_->leads(); }
  std::uint64_t term() const { return raft_->term(); }

  /// What the coordinator that leads advertises; empty when that is unknown.
  std::string leader() const { return raft_->leader(); }

  /// Whether no other coordinator can decide at `now`.
  bool leads_alone(clock::time_point now) const;

private:
  void apply(std::string_view bytes);

  const settings settings_;
  const raft_options options_;
  coordinator_log_hooks hooks_;
  roost::link::View last_;
  std::unique_ptr<raft_node> raft_;
};

/// Starts the log of the coordinator that `x` describes, and says in the log
/// of the process when it will not outlive it.
std::shared_ptr<coordinator_log>
open_coordinator_log(coordinator_log::settings x,
                     coordinator_log::clock::time_point now);

} // namespace actors
