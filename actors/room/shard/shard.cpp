#include "actors/room/shard/shard.hpp"

#include "actors/room/requests.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace actors {

namespace {

/// Whether the answer depends on which node asks; such a request cannot be
/// passed on for another node.
bool is_of_origin(const roost::link::RoomRequest& request) {
  return request.has_attach() || request.has_detach() || request.has_arrive()
         || request.has_depart();
}

/// Whether nothing but who is in the room matters.
bool is_about_members(const roost::link::RoomRequest& request) {
  return request.has_detach() || request.has_depart() || request.has_presence()
         || request.has_presence_stats();
}

/// The answer about a room that does not live, where it need not be made.
std::optional<room_answer>
answer_without_room(const roost::link::RoomRequest& request,
                    const std::string& home, std::uint32_t shard) {
  using roost::link::RoomRequest;
  room_answer result{std::make_shared<roost::link::RoomReply>()};
  switch (request.body_case()) {
  case RoomRequest::kDetach:
  case RoomRequest::kDepart:
    return accepted();
  case RoomRequest::kPresence:
    result.reply->mutable_presence();
    return result;
  case RoomRequest::kPresenceStats:
    result.reply->mutable_presence_stats();
    return result;
  case RoomRequest::kRoomInfo:
    result.reply->mutable_room_info()->set_home(home);
    result.reply->mutable_room_info()->set_shard(shard);
    return result;
  default:
    return std::nullopt;
  }
}

} // namespace

shard::shard(caf::actor_config& cfg, rooms_context& context,
             std::uint32_t number)
    : lane_actor(cfg), context_(context), number_(number),
      epochs_(random_epochs(context.epoch_seed
                            ^ (0x9e3779b97f4a7c15 * (number + 1ULL)))),
      to_unix_(std::chrono::system_clock::now().time_since_epoch()
               - home_lane().now().time_since_epoch()),
      place_timer_(*this, [this] { on_place_due(); }),
      rooms_(home_lane(), context, *this),
      time_out_(*this, [this] { time_out_parked(); }),
      replicated_(std::in_place_type<replication_copy>, *context.channels,
                  log_limits(context.limits), epochs_),
      sweep_(*this, [this] { sweep(); }) {}

shard::~shard() = default;

caf::behavior shard::make_behavior() {
  return {
      [this](const ask_room& msg) {
        auto promise = make_response_promise();
        route({msg.request, promise, {}});
        return promise;
      },
      [this](const ask_shard& msg) {
        auto promise = make_response_promise();
        on_shard_request({msg.request, promise, {}});
        return promise;
      },
      [this](const view_changed& msg) { on_view(msg.now); },
  };
}

void shard::on_exit() {
  time_out_.cancel();
  place_timer_.cancel();
  for (auto& x : parked_.take_all())
    refuse(x.promise, "the node stops");
  count_parked();
  for (auto& x : parked_parts_.take_all())
    x.promise.deliver(shard_refused(proto::errc::internal));
  for (auto& x : relayed_.take_all())
    refuse(x.promise, "the node stops");
  forget_replicated();
  rooms_.drop();
  sweep_.cancel();
}

unix_time shard::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::time_point{
          std::chrono::duration_cast<std::chrono::system_clock::duration>(
              home_lane().now().time_since_epoch())
          + to_unix_});
}

std::uint64_t shard::view_number() const {
  return view_ ? view_->view->number() : 0;
}

// -- requests -----------------------------------------------------------------

void shard::route(waiting_room_request x) {
  if (!view_ || x.request->view() > view_number())
    return park(std::move(x));
  if (std::holds_alternative<serving>(place_))
    return serve(x);
  if (is_elsewhere(place_))
    return forward(x);
  park(std::move(x));
}

void shard::serve(waiting_room_request& x) {
  auto& request = *x.request;
  if (request.origin().empty())
    request.set_origin(context_.node);
  if (is_of_origin(request) && !view_->is_member(request.origin()))
    return refuse(x.promise, "the asking node is not in the view");
  if (const auto home = rooms_.find(request.room()))
    return serve_at(*home, x);
  serve_absent(x);
}

void shard::serve_at(const living_room& home, waiting_room_request& x) {
  home.call([&x](room& to) { to.handle(x.request, x.promise); });
  if (!home.object->replicated()) {
    if (x.promise.pending()) // the room ended by an exception
      refuse(x.promise, "the room failed");
    return;
  }
  if (auto* home = replication())
    home->commit();
}

void shard::serve_absent(waiting_room_request& x) {
  const auto& request = *x.request;
  if (!is_about_members(request))
    if (const auto woken = rooms_.wake(request.room()))
      return serve_at(*woken, x);
  if (auto answer = answer_without_room(request, context_.node, number_))
    return x.promise.deliver(std::move(*answer));
  const auto* options = context_.channels->find(request.room());
  if (options == nullptr)
    return x.promise.deliver(refused(proto::errc::unknown_channel));
  if (context_.rooms.load() >= context_.limits.rooms_per_node) {
    home_lane().metrics().requests_refused.add();
    return x.promise.deliver(refused(proto::errc::limit_exceeded));
  }
  serve_at(rooms_.make(request.room(), *options), x);
}

void shard::forward(waiting_room_request& x) {
  auto& request = *x.request;
  if (request.hops() > 0 && is_of_origin(request))
    return refuse(x.promise, "this node is not the home");
  if (request.hops() >= max_hops)
    return refuse(x.promise, "passed on too often");
  if (!sees_home()) {
    // Who hears the coordinator will hear of another home, or of this one.
    if (lease_holds())
      return park(std::move(x));
    return refuse(x.promise, "there is no link to the home");
  }
  const auto link = view_->links.find(*view_->home_of(number_));
  request.set_view(view_number());
  request.set_hops(request.hops() + 1);
  x.promise.delegate(link->second, ask_room{x.request});
}

bool shard::sees_home() const {
  const auto& home = *view_->home_of(number_);
  return view_->links.contains(home) && !view_->unreachable.contains(home);
}

void shard::park(waiting_room_request x) {
  if (!parked_.add(x, context_.limits.shard_parked_requests,
                   home_lane().now() + context_.request_timeout))
    return refuse(x.promise, "too many requests wait for the home");
  count_parked();
  plan_time_out();
}

void shard::refuse(caf::response_promise& promise, std::string_view why) {
  home_lane().metrics().requests_refused.add();
  promise.deliver(refused(proto::errc::internal, why));
}

void shard::resume_parked() {
  for (auto& x : parked_parts_.take_all())
    on_shard_request(std::move(x));
  for (auto& x : parked_.take_all())
    route(std::move(x));
  count_parked();
}

void shard::time_out_parked() {
  const auto now = home_lane().now();
  if (std::holds_alternative<elsewhere>(place_) && !sees_home()
      && !lease_holds())
    resume_parked(); // nobody here will hear of a home
  for (auto& x : parked_.take_due(now))
    refuse(x.promise, "the home could not be reached in time");
  count_parked();
  for (auto& x : parked_parts_.take_due(now))
    x.promise.deliver(shard_refused(proto::errc::internal));
  for (auto& x : relayed_.take_due(now))
    refuse(x.promise, "the new home did not answer in time");
  plan_time_out();
}

void shard::plan_time_out() {
  auto due = std::min({parked_.next(), parked_parts_.next(), relayed_.next()});
  if (!parked_.empty() && std::holds_alternative<elsewhere>(place_)
      && !sees_home() && lease_holds())
    due = std::min(due, context_.lease.until());
  time_out_.expires_by(due);
}

void shard::count_parked() {
  counted_parked_.set(home_lane().metrics().parked_requests, parked_.size());
}

void shard::room_ended(const room& ended, bool failed) {
  // What it held is gone, so the copies forget it.
  if (failed && replication() && ended.replicated() && !ended.epoch().empty())
    replicate(end_of_room(ended.id(), ended.epoch()));
  rooms_.ended(ended);
}

} // namespace actors
