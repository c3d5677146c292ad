#pragma once

#include "actors/cluster/coordinator/placement.hpp"
#include "actors/cluster/coordinator/shard_table.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace actors {

/// One decision about all shards: what follows from who is there now.
///
/// A standby has everything that was ever acknowledged, so only a standby
/// takes the place of a home that is lost, and a home moves to where there is
/// a standby. Copies are made by learners, which home reports turn into
/// standbys (shard_table::take_report); nothing else makes one.
class shard_planner {
public:
  using time_point = shard_table::time_point;

  /// Changes `shards`. `incarnations`: of the members of the view before.
  shard_planner(const cluster_rules& rules, const cluster_members& members,
                const std::map<std::string, std::string>& incarnations,
                std::vector<shard_record>& shards, std::uint64_t number,
                time_point now);

  /// Whether any shard is elsewhere than before.
  bool run(std::vector<std::string>& warnings);

private:
  /// What a member has, for comparison with others.
  struct load {
    std::uint32_t weight = 0;
    bool takes_shards = false;
    std::uint32_t homes = 0;
    std::uint32_t copies = 0;
    std::map<std::string, std::uint32_t> copies_of; ///< The same, by home.
  };

  /// What was found out about a shard in this run.
  struct finding {
    bool restarted = false; ///< A holder lost what it had, under the same name.
    bool settled = false;   ///< It has a home since just now: no other move.
    std::optional<std::string> target; ///< Where its home should be.
  };

  // -- homes that are lost ----------------------------------------------------

  bool survives(const std::string& node) const;
  bool restarted(const std::string& node) const;
  std::vector<roost::link::Holder> holders_of(const shard_place& x) const;
  void remove_lost(std::size_t i);
  void lose(std::size_t i, std::vector<roost::link::Holder> in_sync);
  void begin_anew(shard_record& s) const;
  void count_loads();
  void replace_home(std::size_t i);
  void wait_for_holders(std::size_t i);

  // -- homes that should be elsewhere -----------------------------------------

  void place_homes();
  void move_home(std::size_t i, const std::string& to);
  void promote(std::size_t i, const std::string& to);
  const std::string& preferred(const shard_record& s) const;
  /// The one with the fewest homes for its weight, if any takes shards.
  const std::string* best_home(const std::vector<std::string>& nodes) const;

  // -- copies (copies.cpp) ----------------------------------------------------

  void place_copies();
  std::uint32_t wanted(const shard_record& s) const;
  std::uint32_t lasting(const std::vector<std::string>& copies) const;
  void trim(shard_record& s);
  template <class Predicate>
  void drop_if(std::vector<std::string>& copies, Predicate drops);
  void add_missing(std::uint32_t have);
  void even_out();
  bool learn(shard_record& s, const std::string& node);
  const std::string* heaviest(const std::vector<std::string>& copies) const;
  enum class lightness { of_copies, of_copies_of_home };
  const std::string* lightest_without(const shard_record& s,
                                      lightness by) const;

  bool date();

  const cluster_rules& rules_;
  const std::map<std::string, roost::link::Member>& members_;
  const std::map<std::string, std::string>& incarnations_;
  std::vector<shard_record>& shards_;
  const std::uint64_t number_;
  const time_point now_;

  std::map<std::string, load> loads_; ///< By member.
  std::uint32_t takers_ = 0;          ///< Members that take shards.
  std::vector<finding> found_;
  std::size_t orphans_ = 0;    ///< New ones.
  std::size_t given_up_ = 0;   ///< Start again without their rooms.
  std::size_t moves_left_ = 0; ///< Learners that may still be added.
};

} // namespace actors
