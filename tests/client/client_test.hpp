#pragma once

#include "actors/client/client_services.hpp"
#include "actors/client/connection/connection.hpp"
#include "actors/room/audience/audience.hpp"
#include "actors/room/room_directory.hpp"
#include "cluster-config/node_config.hpp"
#include "tests/client/fake_rooms.hpp"
#include "tests/client/recording_link.hpp"
#include "tests/support/actor_test.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace client_test_support {

class client_test;

/// A client of a connection actor: what it says goes in as bytes, and what it
/// hears are the messages in the frames of its link.
class test_client {
public:
  test_client(client_test& world, caf::actor handle,
              std::shared_ptr<recording_link> link)
      : world_(&world), handle_(std::move(handle)), link_(std::move(link)) {}

  /// Sends one message and lets everything happen that follows.
  test_client& say(std::string_view bytes);

  /// The messages since the last call, one a line for JSON; the client's id is
  /// replaced by CLIENT.
  std::vector<std::string> hear();

  /// How it was closed; nothing while it is open.
  std::optional<recording_link::closing> closed() const {
    return link_->closed;
  }
  /// "3501 bad request", or "open".
  std::string ending() const;

  recording_link& link() { return *link_; }
  const caf::actor& handle() const { return handle_; }
  actors::connection& self() const;
  /// From the answer to its connect.
  const std::string& id() const { return id_; }

private:
  client_test* world_;
  caf::actor handle_;
  std::shared_ptr<recording_link> link_;
  std::string id_;
};

/// Connections with everything around them on one thread: a real audience and
/// users actor, fake rooms, and a stand-in for the membership.
///
/// Namespaces: "open" (everybody may everything, no state), "chat" (signed-in
/// users may everything; history, presence, join and leave, recovery),
/// "closed" (nobody may anything), "mine" (user-limited rooms).
class client_test : public test_support::actor_test {
public:
  using test_support::actor_test::advance;
  using test_support::actor_test::run;

protected:
  client_test();

  /// Spawns what connections need; after the test has changed `config`.
  void start();

  /// A client that has not said anything.
  test_client arrive(actors::client_origin origin = {});

  /// A client of `user` (empty: anonymous) that is connected.
  test_client connected(const std::string& user);

  static std::string token(const std::string& user, std::int64_t ttl = 0);
  static std::string sub_token(const std::string& user,
                               const std::string& channel,
                               std::int64_t ttl = 0);
  /// A token that ran out a minute ago.
  static std::string old_token(const std::string& user,
                               const std::string& channel = "");

  /// What a room tells the audience.
  std::uint64_t publish(const std::string& room, const std::string& data);

  actors::lane_metrics& metrics() { return lane().metrics(); }

  /// How many commands of a kind came.
  std::uint64_t commands(std::string_view kind);

  static constexpr std::string_view secret = "a secret of the tests, long";

  ::config::node_config config;
  actors::audience_settings audience_settings; ///< Changed before `start`.
  actors::client_services services;
  fake_rooms rooms;
  test_support::stand_in membership;
  caf::actor audience;
  caf::actor users;

private:
  std::optional<actors::token_verifier> tokens_;
  std::optional<actors::room_directory> directory_;
};

} // namespace client_test_support
