#pragma once

#include "proto/link.pb.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace actors {

/// What the coordinator's decisions depend on.
struct cluster_rules {
  std::uint32_t shards = 256;
  /// Silence after which a member is dead.
  std::chrono::milliseconds failure_timeout{2000};
  /// How long a starting coordinator listens before its first view.
  std::chrono::milliseconds settle{1000};

  /// How often `tick` wants to be called.
  std::chrono::milliseconds tick_interval() const {
    return std::max(failure_timeout / 8, std::chrono::milliseconds{1});
  }
};

/// What an event leads to. Whoever feeds the events carries it out.
struct cluster_effects {
  /// There is a new view: send it to every member.
  bool new_view = false;
  /// Nodes that need the view that holds now (again).
  std::vector<std::string> send_view_to;
  /// Nodes that may not come in, and why, as a sentence.
  std::vector<std::pair<std::string, std::string>> refused;
  /// What an operator wants to know, as sentences.
  std::vector<std::string> notes;
  /// The same where something is wrong.
  std::vector<std::string> warnings;
};

/// Who is in the cluster and who has which shard: every decision of the
/// coordinator. No actor, clock or chance: the same events at the same times
/// give the same views.
///
/// Events name nodes as the links do. `now` never goes back.
class cluster_state {
public:
  using time_point = std::chrono::steady_clock::time_point;

  cluster_state(cluster_rules rules, time_point now);

  /// The view that holds; number 0 before the first.
  const roost::link::View& view() const { return view_; }

  /// Whether views of before the start are still being collected.
  bool settling() const { return settling_; }

  // -- events -----------------------------------------------------------------

  cluster_effects link_up(const std::string& node,
                          const std::string& incarnation, time_point now);
  cluster_effects link_down(const std::string& node, time_point now);
  cluster_effects join(const roost::link::Join& x, time_point now);
  cluster_effects heartbeat(const std::string& node,
                            const roost::link::Heartbeat& x, time_point now);
  cluster_effects leave(const std::string& node, time_point now);

  /// Time has passed: the end of the settle period, deaths.
  cluster_effects tick(time_point now);

private:
  struct member {
    roost::link::Member is;
    time_point heard{};
    /// It runs since a start that the view does not know yet.
    bool fresh = false;
  };

  /// `donor` holds the rooms of the shard and must hand them over to `home`.
  struct shard {
    std::string home;
    std::string donor;
    std::uint64_t moved_in = 0; ///< The view that named this donor.
  };

  bool admissible(const roost::link::Join& x, time_point now,
                  cluster_effects& out) const;
  bool linked(const member& x) const;
  void rejoin(member& known, const roost::link::Join& x, time_point now,
              cluster_effects& out);
  void end_settling(time_point now, cluster_effects& out);
  void adopt_base(time_point now, cluster_effects& out);
  bool take_received(const std::string& node, const roost::link::Heartbeat& x);
  bool bury_the_dead(time_point now, cluster_effects& out);
  void forgive_own_pause(time_point now, cluster_effects& out);
  void make_view(cluster_effects& out);
  void forget_lost_members();
  void move_shards();
  void write_view();

  cluster_rules rules_;
  time_point start_;
  time_point ticked_;
  bool settling_ = true;
  roost::link::View base_; ///< The highest seen while settling.
  std::map<std::string, member> members_;
  std::map<std::string, std::string> links_; ///< Node -> incarnation, if up.
  std::vector<shard> shards_;
  std::uint64_t number_ = 0;
  roost::link::View view_;
};

} // namespace actors
