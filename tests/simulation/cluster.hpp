#pragma once

#include "tests/simulation/node.hpp"
#include "tests/simulation/truth.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace simulation {

/// A whole cluster on one thread, step by step: chance says which node works
/// and which message arrives next.
class cluster {
public:
  /// `run_others` runs the actors that have no lane.
  cluster(caf::actor_system& system, std::function<bool()> run_others,
          const plan& how, chance& random, trace& log, truth& checks);
  ~cluster();

  /// A few milliseconds.
  void step();

  milliseconds now() const { return now_; }
  const plan& how() const { return plan_; }

  // -- nodes ------------------------------------------------------------------

  std::size_t size() const { return slots_.size(); }
  const std::string& name(std::size_t i) const { return slots_[i].name; }
  bool lives(std::size_t i) const { return slots_[i].process != nullptr; }
  bool paused(std::size_t i) const { return slots_[i].paused; }

  /// Has had time, since it was woken, for what came before and while it slept:
  /// a request may wait here, and then at another node.
  bool caught_up(std::size_t i) const {
    return now_ - slots_[i].woken >= 2 * plan_.request_timeout;
  }

  /// Lives and is not paused.
  bool works(std::size_t i) const { return lives(i) && !paused(i); }
  std::vector<std::size_t> working() const;

  /// Of a node that lives.
  node& at(std::size_t i) { return *slots_[i].process; }

  /// Tells one start of a node from the others; 0 when it does not live.
  std::uint64_t start_of(std::size_t i) const {
    return lives(i) ? slots_[i].starts : 0;
  }

  void start(std::size_t i);
  void kill(std::size_t i, bool silent);
  void pause(std::size_t i);
  void wake(std::size_t i);

  /// The node hands over, leaves and ends, or is killed meanwhile.
  void leave(std::size_t i);

  /// Orders of a working coordinator, if there is one, that node `i` be
  /// drained, or that this be undone.
  void drain(std::size_t i, bool undo);

  slow_network& network() { return *network_; }

  // -- what to see ------------------------------------------------------------

  /// What is missing for all nodes to be in one view, with a home and standbys
  /// for each shard; empty when nothing is.
  std::string unsettled() const;

  /// Which queue of a node is longer than it may be; empty when none is. With
  /// `at_rest` there is to be nothing in them.
  std::string beyond_bounds(bool at_rest);

  std::uint64_t highest_view() const { return highest_view_; }

  /// Nodes that are drained in the newest view.
  std::vector<std::size_t> drained() const;

  /// Fails where a coordinator leaves an order without an answer.
  void check_orders();

  /// Whether the home that node `i` knows of is not that of the newest view.
  bool knows_home_of_before(std::size_t i, const std::string& room);

private:
  struct slot {
    std::string name;
    std::unique_ptr<node> process;
    std::uint64_t starts = 0;
    bool paused = false;
    milliseconds slept{0};
    milliseconds woken{-60'000};
    bool gone = false; ///< It has left: its process is to end.
    std::shared_ptr<actors::memory_disk> disk;
  };

  struct open_order {
    std::size_t coordinator;
    std::uint64_t start;
    actors::lane::clock::time_point deadline;
  };

  void on_view(std::size_t i, const view_ptr& now);
  void poll(std::size_t i);
  void deliver();
  void end(slot& x, bool silent);

  caf::actor_system& system_;
  std::function<bool()> run_others_;
  const plan& plan_;
  chance& chance_;
  trace& trace_;
  truth& truth_;
  std::shared_ptr<slow_network> network_;
  std::vector<slot> slots_;
  milliseconds now_{0};
  std::map<std::uint64_t, std::string> views_; ///< Serialised, by number.
  std::uint64_t highest_view_ = 0;
  view_ptr newest_; ///< Of that number.
  std::map<std::uint64_t, open_order> orders_;
  std::uint64_t last_order_ = 0;
};

} // namespace simulation
