#pragma once

#include "actors/lane/counter.hpp"
#include "actors/lane/deadline_queue.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/lane/lane_timer.hpp"
#include "actors/messages.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace actors {

struct user_homes_settings {
  std::string node;
  std::string incarnation;
  std::uint32_t shards = 0; ///< Of the cluster.
};

/// The way from the connections of this node to the homes of their users, which
/// count places (user_places.hpp): asks for a place for each connection, says
/// when it has ended, and tells all of them to a node that becomes home.
///
/// Each home has one request under way, and what comes meanwhile goes with the
/// next. A home that does not answer within `patience` lets everybody in, from
/// then on without waiting, until it answers; then it is told who is there.
class user_homes {
public:
  /// How long a connection waits for a place.
  static constexpr std::chrono::seconds patience{1};
  /// What one request holds at most; of bytes, once it has one place.
  static constexpr int max_places = 256;
  static constexpr std::size_t max_bytes = 64 * 1024;

  using decided = std::function<void(bool granted)>;

  /// `let_in`: those that came in without the word of a home. Both outlive
  /// this.
  user_homes(lane_actor& self, user_homes_settings settings, counter& let_in);

  /// Calls `done` once, maybe before this returns. From then on until `leave`,
  /// unless it was refused, the connection has a place.
  void ask(const std::string& user, const std::string& client,
           std::int64_t connected_ms, decided done);

  /// The connection has ended. Harmless for one that has no place.
  void leave(const std::string& user, const std::string& client);

  void on_view(std::shared_ptr<const cluster_view> view);

private:
  using time_point = lane::clock::time_point;

  /// A connection with a user, once it has asked.
  struct entry {
    std::string user;
    std::string client;
    std::int64_t connected_ms = 0;
    std::uint32_t shard = 0;
    bool told = false; ///< The home may count it.
    bool gone = false;
    decided waiting; ///< For the answer of the home; none once it is in.
  };
  using entry_ptr = std::shared_ptr<entry>;

  struct shard {
    std::string home; ///< Empty: there is none.
    std::unordered_map<std::string, entry_ptr> entries; ///< By client.
    std::deque<entry_ptr> news; ///< Not told to the home yet, in order.
    bool anew = false;          ///< The home has to forget what it knows.
    bool resting = false;       ///< The home has another view: until later.
    std::uint64_t telling = 0;  ///< Goes up when all is told again.
  };

  enum class phase : std::uint8_t {
    silent, ///< It did not answer, and is told nothing.
    probed, ///< It did not answer before; it is told all again.
    answers,
  };

  struct home {
    std::string incarnation;
    user_homes::phase phase = user_homes::phase::answers;
    std::set<std::uint32_t> shards; ///< Those that have news for it.
    std::uint64_t under_way = 0;    ///< Number of a batch; 0: none.
    /// For the answer; when silent, for the next attempt.
    time_point due = time_point::max();
  };

  /// What one request says.
  struct batch {
    std::string home;
    std::uint64_t number = 0;
    /// In order, each with `telling` of its shard at that time.
    std::vector<std::pair<entry_ptr, std::uint64_t>> places;
  };

  std::uint32_t shard_number(const std::string& user) const;
  bool waits_for(const shard& x) const;
  void let_in(entry& x);

  // -- what there is to tell --------------------------------------------------

  void tell(const entry_ptr& news);
  void tell_anew(std::uint32_t number);
  void rest(std::uint32_t number);
  void resume(std::uint32_t number);

  // -- requests ---------------------------------------------------------------

  void send(const std::string& name);
  std::shared_ptr<roost::link::NodeRequest> write(home& to, batch& sent);
  static bool write(entry& x, roost::link::UserPlaces& out);
  caf::actor way_to(const std::string& name) const;
  void on_answer(const batch& sent, const roost::link::NodeReply* reply);
  void take(const batch& sent, const roost::link::UserPlacesResult& result);
  void fail(const std::string& name, home& x);
  void retry(const std::string& name, home& x);

  void on_timer();
  void arm();
  time_point now() const { return self_.home_lane().now(); }

  lane_actor& self_;
  user_homes_settings settings_;
  counter& let_in_;
  std::shared_ptr<const cluster_view> view_; ///< Null until there is one.
  std::vector<shard> shards_;                ///< By number.
  std::map<std::string, home> homes_;        ///< By name, in the view.
  deadline_queue<entry_ptr> waiting_;
  deadline_queue<std::uint32_t> resting_;
  std::uint64_t last_batch_ = 0;
  lane_timer timer_;
};

} // namespace actors
