#pragma once

#include "actors/room/replication/replication_copy.hpp"
#include "actors/room/replication/replication_home.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace replication_test {

using actors::replication_copy;
using actors::replication_home;
using actors::room_log;
using actors::room_record;

/// What the coordinator of the test says of the shard.
struct shard_view {
  std::string home;
  std::string donor;
  actors::shard_copies copies;
};

/// A node of the test: home of the shard, or a copy, or neither.
struct node {
  std::string name;
  std::uint64_t life = 0; ///< Counts its starts.
  std::size_t views_seen = 0;
  std::map<std::string, room_log> logs; ///< At the home.
  std::optional<replication_home> home;
  std::uint64_t homes = 0; ///< Names the `home` of the moment.
  std::unique_ptr<replication_copy> copy;
  bool awaits_tail = false;
};

struct packet {
  std::string from;
  std::uint64_t life = 0;                             ///< Of the receiver.
  std::shared_ptr<roost::link::ShardRequest> request; ///< Null: a reply.
  std::uint64_t homes = 0;
  std::uint64_t ticket = 0;
  roost::link::ShardReply reply;
};

} // namespace replication_test
