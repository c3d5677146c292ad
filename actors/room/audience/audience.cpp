#include "actors/room/audience/audience.hpp"

#include "actors/room/audience/impl.hpp"
#include "actors/room/requests.hpp"

#include <spdlog/spdlog.h>

namespace actors {

namespace {

/// Bytes of comings and goings that are under way to a shard.
constexpr std::size_t news_window = 128 * 1024;

} // namespace

// -- the actor ----------------------------------------------------------------

audience::audience(caf::actor_config& cfg, const room_directory& rooms,
                   audience_settings settings)
    : lane_actor(cfg),
      impl_(std::make_unique<impl>(*this, rooms, std::move(settings))) {
  // Connections may call it before its first message.
  become(impl_->behavior());
}

audience::~audience() = default;

void audience::subscribe(actors::subscriber& who, subscription_request request,
                         on_subscribed done) {
  in_handler(
      [&] { impl_->subscribe(who, std::move(request), std::move(done)); });
}

void audience::unsubscribe(actors::subscriber& who, const std::string& room) {
  in_handler([&] { impl_->unsubscribe(who, room); });
}

void audience::go_on(actors::subscriber& who) {
  in_handler([&] { impl_->next_page(who); });
}

void audience::update_info(actors::subscriber& who, const std::string& room,
                           roost::client::ClientInfo info) {
  in_handler([&] { impl_->update_info(who, room, std::move(info)); });
}

std::map<std::string, std::uint32_t>
audience::rooms(const std::function<bool(std::string_view)>& wanted) const {
  return impl_->rooms(wanted);
}

caf::behavior audience::make_behavior() {
  return {}; // set already
}

void audience::on_exit() {
  impl_->stop();
}

// -- who comes and goes -------------------------------------------------------

audience::impl::impl(audience& self, const room_directory& rooms,
                     audience_settings settings)
    : self_(self), directory_(rooms), settings_(std::move(settings)),
      time_out_(self, [this] { time_out(); }),
      behind_again_(self, [this] { ask_pages_again(); }),
      news_(news_window, settings_.parked_limit),
      news_again_(self, [this] { repeat_news(); }) {}

caf::behavior audience::impl::behavior() {
  return {
      [this](const deliver_events& msg) { on_events(msg.events); },
      [this](const view_changed& msg) { on_view(msg.now); },
      [this](const resynchronise& msg) { on_reachable(msg.node); },
  };
}

void audience::impl::stop() {
  metrics().audience_rooms.sub(static_cast<std::int64_t>(rooms_.size()));
  time_out_.cancel();
  news_again_.cancel();
  behind_again_.cancel();
  for (const auto& [who, places] : behind_)
    metrics().catching_up.sub(static_cast<std::int64_t>(places.size()));
  behind_.clear();
  for (auto& [name, room] : rooms_) {
    room->forgotten = true;
    room->retry.cancel();
    if (room->special) {
      room->special->counted_base.set(metrics().delta_base_bytes, 0);
      room->special->counted_filters.set(metrics().tags_filter_bytes, 0);
    }
  }
  rooms_.clear();
  dirty_.clear();
  deadlines_.clear();
  counted_news_.set(metrics().member_news, 0);
  unlink();
}

void audience::impl::subscribe(actors::subscriber& who,
                               subscription_request request,
                               on_subscribed done) {
  const auto room = make(request.room);
  if (room->members.find(who) != nullptr || room->find_waiter(who) != nullptr)
    return done(proto::errc::already_subscribed);
  audience_waiter x;
  x.number = ++last_waiter_;
  x.who = &who;
  x.request = std::move(request);
  x.done = std::move(done);
  x.deadline = self_.home_lane().now() + settings_.request_timeout;
  if (room->live)
    return admit(room, std::move(x));
  park(room, std::move(x));
  if (!room->forgotten && room->attach == 0 && !room->retry.armed())
    attach(room);
}

void audience::impl::unsubscribe(actors::subscriber& who,
                                 const std::string& name) {
  const auto room = find(name);
  if (!room)
    return;
  if (const auto left = remove_member(*room, who)) {
    forget_behind(*room, who);
    depart(*room, *left);
  } else if (room->remove_waiter(who)) {
    --parked_;
  }
  forget_if_unused(*room);
}

void audience::impl::update_info(actors::subscriber& who,
                                 const std::string& name,
                                 roost::client::ClientInfo info) {
  const auto room = find(name);
  if (!room)
    return;
  if (auto* member = room->members.find(who); member && member->info) {
    member->info =
        std::make_shared<const roost::client::ClientInfo>(std::move(info));
    arrive(*room, *member);
  } else if (auto* waiter = room->find_waiter(who)) {
    waiter->request.info = std::move(info);
  }
}

std::map<std::string, std::uint32_t> audience::impl::rooms(
    const std::function<bool(std::string_view)>& wanted) const {
  std::map<std::string, std::uint32_t> result;
  for (const auto& [name, room] : rooms_)
    if (!room->members.empty() && wanted(name))
      result[name] = static_cast<std::uint32_t>(room->members.size());
  return result;
}

// -- rooms --------------------------------------------------------------------

audience::impl::room_ptr audience::impl::find(const std::string& name) const {
  const auto i = rooms_.find(name);
  return i != rooms_.end() ? i->second : nullptr;
}

audience::impl::room_ptr audience::impl::make(const std::string& name) {
  auto& slot = rooms_[name];
  if (slot)
    return slot;
  // Numbers are above 0, and no other lane of the node gives out the same.
  const auto number =
      last_room_++ * settings_.lanes + self_.home_lane().number() + 1;
  slot = std::make_shared<audience_room>(
      self_, name, shard_of(name, directory_.shard_count()), number,
      [this, name] {
        if (const auto room = find(name))
          attach(room);
      });
  metrics().audience_rooms.add();
  return slot;
}

void audience::impl::forget_if_unused(audience_room& room) {
  if (room.forgotten || !room.unused())
    return;
  detach(room.name);
  room.forgotten = true;
  room.live = false;
  room.attach = 0;
  room.retry.cancel();
  metrics().audience_rooms.sub();
  rooms_.erase(room.name); // callers hold it
}

// -- waiters ------------------------------------------------------------------

void audience::impl::park(const room_ptr& room, audience_waiter x) {
  if (parked_ >= settings_.parked_limit
      || x.deadline <= self_.home_lane().now()) {
    metrics().requests_refused.add();
    answer(x, proto::errc::internal);
    return forget_if_unused(*room);
  }
  ++parked_;
  deadlines_.add(x.deadline, {room, x.number});
  room->waiting.push_back(std::move(x));
  plan_time_out();
}

void audience::impl::time_out() {
  const auto now = self_.home_lane().now();
  while (const auto place = deadlines_.take_due(now)) {
    const auto room = place->room.lock();
    if (!room)
      continue;
    waiter_list late;
    for (auto i = room->waiting.begin(); i != room->waiting.end(); ++i)
      if (i->number == place->waiter) {
        late.splice(late.begin(), room->waiting, i);
        break;
      }
    if (late.empty())
      continue;
    --parked_;
    metrics().requests_refused.add();
    answer(late.front(), proto::errc::internal);
    forget_if_unused(*room);
  }
  plan_time_out();
}

void audience::impl::plan_time_out() {
  time_out_.expires_by(deadlines_.next());
}

void audience::impl::answer(audience_waiter& x, subscribe_outcome outcome) {
  // A connection that fails in its handler must not end everybody's audience.
  try {
    x.done(std::move(outcome));
  } catch (const std::exception& e) {
    spdlog::error("a connection fails when it is told of {}: {}",
                  x.request.room, e.what());
  }
}

void audience::impl::answer_all(audience_room& room, waiter_list& waiters,
                                proto::errc code) {
  while (!waiters.empty()) { // `done` may unsubscribe others
    auto x = std::move(waiters.front());
    waiters.pop_front();
    --parked_;
    answer(x, code);
  }
  forget_if_unused(room);
}

lane_metrics& audience::impl::metrics() const {
  return self_.home_lane().metrics();
}

} // namespace actors
