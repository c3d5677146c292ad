#pragma once

#include "actors/room/room_log.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace room_test {

/// A log with a history of five, and a clock that the test moves.
class room_log_test : public testing::Test {
protected:
  room_log_test() {
    options.history_size = 5;
    options.history_ttl = std::chrono::seconds{60};
    options.history_meta_ttl = std::chrono::hours{24};
    limits.idempotency_keys = 3;
    limits.idempotency_ttl = std::chrono::seconds{30};
  }

  actors::room_log make() {
    return actors::room_log{options, limits, epochs, now};
  }

  static roost::link::Publish message(const std::string& data) {
    roost::link::Publish result;
    result.set_data(data);
    return result;
  }

  actors::room_log::published publish(actors::room_log& log,
                                      const std::string& data) {
    auto request = message(data);
    return log.publish(request, now);
  }

  actors::room_log::published publish(actors::room_log& log,
                                      roost::link::Publish request) {
    return log.publish(request, now);
  }

  actors::room_log unstarted() {
    return actors::room_log{options, limits, epochs};
  }

  actors::room_log::prepared make_prepared(actors::room_log& log,
                                           roost::link::Publish request) {
    return log.prepare(request, now);
  }

  /// Prepares, and puts in flight what comes of it.
  actors::room_log::prepared prepare(actors::room_log& log,
                                     roost::link::Publish request) {
    auto result = log.prepare(request, now);
    if (result.record)
      log.expect(*result.record);
    return result;
  }

  void publish_many(actors::room_log& log, int count) {
    for (int i = 0; i < count; ++i)
      publish(log, "data");
  }

  static std::vector<std::uint64_t>
  offsets(const std::vector<actors::publication_ptr>& from) {
    std::vector<std::uint64_t> result;
    for (const auto& x : from)
      result.push_back(x->offset());
    return result;
  }

  static std::vector<std::uint64_t>
  offsets(const actors::room_log::history_page& x) {
    return offsets(std::get<0>(x));
  }

  /// Restores a copy from a snapshot in pieces of `bytes`.
  actors::room_log moved(const actors::room_log& from,
                         std::size_t bytes = 1'000'000) {
    std::deque<roost::link::RoomSnapshot> pieces;
    from.snapshot("room", bytes, pieces);
    pieces_made = pieces.size();
    auto result = make();
    for (const auto& x : pieces)
      result.restore(x, now);
    result.restored();
    return result;
  }

  config::channel_options options;
  actors::room_log_limits limits;
  actors::epoch_source epochs = actors::random_epochs(1);
  actors::unix_time now{std::chrono::seconds{1'000'000}};
  std::size_t pieces_made = 0;
};

} // namespace room_test
