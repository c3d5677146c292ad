#pragma once

#include <caf/actor.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace actors {

/// The shard of `room`, the same on every node and in every version: FNV-1a
/// (64 bit) with the finalizer of MurmurHash3, modulo `shard_count`.
std::uint32_t shard_of(std::string_view room, std::uint32_t shard_count);

/// The way to every room: one local shard actor for each shard, whether its
/// home is here or elsewhere. Constant from start to stop.
class room_directory {
public:
  explicit room_directory(std::vector<caf::actor> shards)
      : shards_(std::move(shards)) {}

  std::uint32_t shard_count() const {
    return static_cast<std::uint32_t>(shards_.size());
  }

  /// Where to send `ask_room` for `room`.
  const caf::actor& operator[](std::string_view room) const {
    return shards_[shard_of(room, shard_count())];
  }

  const std::vector<caf::actor>& shards() const { return shards_; }

private:
  std::vector<caf::actor> shards_;
};

} // namespace actors
