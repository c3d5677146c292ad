#include "actors/client/user_homes.hpp"

#include "actors/room/room_directory.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace actors {

using roost::link::Member;
using roost::link::NodeReply;
using roost::link::NodeRequest;
using roost::link::UserPlace;
using roost::link::UserPlaces;
using roost::link::UserPlacesResult;

namespace {

/// Until a shard is told again to a home with another view.
constexpr std::chrono::milliseconds rest_time{100};

} // namespace

user_homes::user_homes(lane_actor& self, user_homes_settings settings,
                       counter& let_in)
    : self_(self), settings_(std::move(settings)), let_in_(let_in),
      shards_(settings_.shards), timer_(self, [this] { on_timer(); }) {}

std::uint32_t user_homes::shard_number(const std::string& user) const {
  return shard_of(user, settings_.shards);
}

// -- connections --------------------------------------------------------------

void user_homes::ask(const std::string& user, const std::string& client,
                     std::int64_t connected_ms, decided done) {
  const auto x = std::make_shared<entry>();
  x->user = user;
  x->client = client;
  x->connected_ms = connected_ms;
  x->shard = shard_number(user);
  auto& shard = shards_[x->shard];
  shard.entries.insert_or_assign(client, x);
  x->waiting = std::move(done);
  if (waits_for(shard))
    waiting_.add(now() + patience, x);
  else
    let_in(*x);
  tell(x);
  arm();
}

void user_homes::leave(const std::string& user, const std::string& client) {
  auto& entries = shards_[shard_number(user)].entries;
  const auto at = entries.find(client);
  if (at == entries.end())
    return;
  const auto x = std::move(at->second);
  entries.erase(at);
  x->gone = true;
  x->waiting = nullptr;
  if (x->told)
    tell(x);
  arm();
}

/// Before the first view there may be a home.
bool user_homes::waits_for(const shard& x) const {
  if (view_ == nullptr)
    return true;
  const auto home = homes_.find(x.home);
  return home != homes_.end() && home->second.phase == phase::answers;
}

void user_homes::let_in(entry& x) {
  if (!x.waiting)
    return;
  let_in_.add();
  std::exchange(x.waiting, nullptr)(true);
}

// -- what there is to tell ----------------------------------------------------

/// A home that is silent is told all later, one that has another view too.
void user_homes::tell(const entry_ptr& news) {
  auto& shard = shards_[news->shard];
  const auto home = homes_.find(shard.home);
  if (home == homes_.end() || home->second.phase == phase::silent)
    return;
  shard.news.push_back(news);
  if (shard.resting)
    return;
  home->second.shards.insert(news->shard);
  send(shard.home);
}

void user_homes::tell_anew(std::uint32_t number) {
  auto& shard = shards_[number];
  ++shard.telling;
  shard.anew = true;
  shard.news.clear();
  const auto home = homes_.find(shard.home);
  if (home != homes_.end())
    home->second.shards.insert(number);
  const bool silent =
      home != homes_.end() && home->second.phase == phase::silent;
  for (const auto& [client, x] : shard.entries) {
    x->told = false;
    if (silent)
      let_in(*x);
    else
      shard.news.push_back(x);
  }
}

void user_homes::rest(std::uint32_t number) {
  tell_anew(number);
  auto& shard = shards_[number];
  shard.resting = true;
  homes_.at(shard.home).shards.erase(number);
  resting_.add(now() + rest_time, number);
}

void user_homes::resume(std::uint32_t number) {
  auto& shard = shards_[number];
  shard.resting = false;
  const auto home = homes_.find(shard.home);
  if (home == homes_.end() || home->second.phase == phase::silent)
    return;
  home->second.shards.insert(number);
  send(shard.home);
}

void user_homes::on_view(std::shared_ptr<const cluster_view> view) {
  view_ = std::move(view);
  const auto read = view_->read();
  std::vector<const Member*> homes(shards_.size());
  std::map<std::string, std::string> incarnations;
  for (std::uint32_t i = 0; i < homes.size(); ++i)
    if ((homes[i] = read.home(i)) != nullptr)
      incarnations.emplace(homes[i]->node(), homes[i]->incarnation());
  std::erase_if(homes_, [&](const auto& x) {
    const auto at = incarnations.find(x.first);
    return at == incarnations.end() || at->second != x.second.incarnation;
  });
  std::vector<std::uint32_t> moved;
  for (std::uint32_t i = 0; i < homes.size(); ++i) {
    auto& shard = shards_[i];
    const auto name = homes[i] == nullptr ? std::string{} : homes[i]->node();
    if (shard.home == name && (name.empty() || homes_.contains(name)))
      continue;
    if (const auto old = homes_.find(shard.home); old != homes_.end())
      old->second.shards.erase(i);
    shard.home = name;
    shard.resting = false;
    moved.push_back(i);
  }
  for (const auto& [name, incarnation] : incarnations)
    homes_[name].incarnation = incarnation;
  for (const auto i : moved)
    tell_anew(i);
  for (auto& [name, x] : homes_)
    if (x.phase == phase::silent)
      retry(name, x);
    else
      send(name);
  arm();
}

// -- requests -----------------------------------------------------------------

void user_homes::send(const std::string& name) {
  auto& to = homes_.at(name);
  if (to.under_way != 0 || to.phase == phase::silent)
    return;
  const auto sent = std::make_shared<batch>();
  const auto question = write(to, *sent);
  if (question == nullptr)
    return;
  sent->home = name;
  sent->number = to.under_way = ++last_batch_;
  to.due = now() + patience;
  const auto way = way_to(name);
  if (!way)
    return fail(name, to);
  self_.request(way, caf::infinite, ask_node{question})
      .then([this,
             sent](const node_answer& x) { on_answer(*sent, x.reply.get()); },
            [this, sent](caf::error&) { on_answer(*sent, nullptr); });
}

std::shared_ptr<NodeRequest> user_homes::write(home& to, batch& sent) {
  auto request = std::make_shared<NodeRequest>();
  auto& out = *request->mutable_user_places();
  std::size_t bytes = 0;
  while (!to.shards.empty()) {
    const auto number = *to.shards.begin();
    auto& shard = shards_[number];
    if (std::exchange(shard.anew, false))
      out.add_anew(number);
    while (!shard.news.empty() && out.places_size() < max_places
           && bytes < max_bytes) {
      const auto x = std::move(shard.news.front());
      shard.news.pop_front();
      if (!write(*x, out))
        continue;
      bytes += x->user.size() + x->client.size();
      sent.places.emplace_back(x, shard.telling);
    }
    if (!shard.news.empty())
      break;
    to.shards.erase(number);
  }
  if (out.anew_size() == 0 && out.places_size() == 0)
    return nullptr;
  out.set_node(settings_.node);
  out.set_incarnation(settings_.incarnation);
  return request;
}

/// False: there is nothing to say of it any more.
bool user_homes::write(entry& x, UserPlaces& out) {
  if (x.gone && !x.told)
    return false;
  auto& place = *out.add_places();
  if (x.gone)
    place.set_kind(UserPlace::FREE);
  else
    place.set_kind(x.waiting ? UserPlace::WANTED : UserPlace::HELD);
  x.told = !x.gone;
  place.set_user(x.user);
  place.set_client(x.client);
  place.set_connected_ms(x.connected_ms);
  return true;
}

caf::actor user_homes::way_to(const std::string& name) const {
  if (name == settings_.node)
    return caf::actor_cast<caf::actor>(&self_);
  const auto at = view_->links.find(name);
  return at == view_->links.end() ? caf::actor{} : at->second;
}

void user_homes::on_answer(const batch& sent, const NodeReply* reply) {
  const auto at = homes_.find(sent.home);
  if (at == homes_.end() || at->second.under_way != sent.number)
    return; // of another view, or too late
  auto& home = at->second;
  if (reply == nullptr || !reply->has_user_places()) {
    fail(sent.home, home);
  } else {
    home.under_way = 0;
    home.due = time_point::max();
    if (std::exchange(home.phase, phase::answers) == phase::probed)
      spdlog::info("{} counts the connections of its users again", sent.home);
    take(sent, reply->user_places());
    send(sent.home);
  }
  waiting_.drop_while([](const auto& x) { return !x->waiting; });
  arm();
}

void user_homes::take(const batch& sent, const UserPlacesResult& result) {
  for (const auto number : result.elsewhere())
    if (number < shards_.size() && shards_[number].home == sent.home)
      rest(number);
  auto refused = result.refused().begin();
  for (std::uint32_t i = 0; i < sent.places.size(); ++i) {
    const bool granted = refused == result.refused().end() || *refused != i;
    if (!granted)
      ++refused;
    const auto& [x, telling] = sent.places[i];
    auto& shard = shards_[x->shard];
    if (shard.telling != telling) // it is told again
      continue;
    x->told = x->told && granted;
    if (x->waiting) {
      if (!granted)
        shard.entries.erase(x->client);
      std::exchange(x->waiting, nullptr)(granted);
    } else if (!granted && !x->gone) { // it was let in meanwhile
      tell(x);
    }
  }
}

/// Nobody waits for a home that does not answer.
void user_homes::fail(const std::string& name, home& x) {
  if (x.phase == phase::answers)
    spdlog::warn("{} does not say how many connections its users have: they "
                 "are let in",
                 name);
  x.phase = phase::silent;
  x.under_way = 0;
  x.due = now() + patience;
  x.shards.clear();
  for (auto& shard : shards_)
    if (shard.home == name) {
      shard.news.clear();
      for (const auto& [client, entry] : shard.entries)
        let_in(*entry);
    }
}

void user_homes::retry(const std::string& name, home& x) {
  x.due = now() + patience;
  if (view_->unreachable.contains(name))
    return;
  x.phase = phase::probed;
  for (std::uint32_t i = 0; i < shards_.size(); ++i)
    if (shards_[i].home == name) {
      shards_[i].resting = false;
      tell_anew(i);
    }
  send(name);
}

// -- time ---------------------------------------------------------------------

void user_homes::on_timer() {
  while (const auto x = waiting_.take_due(now()))
    let_in(**x);
  while (const auto number = resting_.take_due(now()))
    resume(*number);
  for (auto& [name, x] : homes_)
    if (x.due <= now()) {
      if (x.under_way != 0)
        fail(name, x);
      else
        retry(name, x);
    }
  arm();
}

void user_homes::arm() {
  auto due = std::min(waiting_.next(), resting_.next());
  for (const auto& [name, x] : homes_)
    due = std::min(due, x.due);
  timer_.expires_at(due);
}

} // namespace actors
