#pragma once

#include "actors/raft/raft_node.hpp"
#include "tests/raft/memory_storage.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace actors {

/// How rough a world is.
struct world_rules {
  std::size_t nodes = 3;
  raft_options options;
  double drop = 0;    ///< Of messages.
  double repeat = 0;  ///< Of messages.
  double detour = 0;  ///< Of messages: much later than the others.
  double trouble = 0; ///< Of steps: something breaks or heals.
  double propose = 0; ///< Of steps.
  /// Opens the storage of a node; without it, in memory.
  std::function<std::unique_ptr<raft_storage>(std::size_t)> storage;
  std::chrono::milliseconds max_delay{10};
  std::chrono::milliseconds max_tick{20}; ///< Between two ticks of a node.
};

/// The members of a group on one thread, under a clock and a chance of its
/// own: the same seed gives the same run.
///
/// After every step it checks that a term has one leader, that all members
/// apply the same commands in the same order, each once, and that no other
/// leads while one is promised to. What is wrong is in `wrong`.
class raft_world {
public:
  using ms = std::chrono::milliseconds;

  raft_world(std::uint64_t seed, world_rules rules);
  ~raft_world();

  /// Lets `time` pass, with trouble.
  void run(ms time);

  /// Ends all trouble for good and lets time pass until everybody has the same.
  /// Whether that came about within `time`.
  bool heal(ms time);

  // -- by hand ----------------------------------------------------------------

  raft_node* node(std::size_t i) { return members_[i].node.get(); }
  memory_disk& disk(std::size_t i) { return *members_[i].disk; }
  const std::string& state(std::size_t i) const { return members_[i].state; }
  void kill(std::size_t i);
  void start(std::size_t i);
  /// Whether what `from` sends reaches `to`.
  void cut(std::size_t from, std::size_t to, bool is_cut);
  void isolate(std::size_t i, bool is_isolated);
  void propose(std::size_t i);
  void propose(std::size_t i, std::string command);
  /// Which one leads; -1 for none.
  int leader() const;
  /// Lets time pass without new trouble until one leads, or fails the run.
  int elect(ms within = ms{5000});
  ms now() const { return now_; }

  // -- what happened ----------------------------------------------------------

  const std::vector<std::string>& wrong() const { return wrong_; }
  /// Everything that was observed, in one number.
  std::uint64_t trace() const { return trace_; }
  std::size_t committed() const { return acknowledged_.size(); }
  std::size_t decided() const { return decided_.size(); }
  std::size_t kills() const { return kills_; }
  std::size_t installs() const { return installs_; }
  std::size_t terms() const { return leaders_.size(); }
  const std::vector<proposal_result>& results() const { return results_; }

private:
  struct member {
    std::string name;
    std::shared_ptr<memory_disk> disk;
    std::unique_ptr<raft_node> node;
    std::string state; ///< A digest of all commands applied.
    std::uint64_t applied = 0;
    ms next_tick{0};
    ms resumes{0}; ///< Neither ticks nor hears before.
    ms restarts{0};
    std::uint64_t life = 0;
    bool failed = false;
  };

  struct letter {
    std::size_t from, to;
    std::string bytes;
  };

  struct decision {
    std::string command;
    std::string state;
  };

  std::unique_ptr<raft_storage> open_storage(std::size_t i);
  void step(bool trouble);
  void make_trouble();
  void deliver_due();
  void bury_failed();
  void send(std::size_t from, const std::string& to, std::string bytes);
  void apply(std::size_t i, std::uint64_t index, std::string_view command);
  void restore(std::size_t i, std::string_view state);
  void check(std::size_t i);
  void check_promises(std::size_t i);
  bool all_alike() const;
  void note(std::string_view what, std::uint64_t a, std::uint64_t b);
  void complain(const std::string& what);
  bool chance(double p);
  std::uint64_t below(std::uint64_t n);
  raft_node::clock::time_point clock() const;

  const world_rules rules_;
  std::mt19937_64 random_;
  std::vector<std::string> names_;
  std::vector<member> members_;
  std::multimap<ms, letter> mail_;
  std::set<std::pair<std::size_t, std::size_t>> cuts_;
  ms now_{100'000};
  std::map<std::uint64_t, decision> decided_;
  std::map<std::string, std::uint64_t> acknowledged_;
  std::map<std::uint64_t, std::size_t> leaders_;
  std::vector<proposal_result> results_;
  std::vector<std::string> wrong_;
  bool healing_ = false; ///< Nobody proposes of its own accord any more.
  std::uint64_t proposed_ = 0;
  std::uint64_t trace_ = 0;
  std::size_t kills_ = 0;
  std::size_t installs_ = 0;
};

} // namespace actors
