#include "actors/room/view_reader.hpp"

#include <algorithm>

namespace actors {

using roost::link::Copies;
using roost::link::Holder;
using roost::link::Member;

namespace {

constexpr std::int32_t nobody = -1;

template <class List>
bool has_index(const List& list, std::uint32_t index) {
  return index < static_cast<std::uint32_t>(list.size());
}

template <class List>
std::uint32_t count_of(const List& positions, std::int32_t position) {
  return static_cast<std::uint32_t>(
      std::count(positions.begin(), positions.end(), position));
}

} // namespace

// -- nodes --------------------------------------------------------------------

const Member* view_reader::member_at(std::int32_t position) const {
  return position >= 0 && position < view_.members_size()
             ? &view_.members(position)
             : nullptr;
}

std::int32_t view_reader::position_of(const std::string& node) const {
  for (std::int32_t i = 0; i < view_.members_size(); ++i)
    if (view_.members(i).node() == node)
      return i;
  return nobody;
}

const Member* view_reader::member(const std::string& node) const {
  return member_at(position_of(node));
}

bool view_reader::is_member(const Member& node) const {
  const auto* known = member(node.node());
  return known != nullptr && known->incarnation() == node.incarnation();
}

bool view_reader::is_drained(const std::string& node) const {
  const auto& names = view_.drained();
  return std::find(names.begin(), names.end(), node) != names.end();
}

node_shards view_reader::shards_of(const std::string& node) const {
  node_shards result;
  const auto& donors = view_.donors();
  result.donor = static_cast<std::uint32_t>(
      std::count(donors.begin(), donors.end(), node));
  const auto position = position_of(node);
  if (position == nobody) // which shards without home name, too
    return result;
  result.home = count_of(view_.homes(), position);
  for (const auto& x : view_.copies()) {
    result.standby += count_of(x.standbys(), position);
    result.learner += count_of(x.learners(), position);
  }
  return result;
}

// -- shards -------------------------------------------------------------------

const Member* view_reader::home(std::uint32_t shard) const {
  return has_index(view_.homes(), shard)
             ? member_at(view_.homes(static_cast<int>(shard)))
             : nullptr;
}

const std::string* view_reader::home_of(std::uint32_t shard) const {
  const auto* member = home(shard);
  return member == nullptr ? nullptr : &member->node();
}

const std::string& view_reader::donor_of(std::uint32_t shard) const {
  static const std::string none;
  return has_index(view_.donors(), shard)
             ? view_.donors(static_cast<int>(shard))
             : none;
}

const Copies& view_reader::copies_at(std::uint32_t shard) const {
  return has_index(view_.copies(), shard)
             ? view_.copies(static_cast<int>(shard))
             : Copies::default_instance();
}

shard_copies view_reader::copies_of(std::uint32_t shard) const {
  const auto& copies = copies_at(shard);
  const auto names = [this](const auto& positions) {
    std::vector<std::string> result;
    for (const auto i : positions)
      if (const auto* x = member_at(i))
        result.push_back(x->node());
    return result;
  };
  shard_copies result;
  result.term = copies.term();
  result.standbys = names(copies.standbys());
  result.learners = names(copies.learners());
  for (const auto& x : copies.holders())
    result.holders.push_back(x.node());
  result.anew = copies.anew();
  return result;
}

std::uint32_t view_reader::standby_count(std::uint32_t shard) const {
  return static_cast<std::uint32_t>(copies_at(shard).standbys_size());
}

std::uint64_t view_reader::term_of(std::uint32_t shard) const {
  return copies_at(shard).term();
}

std::uint64_t view_reader::anew_of(std::uint32_t shard) const {
  return copies_at(shard).anew();
}

const google::protobuf::RepeatedPtrField<Holder>&
view_reader::holders_of(std::uint32_t shard) const {
  return copies_at(shard).holders();
}

} // namespace actors
