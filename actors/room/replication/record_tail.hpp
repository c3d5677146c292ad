#pragma once

#include "actors/room/replication/room_record.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace actors {

/// Records of a shard by their number, without a hole.
class record_tail {
public:
  /// `first` is the number of the first record that will be appended.
  explicit record_tail(std::uint64_t first = 1) : first_(first) {}

  /// Number of the oldest record; `last() + 1` when there is none.
  std::uint64_t first() const { return first_; }

  /// Number of the newest record; `first() - 1` when there is none.
  std::uint64_t last() const { return first_ + entries_.size() - 1; }

  bool empty() const { return entries_.empty(); }
  std::size_t bytes() const { return bytes_; }

  const room_record& operator[](std::uint64_t number) const {
    return at(number).record;
  }

  /// What the record with `number` counts for in `bytes`.
  std::size_t bytes_of(std::uint64_t number) const { return at(number).bytes; }

  void append(room_record record) {
    const auto bytes = record.bytes();
    bytes_ += bytes;
    entries_.push_back({std::move(record), bytes});
  }

  void forget_before(std::uint64_t number) {
    for (; !empty() && first_ < number; ++first_) {
      bytes_ -= entries_.front().bytes;
      entries_.pop_front();
    }
  }

  void forget_from(std::uint64_t number) {
    while (!empty() && last() >= number) {
      bytes_ -= entries_.back().bytes;
      entries_.pop_back();
    }
  }

private:
  struct entry {
    room_record record;
    std::size_t bytes;
  };

  const entry& at(std::uint64_t number) const {
    assert(number >= first_ && number <= last());
    return entries_[static_cast<std::size_t>(number - first_)];
  }

  std::uint64_t first_;
  std::deque<entry> entries_;
  std::size_t bytes_ = 0;
};

} // namespace actors
