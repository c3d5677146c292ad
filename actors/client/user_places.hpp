#pragma once

#include "actors/lane/counter.hpp"
#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace actors {

struct user_places_settings {
  std::uint32_t limit = 0; ///< Connections of one user in the cluster; not 0.
  /// Whoever comes when a user has that many is let in for the oldest.
  bool replace_oldest = false;
  std::uint32_t shards = 0; ///< Of the cluster.
};

/// The places that this node keeps as the home of users: who is connected how
/// often in the whole cluster. A user without connection leaves nothing.
///
/// Places at a node that can't be reached refuse nobody: its clients are on
/// their way to other nodes. They go when the node leaves the view.
class user_places {
public:
  /// Ends the connection `client` of `user` at `node`.
  using end_connection =
      std::function<void(const std::string& node, const std::string& user,
                         const std::string& client)>;

  /// `held`, the number of places, outlives this.
  user_places(user_places_settings settings, gauge& held, end_connection end);

  /// Forgets places of nodes that have gone, and of shards of other homes.
  void on_view(const cluster_view& now);

  roost::link::UserPlacesResult take(const roost::link::UserPlaces& told);

private:
  struct node {
    std::string name;
    std::string incarnation;
    bool reachable = true;
    std::uint64_t places = 0;
  };

  /// By age, as far as the clocks of nodes agree.
  using age = std::pair<std::int64_t, std::string>; ///< When, and client id.
  using places_of_user = std::map<age, node*>;
  using places_of_shard = std::unordered_map<std::string, places_of_user>;

  node* sender_of(const roost::link::UserPlaces& told);
  bool take(const roost::link::UserPlace& told, node& from,
            places_of_shard& among);
  bool admits(const places_of_user& places) const;
  void end_surplus(const std::string& user, const places_of_user& places,
                   const age* newcomer);
  std::uint64_t reachable(const places_of_user& places) const;
  bool is_home_of(std::uint32_t shard) const;
  void forget(places_of_shard& of, const node& whose);
  void forget(places_of_shard& of);
  void erase(places_of_user& of, places_of_user::iterator at);

  user_places_settings settings_;
  gauge& held_;
  end_connection end_;
  std::vector<bool> home_of_;           ///< By shard, in the view that holds.
  std::vector<places_of_shard> shards_; ///< By number.
  std::map<std::string, node> nodes_;   ///< Members, this node among them.
  bool all_reachable_ = true;
};

} // namespace actors
