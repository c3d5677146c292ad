#pragma once

#include "tests/simulation/cluster.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace simulation {

/// Clients that publish, each one thing after the other: again, to whatever
/// node, until it is acknowledged.
class publishers {
public:
  publishers(cluster& world, chance& random, trace& log, truth& checks,
             std::size_t count);

  /// To be called after each step.
  void act();

  /// Finishes what is under way and begins nothing more.
  void stop() { stopped_ = true; }

  /// One more from each room.
  void publish_everywhere();

  bool idle() const;

  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t attempts() const { return attempts_; }

private:
  struct publication {
    std::string room;
    std::string data;
    bool acknowledged = false;
    milliseconds begun{0};
  };

  struct client {
    std::shared_ptr<publication> current;
    milliseconds due{0};
  };

  /// Any node must answer in time, with an error at least.
  struct question {
    std::size_t node;
    std::uint64_t start;
    actors::lane::clock::time_point deadline; ///< Of the node's clock.
    std::string data;
  };

  std::shared_ptr<publication> make(const std::string& room);
  void send(client& x);
  void check_right(const publication& x, const actors::room_answer& answer,
                   std::size_t home);
  void on_answer(const std::shared_ptr<publication>& x, client& by,
                 const actors::room_answer& answer);
  void check_answers();

  cluster& world_;
  chance& chance_;
  trace& trace_;
  truth& truth_;
  std::vector<std::unique_ptr<client>> clients_;
  std::map<std::uint64_t, question> open_;
  std::uint64_t last_question_ = 0;
  std::uint64_t last_publication_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t attempts_ = 0;
  bool stopped_ = false;
};

} // namespace simulation
