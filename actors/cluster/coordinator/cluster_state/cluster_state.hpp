#pragma once

#include "actors/cluster/coordinator/cluster_rules.hpp"
#include "actors/cluster/coordinator/shard_table.hpp"
#include "proto/link.pb.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace actors {

/// What an event leads to. Whoever feeds the events carries it out, once the
/// new view, if there is one, is decided.
struct cluster_effects {
  /// There is a new view: send it to every member.
  bool new_view = false;
  /// Nodes that need the view that holds now (again).
  std::vector<std::string> send_view_to;
  /// Nodes that may not come in, and why, as a sentence.
  std::vector<std::pair<std::string, std::string>> refused;
  /// The heartbeat extends the lease of who sent it.
  bool lease = false;
  /// What an operator wants to know, as sentences.
  std::vector<std::string> notes;
  /// The same where something is wrong.
  std::vector<std::string> warnings;
};

/// Who is in the cluster and who has which shard: every decision of the
/// coordinator that leads. No actor, clock or chance: the same events at the
/// same times give the same views.
///
/// It follows until `lead`: then it only notes who is there and what is decided
/// elsewhere. While it leads it is ahead of what is decided; `follow` takes it
/// back to that.
///
/// Events name nodes as the links do. `now` never goes back.
class cluster_state {
public:
  using time_point = std::chrono::steady_clock::time_point;

  cluster_state(cluster_rules rules, time_point now);

  /// The newest view, decided or about to be; number 0 before the first.
  const roost::link::View& view() const { return view_; }

  bool leads() const { return role_ != role::following; }

  /// Whether views of before are still being collected.
  bool settling() const { return role_ == role::settling; }

  // -- the group of coordinators ----------------------------------------------

  /// The group has decided on `view`, which is sound.
  void decided(const roost::link::View& view);

  /// This coordinator decides from now on. It goes on from the last view that
  /// was decided and takes every member for alive.
  cluster_effects lead(time_point now);

  /// It does not any more.
  void follow();

  // -- events -----------------------------------------------------------------

  cluster_effects link_up(const std::string& node,
                          const std::string& incarnation, time_point now);
  cluster_effects link_down(const std::string& node, time_point now);
  /// The process of that member has ended, for certain.
  cluster_effects gone(const std::string& node, const std::string& incarnation,
                       time_point now);
  cluster_effects join(const roost::link::Join& x, time_point now);
  cluster_effects heartbeat(const std::string& node,
                            const roost::link::Heartbeat& x, time_point now);
  cluster_effects leave(const std::string& node, time_point now);

  /// An admin wants `node` to have no shards, or to have its share again.
  /// Only while it leads and is not settling, and `refuses_to_drain` does not.
  cluster_effects drain(const std::string& node, bool undo, time_point now);

  /// Why `drain` may not be called, as a sentence; empty when it may.
  std::string refuses_to_drain(const std::string& node, bool undo) const;

  /// Time has passed: the end of the settle period, deaths, what was waited
  /// for.
  cluster_effects tick(time_point now);

private:
  enum class role : std::uint8_t { following, settling, leading };

  bool linked(const roost::link::Member& x) const;
  bool is_member(const roost::link::Member& x) const;

  // Who comes and goes.
  void take_join(const roost::link::Join& x, time_point now,
                 cluster_effects& out);
  bool admissible(const roost::link::Join& x, time_point now,
                  cluster_effects& out) const;
  void remember_from(const roost::link::Join& x, time_point now);
  void rejoin(roost::link::Member& known, const roost::link::Join& x,
              time_point now, cluster_effects& out);

  // Time (time.cpp).
  void end_settling(time_point now, cluster_effects& out);
  void adopt_base(time_point now, cluster_effects& out);
  bool is_gone(const std::string& node) const;
  bool bury_the_dead(time_point now, cluster_effects& out);
  void forgive_own_pause(time_point now, cluster_effects& out);
  void plan_what_is_due(time_point now, cluster_effects& out);

  void make_view(time_point now, cluster_effects& out);
  void write_view();

  cluster_rules rules_;
  time_point start_;
  time_point ticked_;
  role role_ = role::following;
  roost::link::View decided_; ///< The last.

  // What links and nodes say, whoever leads.
  std::map<std::string, std::string> links_; ///< Node -> incarnation, if up.
  std::map<std::string, std::string> gone_;  ///< Node -> incarnation.
  /// The last of each node that is linked.
  std::map<std::string, roost::link::Join> joins_;

  // While it leads.
  time_point leads_since_{};
  time_point settling_since_{};
  roost::link::View base_; ///< The highest seen while settling.
  cluster_members members_;
  std::map<std::string, time_point> heard_; ///< By member.
  shard_table shards_;
  std::uint64_t number_ = 0;
  roost::link::View view_;
};

} // namespace actors
