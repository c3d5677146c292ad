#pragma once

#include "actors/client/user_homes.hpp"
#include "actors/client/user_places.hpp"
#include "actors/client/users_messages.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "actors/node_requests.hpp"

#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace actors {

struct users_settings {
  std::string node;                        ///< This node's name.
  std::uint32_t user_connection_limit = 0; ///< 0: none.
  /// Whoever comes when a user has that many is let in for the oldest.
  bool replace_oldest = false;
  /// The same in the whole cluster; the rest is for it alone.
  std::uint32_t cluster_user_connection_limit = 0;
  std::string incarnation;
  std::uint32_t shards = 0; ///< Of the cluster.
};

/// Who is connected to this node: user id -> connections, and session ->
/// connection. Takes enter_user, leave_user and count_users, and answers
/// `ask_node` for commands that name a user, for those that name a session, and
/// for the list of connections.
///
/// Where users have a limit in the cluster, it asks the home of a user for each
/// of his connections, and keeps the places of those whose home is this node;
/// then it needs `view_changed`.
///
/// A connection leaves when it ends, however it ends (its on_exit says so), so
/// none is monitored; what is held are weak references.
class users final : public lane_actor {
public:
  /// Connections that one listing holds when it asks for no limit.
  static constexpr std::uint32_t default_listing = 1'000;

  users(caf::actor_config& cfg, users_settings settings);

  const char* name() const override { return "users"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  /// By age: ids are given in the order of spawning.
  using handles = std::map<caf::actor_id, caf::weak_actor_ptr>;

  void enter(const enter_user& x, const caf::strong_actor_ptr& who,
             caf::response_promise promise);
  bool admit(const enter_user& x, const caf::strong_actor_ptr& who);
  void leave(const leave_user& x, caf::actor_id who);
  void answer(const ask_node& question, caf::response_promise promise);
  void tell(const addressee& named, const ask_node& command,
            caf::response_promise promise);
  void end_oldest(const handles& of);
  void end_at(const std::string& node, const std::string& user,
              const std::string& client);
  node_answer take(const roost::link::UserPlaces& told);
  void on_view(const std::shared_ptr<const cluster_view>& now);
  void emulate(const ask_node& question, caf::response_promise promise);
  void list(const roost::link::Connections& wanted,
            caf::response_promise promise);
  std::vector<caf::actor> find(const std::string& user, std::size_t most,
                               bool& more) const;

  users_settings settings_;
  std::unordered_map<std::string, handles> by_user_;
  std::unordered_map<std::string, caf::weak_actor_ptr> by_session_;
  std::uint32_t connections_ = 0;

  // With a limit in the cluster.
  std::optional<user_places> places_;
  std::optional<user_homes> homes_;
  std::shared_ptr<const cluster_view> view_;
};

} // namespace actors
