#pragma once

#include "actors/messages.hpp"
#include "tests/support/stand_in.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace client_test_support {

/// Stands for all shards: a stand-in whose rooms follow a script. By default
/// every room exists, with epoch "E", and keeps what is published.
class fake_rooms {
public:
  struct room {
    std::string epoch = "E";
    std::vector<roost::client::Publication> history;
    std::map<std::string, roost::client::ClientInfo> presence;
    bool attached = false;
  };

  explicit fake_rooms(test_support::stand_in shard);

  const caf::actor& handle() const { return shard_.handle(); }

  /// What came since the last call, without attach and detach.
  std::vector<std::shared_ptr<roost::link::RoomRequest>> take();

  /// Every later request gets this error, until `heal`.
  void fail(std::uint32_t code) { state_->error = code; }
  void heal() { state_->error = 0; }

  /// Leaves later requests without answer, until `answer_all`.
  void hold();
  void answer_all();

  /// Says `data` in a room; returns its offset. Hand `events` to an audience.
  std::uint64_t publish(const std::string& name, const std::string& data,
                        const caf::actor& audience);

  room& operator[](const std::string& name) { return state_->rooms[name]; }

private:
  struct state {
    std::map<std::string, room> rooms;
    std::uint32_t error = 0;
    std::vector<std::shared_ptr<roost::link::RoomRequest>> seen;
  };

  static actors::room_answer answer(state& all, const actors::ask_room& x);

  test_support::stand_in shard_;
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

} // namespace client_test_support
