#pragma once

#include "actors/room/shard_copies.hpp"
#include "proto/link.pb.h"

#include <cstdint>
#include <string>

namespace actors {

/// How many shards a node has in a view, by what it is for them.
struct node_shards {
  std::uint32_t home = 0;
  std::uint32_t donor = 0; ///< It has to hand them over to their home.
  std::uint32_t standby = 0;
  std::uint32_t learner = 0;

  /// Whether it has the rooms of some shard, rather than copies of them.
  bool has_rooms() const { return home + donor > 0; }

  bool empty() const { return home + donor + standby + learner == 0; }

  bool operator==(const node_shards&) const = default;
};

/// Reads a view by shard and by the names of nodes. Nothing is read out of
/// bounds, even in a view that nobody has checked: a shard that it does not
/// have, or a home or copy that is no member, is like one that nobody has.
/// Holds a reference; the view outlives it.
class view_reader {
public:
  explicit view_reader(const roost::link::View& view) : view_(view) {}

  // -- nodes ------------------------------------------------------------------

  /// The member of that name; null for none.
  const roost::link::Member* member(const std::string& node) const;

  bool is_member(const std::string& node) const {
    return member(node) != nullptr;
  }

  /// Whether that node is a member, and has not been started again since.
  bool is_member(const roost::link::Member& node) const;

  /// Whether an admin wants `node`, member or not, to have no shards.
  bool is_drained(const std::string& node) const;

  node_shards shards_of(const std::string& node) const;

  // -- shards -----------------------------------------------------------------

  std::uint32_t shard_count() const {
    return static_cast<std::uint32_t>(view_.homes_size());
  }

  /// The home of `shard`; null when it has none.
  const roost::link::Member* home(std::uint32_t shard) const;
  const std::string* home_of(std::uint32_t shard) const;

  /// Who must hand the rooms of `shard` over to its home; empty for nobody.
  const std::string& donor_of(std::uint32_t shard) const;

  /// By name, in the order of the view.
  shard_copies copies_of(std::uint32_t shard) const;
  std::uint32_t standby_count(std::uint32_t shard) const;

  /// 0: the view says nothing of copies.
  std::uint64_t term_of(std::uint32_t shard) const;

  /// The view in which `shard` last began without its rooms; 0: in none.
  std::uint64_t anew_of(std::uint32_t shard) const;

  /// Of a shard without home: which starts of which nodes had all of it.
  const google::protobuf::RepeatedPtrField<roost::link::Holder>&
  holders_of(std::uint32_t shard) const;

private:
  const roost::link::Member* member_at(std::int32_t position) const;
  std::int32_t position_of(const std::string& node) const;
  const roost::link::Copies& copies_at(std::uint32_t shard) const;

  const roost::link::View& view_;
};

} // namespace actors
