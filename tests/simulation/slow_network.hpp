#pragma once

#include "tests/cluster/support/fake_network.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/trace.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace simulation {

using std::chrono::milliseconds;

/// A network in which everything takes its time. Each direction of a connection
/// is in order, as with TCP, and what cannot get through waits until it can;
/// connections overtake each other.
class slow_network final : public test_support::fake_network {
public:
  slow_network(caf::actor_system& system, chance& random, trace& log,
               milliseconds longest)
      : fake_network(system), chance_(random), trace_(log), longest_(longest) {}

  void set_time(milliseconds now) { now_ = now; }

  /// Lets one message arrive that may arrive by now; who got it, or nobody.
  const std::string* deliver_one();

  /// Nothing gets from one to the other, without a word.
  void block(const std::string& from, const std::string& to);
  void unblock_all() { blocked_.clear(); }

  /// A node that takes nothing and says nothing; what it has said arrives.
  void pause(const std::string& node) { paused_.insert(node); }
  void wake(const std::string& node) { paused_.erase(node); }

  /// Ends all connections of a node that is gone. With `silent` nobody is told,
  /// and what was under way is lost: the machine has lost its power.
  void end(const std::string& node, bool silent);

protected:
  void carry(const way& where, cargo what, std::function<void()> go) override;
  void dropped(std::size_t connection) override;
  bool blocked(const std::string& from, const std::string& to) const override;

private:
  struct parcel {
    milliseconds due;
    cargo what;
    std::uint64_t content;
    std::function<void()> go;
  };

  struct channel {
    std::string from;
    std::string to;
    std::deque<parcel> parcels;
  };

  using channel_key = std::pair<std::size_t, bool>; // connection, direction

  milliseconds delay();

  chance& chance_;
  trace& trace_;
  milliseconds longest_;
  milliseconds now_{0};
  std::map<channel_key, channel> channels_; ///< Those with something in them.
  std::set<std::pair<std::string, std::string>> blocked_;
  std::set<std::string> paused_;
  std::string mute_; ///< Of whom nothing leaves just now.
};

} // namespace simulation
