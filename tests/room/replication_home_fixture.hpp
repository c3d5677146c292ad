#pragma once

#include "actors/room/replication/replication_home.hpp"
#include "tests/room/make_record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace room_test {

/// One home, whose copies the test plays.
class replication_home_test : public testing::Test {
protected:
  actors::replication_home make() {
    return actors::replication_home{3, limits, source(), actors::record_tail{}};
  }

  actors::room_source source() {
    return {[this] {
              std::vector<std::string> names;
              for (const auto& [name, bytes] : rooms)
                names.push_back(name);
              return names;
            },
            [this](const std::string& room, std::size_t max,
                   std::deque<roost::link::RoomSnapshot>& out) {
              for (std::size_t left = rooms.at(room); left > 0;) {
                const auto bytes = std::min(left, max);
                auto& piece = out.emplace_back();
                piece.set_room(room);
                piece.set_epoch(std::string(bytes, 'x'));
                left -= bytes;
              }
            }};
  }

  void publish(actors::replication_home& home, int count = 1) {
    for (int i = 0; i < count; ++i)
      home.append(published("lobby", ++offset));
  }

  std::vector<std::uint64_t> commit(actors::replication_home& home) {
    std::vector<std::uint64_t> result;
    while (auto next = home.commit_next(lease))
      result.push_back(next->number);
    return result;
  }

  /// What goes to `to`; forgets the rest.
  std::vector<actors::replication_home::outgoing>
  sent(actors::replication_home& home, const std::string& to = "b") {
    auto all = home.to_send(now);
    std::erase_if(all, [&](const auto& x) { return x.to != to; });
    return all;
  }

  void answer(actors::replication_home& home,
              const actors::replication_home::outgoing& to,
              const roost::link::ShardReply& reply) {
    home.answered(to.to, to.ticket, reply, now);
  }

  /// Lets "b" have all that is sent.
  void accept(actors::replication_home& home) {
    for (const auto& x : sent(home)) {
      const auto& body = x.request->replicate();
      answer(home, x,
             x.request->has_copy_rooms()
                 ? done()
                 : has(body.first() + body.records_size() - 1));
    }
  }

  actors::replication_limits limits;
  std::map<std::string, std::size_t> rooms; // with their bytes
  actors::replication_home::time_point now{};
  std::uint64_t offset = 0;
  bool lease = true;
};

} // namespace room_test
