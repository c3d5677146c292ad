#include "actors/room/audience/audience_room.hpp"

#include <algorithm>

namespace actors {

std::size_t member_list::position_of(const subscriber& who) const {
  if (!index_.empty()) {
    const auto i = index_.find(&who);
    return i != index_.end() ? i->second : members_.size();
  }
  const auto i = std::find_if(members_.begin(), members_.end(),
                              [&who](const auto& x) { return x.who == &who; });
  return static_cast<std::size_t>(i - members_.begin());
}

audience_member* member_list::find(const subscriber& who) {
  const auto i = position_of(who);
  return i < members_.size() ? &members_[i] : nullptr;
}

void member_list::add(audience_member x) {
  members_.push_back(std::move(x));
  if (!index_.empty()) {
    index_[members_.back().who] =
        static_cast<std::uint32_t>(members_.size() - 1);
  } else if (members_.size() >= indexed_from) {
    for (std::size_t i = 0; i < members_.size(); ++i)
      index_[members_[i].who] = static_cast<std::uint32_t>(i);
  }
}

std::optional<audience_member> member_list::remove(const subscriber& who) {
  const auto i = position_of(who);
  if (i == members_.size())
    return std::nullopt;
  auto result = std::move(members_[i]);
  if (i + 1 < members_.size()) {
    members_[i] = std::move(members_.back());
    if (!index_.empty())
      index_[members_[i].who] = static_cast<std::uint32_t>(i);
  }
  members_.pop_back();
  index_.erase(&who);
  return result;
}

bool audience_room::remove_waiter(const subscriber& who) {
  auto remove = [&who](waiter_list& from) {
    return from.remove_if([&who](const auto& x) { return x.who == &who; }) > 0;
  };
  if (remove(waiting) || remove(answering))
    return true;
  return std::any_of(recovering.begin(), recovering.end(),
                     [&](auto& x) { return remove(x.second); });
}

audience_waiter* audience_room::find_waiter(const subscriber& who) {
  auto find = [&who](waiter_list& in) -> audience_waiter* {
    for (auto& x : in)
      if (x.who == &who)
        return &x;
    return nullptr;
  };
  if (auto* x = find(waiting))
    return x;
  if (auto* x = find(answering))
    return x;
  for (auto& [offset, list] : recovering)
    if (auto* x = find(list))
      return x;
  return nullptr;
}

} // namespace actors
