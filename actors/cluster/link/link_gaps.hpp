#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace actors {

/// The rooms whose events were dropped because the queue to a peer was full.
/// Bounded: beyond `limit` rooms it only remembers that all must resynchronise.
class link_gaps {
public:
  explicit link_gaps(std::size_t limit = 4096) : limit_(limit) {}

  /// Events of `room` for `lanes` (a bit mask) were dropped.
  void add(const std::string& room, std::uint64_t lanes) {
    if (all_)
      return;
    if (rooms_.size() >= limit_ && !rooms_.contains(room)) {
      all_ = true;
      rooms_.clear();
      return;
    }
    rooms_[room] |= lanes;
  }

  /// The lanes that missed events of `room`; forgets it. 0 for none.
  std::uint64_t take(const std::string& room) {
    auto node = rooms_.extract(room);
    return node.empty() ? 0 : node.mapped();
  }

  /// Any room and its lanes; forgets it.
  std::optional<std::pair<std::string, std::uint64_t>> take_any() {
    if (rooms_.empty())
      return std::nullopt;
    auto node = rooms_.extract(rooms_.begin());
    return std::pair{std::move(node.key()), node.mapped()};
  }

  /// Whether every room of the peer must resynchronise; forgets that.
  bool take_all() { return std::exchange(all_, false); }

  bool all() const { return all_; }
  bool empty() const { return !all_ && rooms_.empty(); }

  void clear() {
    rooms_.clear();
    all_ = false;
  }

private:
  std::size_t limit_;
  std::unordered_map<std::string, std::uint64_t> rooms_;
  bool all_ = false;
};

} // namespace actors
