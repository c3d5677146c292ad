#pragma once

#include "actors/client/users_messages.hpp"
#include "actors/lane/lane_actor.hpp"
#include "actors/messages.hpp"
#include "actors/node_requests.hpp"

#include <caf/actor_control_block.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace actors {

struct users_settings {
  std::string node;                        ///< This node's name.
  std::uint32_t user_connection_limit = 0; ///< 0: none.
  /// Whoever comes when a user has that many is let in for the oldest.
  bool replace_oldest = false;
};

/// Who is connected to this node: user id -> connections, and session ->
/// connection. Takes enter_user, leave_user and count_users, and answers
/// `ask_node` for commands that name a user, for those that name a session, and
/// for the list of connections.
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

private:
  /// By age: ids are given in the order of spawning.
  using handles = std::map<caf::actor_id, caf::weak_actor_ptr>;

  bool admit(const enter_user& x, const caf::strong_actor_ptr& who);
  void leave(const leave_user& x, caf::actor_id who);
  void answer(const ask_node& question, caf::response_promise promise);
  void tell(const addressee& named, const ask_node& command,
            caf::response_promise promise);
  void end_oldest(const handles& of);
  void emulate(const ask_node& question, caf::response_promise promise);
  void list(const roost::link::Connections& wanted,
            caf::response_promise promise);
  std::vector<caf::actor> find(const std::string& user, std::size_t most,
                               bool& more) const;

  users_settings settings_;
  std::unordered_map<std::string, handles> by_user_;
  std::unordered_map<std::string, caf::weak_actor_ptr> by_session_;
  std::uint32_t connections_ = 0;
};

} // namespace actors
