#pragma once

#include "actors/cluster/coordinator/cluster_rules.hpp"
#include "proto/link.pb.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace actors {

/// Who may hold shards.
struct cluster_members {
  std::map<std::string, roost::link::Member> by_name;
  /// Nodes, here or not, that an admin wants to have no shards.
  std::set<std::string> drained;
};

/// Where a shard's rooms are, and the copies of them. All are members.
struct shard_place {
  std::string home;                  ///< Empty for none.
  std::vector<std::string> standbys; ///< In sync. Sorted.
  std::vector<std::string> learners; ///< Being caught up. Sorted.

  bool holds(const std::string& node) const;
  bool operator==(const shard_place&) const = default;
};

/// One shard, as coordinators know it.
struct shard_record {
  using time_point = std::chrono::steady_clock::time_point;

  shard_place place;
  /// Holds the rooms and must hand them over to the home.
  std::string donor;
  std::uint64_t moved_in = 0; ///< The view that named this donor.
  std::uint64_t term = 0;     ///< The first view with `dated`.
  shard_place dated;
  std::uint64_t anew = 0; ///< The view in which it began without its rooms.
  /// Without a home: who was in sync last, and since when (here) nobody is.
  std::vector<roost::link::Holder> holders;
  time_point orphaned{};
  /// Who did not answer the home, and until when it gets no copy again.
  std::map<std::string, time_point> barred;
};

/// Which shard is where: what the coordinator knows of shards and decides about
/// them. Pure: see cluster_state.
class shard_table {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit shard_table(const cluster_rules& rules)
      : rules_(rules), shards_(rules.shards) {}

  /// Goes on from `view`, which is sound (view_check.hpp).
  void adopt(const roost::link::View& view, time_point now);

  // -- what members say; whether that changed anything ------------------------

  /// `node` has got the rooms of `shard` from their donor, as of view `view`.
  bool take_received(const std::string& node, std::uint32_t shard,
                     std::uint64_t view);

  /// `node` reports on the copies of a shard. Believed from its home, of the
  /// term that holds.
  bool take_report(const std::string& node,
                   const roost::link::CopiesReport& report, time_point now);

  /// `node` goes, with all that it holds.
  void take_leave(const std::string& node);

  // -- decisions --------------------------------------------------------------

  /// Decides who holds what in view `number` with these members. Whether the
  /// place of any shard is another than in the view before; what an operator
  /// should hear goes to `warnings`, as sentences.
  bool plan(const cluster_members& members, std::uint64_t number,
            time_point now, std::vector<std::string>& warnings);

  /// Writes the part of a view with these members that is about shards.
  void write(const cluster_members& members, roost::link::View& view) const;

private:
  cluster_rules rules_;
  std::vector<shard_record> shards_;
  /// Node -> incarnation, in the view before.
  std::map<std::string, std::string> incarnations_;
};

} // namespace actors
