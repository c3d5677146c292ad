#include "actors/room/audience/member_news.hpp"

#include <algorithm>
#include <utility>

namespace actors {

namespace {

/// What a request costs beside the name of its room and the info.
constexpr std::size_t overhead = 256;

} // namespace

std::string member_news::key_of(const std::string& room, const state& is) {
  return is.info->client() + ' ' + room; // a client's id has no space
}

void member_news::tell(std::uint32_t shard, const std::string& room, state is,
                       bool new_here) {
  const auto [known, added] = ids_.try_emplace(key_of(room, is), last_id_ + 1);
  if (added) {
    auto& x = entries_[++last_id_];
    x.shard = shard;
    x.room = room;
    x.is = std::move(is);
    x.home_may_know = !new_here;
    return wait(last_id_, x);
  }
  const auto i = entries_.find(known->second);
  auto& x = i->second;
  if (x.at == phase::under_way) {
    x.newer = std::move(is);
  } else if (!is.in && !x.home_may_know) {
    withdraw(i);
  } else {
    x.is = std::move(is);
    if (x.at == phase::rests) {
      std::erase(resting_, i->first);
      wait(i->first, x);
    }
  }
}

std::optional<member_news::message> member_news::next(std::uint32_t shard) {
  const auto of_shard = shards_.find(shard);
  if (of_shard == shards_.end())
    return std::nullopt;
  auto& [waiting, under_way] = of_shard->second;
  if (waiting.empty()) {
    if (under_way == 0)
      shards_.erase(of_shard);
    return std::nullopt;
  }
  const auto id = waiting.front();
  auto& x = entries_.find(id)->second;
  const auto bytes = overhead + x.room.size() + x.is.info->ByteSizeLong();
  if (under_way > 0 && under_way + bytes > window_)
    return std::nullopt;
  waiting.pop_front();
  under_way += bytes;
  x.bytes = bytes;
  x.at = phase::under_way;
  x.home_may_know = true;
  return message{id, shard, x.room, x.is};
}

void member_news::answered(std::uint64_t id) {
  const auto i = entries_.find(id);
  auto& x = i->second;
  land(x);
  if (!x.newer)
    return erase(i);
  x.is = *std::exchange(x.newer, std::nullopt);
  wait(id, x);
}

member_news::failure member_news::failed(std::uint64_t id) {
  const auto i = entries_.find(id);
  auto& x = i->second;
  if (x.newer) {
    answered(id);
    return failure::overtaken;
  }
  land(x);
  if (x.is.in || resting_.size() >= max_resting_) {
    erase(i);
    return failure::lost;
  }
  x.at = phase::rests;
  resting_.push_back(id);
  return failure::rests;
}

std::vector<std::uint32_t> member_news::wake() {
  std::vector<std::uint32_t> shards;
  for (const auto id : std::exchange(resting_, {})) {
    auto& x = entries_.find(id)->second;
    wait(id, x);
    shards.push_back(x.shard);
  }
  std::ranges::sort(shards);
  const auto [first, last] = std::ranges::unique(shards);
  shards.erase(first, last);
  return shards;
}

void member_news::wait(std::uint64_t id, entry& x) {
  x.at = phase::waits;
  auto& waiting = shards_[x.shard].waiting;
  x.place = waiting.insert(waiting.end(), id);
}

void member_news::withdraw(entry_map::iterator i) {
  shards_[i->second.shard].waiting.erase(i->second.place);
  erase(i);
}

void member_news::land(entry& x) {
  shards_[x.shard].under_way -= std::exchange(x.bytes, 0);
}

void member_news::erase(entry_map::iterator i) {
  ids_.erase(key_of(i->second.room, i->second.is));
  entries_.erase(i);
}

} // namespace actors
