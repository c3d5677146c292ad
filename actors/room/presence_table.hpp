#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace actors {

/// Who is in a room: connections by client id, and the node that each is
/// connected to. Knows no actors and no time.
class presence_table {
public:
  /// What `arrive` found.
  enum class arrival : std::uint8_t {
    added, ///< Not in before.
    known, ///< In already; its info was replaced.
    full,  ///< The table has `max_members`; nothing changed.
  };

  explicit presence_table(std::size_t max_members)
      : max_members_(max_members) {}

  /// Puts a connection of `node` in. A `listed` one shows in presence; an
  /// `announced` one is in the result of `remove_node`.
  arrival arrive(const std::string& node, client_info_ptr info, bool listed,
                 bool announced);

  /// Takes a connection of `node` out; null when it is not in.
  client_info_ptr depart(const std::string& node, const std::string& client);

  /// Takes all connections of `node` out; returns the announced ones.
  std::vector<client_info_ptr> remove_node(std::string_view node);

  bool empty() const { return members_.empty(); }

  /// Entries, listed or not: what counts against the bound.
  std::size_t size() const { return members_.size(); }

  /// Listed connections.
  std::uint32_t clients() const { return clients_; }

  /// Distinct users among them.
  std::uint32_t users() const {
    return static_cast<std::uint32_t>(users_.size());
  }

  void fill(roost::client::PresenceResult& out) const;

  /// How many listed connections each node has.
  std::map<std::string, std::uint32_t> clients_by_node() const;

private:
  struct member {
    client_info_ptr info;
    std::string node;
    bool listed = false;
    bool announced = false;
  };

  void list(const member& who);
  void unlist(const member& who);

  std::size_t max_members_;
  std::uint32_t clients_ = 0;
  std::unordered_map<std::string, member> members_;      // by client id
  std::unordered_map<std::string, std::uint32_t> users_; // listed clients
};

} // namespace actors
