#pragma once

#include "actors/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
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

  bool empty() const { return people_ == nullptr; }

  /// Entries, listed or not: what counts against the bound.
  std::size_t size() const { return empty() ? 0 : people_->members.size(); }

  /// Listed connections.
  std::uint32_t clients() const { return empty() ? 0 : people_->clients; }

  /// Bytes of a list of them.
  std::size_t bytes() const { return empty() ? 0 : people_->bytes; }

  /// Distinct users among them.
  std::uint32_t users() const {
    return empty() ? 0 : static_cast<std::uint32_t>(people_->users.size());
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

  struct people {
    std::unordered_map<std::string, member> members;      // by client id
    std::unordered_map<std::string, std::uint32_t> users; // listed clients
    std::uint32_t clients = 0;
    std::size_t bytes = 0;

    void list(const member& who);
    void unlist(const member& who);
  };

  void release_if_empty();

  std::size_t max_members_;
  std::unique_ptr<people> people_; // of thousands of rooms most have nobody
};

} // namespace actors
