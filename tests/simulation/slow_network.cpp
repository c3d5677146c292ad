#include "tests/simulation/slow_network.hpp"

#include <algorithm>

namespace simulation {

milliseconds slow_network::delay() {
  // Mostly fast, now and then not.
  const auto most =
      chance_.one_in(16) ? longest_.count() : longest_.count() / 8;
  return milliseconds{chance_.between(0, most)};
}

void slow_network::carry(const way& where, cargo what,
                         std::function<void()> go) {
  if (where.from == mute_)
    return;
  auto& to = channels_[{where.connection, where.from < where.to}];
  to.from = where.from;
  to.to = where.to;
  auto due = now_ + delay();
  if (!to.parcels.empty())
    due = std::max(due, to.parcels.back().due);
  to.parcels.push_back({due, what, where.content, std::move(go)});
}

const std::string* slow_network::deliver_one() {
  std::vector<std::map<channel_key, channel>::iterator> due;
  for (auto i = channels_.begin(); i != channels_.end(); ++i)
    if (i->second.parcels.front().due <= now_ && !paused_.contains(i->second.to)
        && !blocked_.contains({i->second.from, i->second.to}))
      due.push_back(i);
  if (due.empty())
    return nullptr;
  const auto i = chance_.any(due);
  auto& from = i->second;
  const auto what = from.parcels.front().what;
  trace_.note(what == cargo::data    ? "data"
              : what == cargo::sight ? "sight"
                                     : "end",
              from.from, from.to, i->first.first, from.parcels.front().content);
  const auto go = std::move(from.parcels.front().go);
  from.parcels.pop_front();
  static thread_local std::string receiver;
  receiver = from.to;
  if (from.parcels.empty())
    channels_.erase(i);
  go();
  return &receiver;
}

void slow_network::dropped(std::size_t connection) {
  channels_.erase({connection, false});
  channels_.erase({connection, true});
}

void slow_network::block(const std::string& from, const std::string& to) {
  blocked_.emplace(from, to);
}

bool slow_network::blocked(const std::string& from,
                           const std::string& to) const {
  return blocked_.contains({from, to}) || paused_.contains(from)
         || paused_.contains(to);
}

void slow_network::end(const std::string& node, bool silent) {
  if (silent)
    std::erase_if(channels_,
                  [&](const auto& x) { return x.second.from == node; });
  mute_ = silent ? node : std::string{};
  hang_up(node);
  mute_.clear();
}

} // namespace simulation
