#pragma once

#include "actors/auth/claims.hpp"
#include "actors/client/connection/subscription.hpp"
#include "actors/lane/counter.hpp"
#include "actors/lane/lane.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace actors {

/// The rooms that a connection is in, and those that it is on its way into:
/// their subscribe is under way at the audience.
class subscription_table {
public:
  using time_point = lane::clock::time_point;

  /// `active` counts the active ones of all connections of a lane.
  explicit subscription_table(gauge& active) : active_(active) {}

  std::size_t size() const { return by_room_.size(); }
  bool empty() const { return by_room_.empty(); }
  auto begin() const { return by_room_.begin(); }
  auto end() const { return by_room_.end(); }

  /// Null when there is none; stays until it is removed.
  subscription* find(std::string_view room);
  const subscription* find(std::string_view room) const;

  bool is_active(std::string_view room) const;
  bool is_under_way(std::string_view room) const;
  /// How many are under way.
  std::size_t under_way() const;

  /// Of the tags filters of all.
  std::size_t filter_bytes() const;

  /// Adds one that is under way; there must be none in the room.
  void add(std::string room, subscription entry);

  /// The audience has let it in.
  void activate(subscription& entry);

  /// Forgets the one in `room`, if there is one.
  void remove(std::string_view room);

  /// When the first one ends unless it is refreshed; max: never. Only active
  /// ones end: those under way have an answer to come.
  time_point next_due() const;

  /// The rooms of those whose time has come, in order.
  std::vector<std::string> due(time_point now) const;

  /// Whether a token with these claims would bring the client into the same
  /// rooms as the one that it came with.
  bool same_as_in(const connection_claims& claims) const;

private:
  gauge& active_;
  std::map<std::string, subscription, std::less<>> by_room_;
};

} // namespace actors
