#include "actors/room/room.hpp"

#include "actors/room/requests.hpp"

#include <algorithm>

namespace actors {

namespace {

// What a RoomEvents of a link can name, and a bit mask of lanes holds.
constexpr std::uint32_t max_lanes = 64;

template <class Publications, class Repeated>
void add_all(const Publications& from, Repeated& to) {
  for (const auto& x : from)
    *to.Add() = *x;
}

room_answer make_answer() {
  return {std::make_shared<roost::link::RoomReply>()};
}

room_log new_log(room_host& host, const config::channel_options& options) {
  const auto limits = log_limits(host.context().limits);
  // With copies the start of an epoch is a change like others.
  return is_replicated(options)
             ? room_log{options, limits, host.epochs()}
             : room_log{options, limits, host.epochs(), host.now()};
}

} // namespace

room_log_limits log_limits(const config::limits_section& limits) {
  return {limits.room_history_bytes, limits.room_idempotency_keys,
          limits.idempotency_ttl};
}

room_answer published_answer(const room_log::position& at, bool suppressed) {
  auto result = make_answer();
  auto& reply = *result.reply->mutable_published();
  reply.set_offset(at.offset);
  reply.set_epoch(at.epoch);
  reply.set_suppressed(suppressed);
  return result;
}

room::room(caf::actor_config& cfg, room_host_ref host, std::string id,
           const config::channel_options* options)
    : lane_actor(cfg), host_(host.self), id_(std::move(id)), options_(options),
      log_(new_log(*host.self, *options)),
      presence_(host.self->context().limits.room_presence_members),
      expiry_(*this, [this] { expire(); }) {
  home_lane().metrics().rooms.add();
  // The shard calls it right after it was made.
  become(caf::behavior{[](caf::tick_atom) {
  }});
  plan_expiry();
}

room::~room() = default;

void room::on_exit() {
  expiry_.cancel();
  auto& metrics = home_lane().metrics();
  metrics.rooms.sub();
  counted_history_.set(metrics.history_publications, 0);
  counted_bytes_.set(metrics.history_bytes, 0);
  counted_presence_.set(metrics.presence_entries, 0);
  if (!attached_.empty()) { // it failed: what follows is another epoch
    pending_ = std::make_shared<room_events>();
    pending_->room = id_;
    pending_->gap = true;
    flush();
  }
  refuse_waiting();
  host_->room_ended(*this, !over_);
}

void room::end() {
  over_ = true;
  flush();
  attached_.clear();
  quit();
}

void room::handle(const std::shared_ptr<roost::link::RoomRequest>& request,
                  caf::response_promise& promise) {
  log_.expire(host_->now(), needed() || replicated());
  if (replicated())
    handle_replicated(request, promise);
  else
    promise.deliver(answer(*request));
  count();
  plan_expiry();
}

room_answer room::answer(roost::link::RoomRequest& request) {
  if (replicated() && is_behind(request))
    return refused(proto::errc::internal,
                   "this node may not be the home any more");
  using roost::link::RoomRequest;
  const auto& node = request.origin();
  switch (request.body_case()) {
  case RoomRequest::kAttach:
    return attach(node, request.attach());
  case RoomRequest::kDetach:
    return detach(node, request.detach());
  case RoomRequest::kPublish:
    return publish(*request.mutable_publish());
  case RoomRequest::kHistory:
    return history(request.history());
  case RoomRequest::kHistoryRemove:
    if (!options_->has_history())
      return refused(proto::errc::not_available);
    log_.remove_history();
    return accepted();
  case RoomRequest::kArrive:
    return arrive(node, *request.mutable_arrive());
  case RoomRequest::kDepart:
    return depart(node, request.depart());
  case RoomRequest::kPresence:
    return presence(request.presence());
  case RoomRequest::kPresenceStats:
    return presence_stats();
  case RoomRequest::kRoomInfo:
    return info();
  case RoomRequest::BODY_NOT_SET:
    break;
  }
  return refused(proto::errc::bad_request);
}

room_answer room::attach(const std::string& node,
                         const roost::link::Attach& body) {
  if (body.lane() >= max_lanes)
    return refused(proto::errc::bad_request);
  flush(); // to those who were here before
  auto i = std::find_if(attached_.begin(), attached_.end(),
                        [&](const auto& x) { return x.node == node; });
  if (i == attached_.end())
    i = attached_.insert(i, {node, 0});
  i->lanes |= std::uint64_t{1} << body.lane();

  auto result = make_answer();
  auto& attached = *result.reply->mutable_attached();
  attached.set_epoch(log_.epoch());
  attached.set_offset(log_.offset());
  if (body.has_since()) {
    auto missed = log_.recover({body.since().epoch(), body.since().offset()});
    attached.set_continued(missed.continued);
    add_all(missed.publications, *attached.mutable_publications());
  }
  return result;
}

room_answer room::detach(const std::string& node,
                         const roost::link::Detach& body) {
  const auto i = std::find_if(attached_.begin(), attached_.end(),
                              [&](const auto& x) { return x.node == node; });
  if (i != attached_.end() && body.lane() < max_lanes) {
    i->lanes &= ~(std::uint64_t{1} << body.lane());
    if (i->lanes == 0)
      attached_.erase(i);
  }
  return accepted();
}

room_answer room::publish(roost::link::Publish& body) {
  auto published = log_.publish(body, host_->now());
  auto& metrics = home_lane().metrics();
  metrics.publications.add();
  const bool suppressed = published.publication == nullptr;
  if (suppressed)
    metrics.publications_suppressed.add();
  else
    happened(
        {std::move(published.publication), nullptr, nullptr, body.delta()});

  return published_answer(published.at, suppressed);
}

room_answer room::history(const roost::link::History& body) {
  if (!options_->has_history())
    return refused(proto::errc::not_available);
  std::optional<room_log::position> since;
  if (body.has_since())
    since = {body.since().epoch(), body.since().offset()};
  const auto page =
      log_.history(body.limit(), since, body.reverse(), body.max_bytes());
  if (const auto* code = std::get_if<proto::errc>(&page))
    return refused(*code);
  flush(); // what comes before the position that is answered
  auto result = make_answer();
  auto& reply = *result.reply->mutable_history();
  reply.set_epoch(log_.epoch());
  reply.set_offset(log_.offset());
  if (!body.offsets_only())
    add_all(std::get<0>(page), *reply.mutable_publications());
  else
    for (const auto& x : std::get<0>(page))
      reply.add_publications()->set_offset(x->offset());
  return result;
}

room_answer room::arrive(const std::string& node, roost::link::Arrive& body) {
  auto who = std::make_shared<roost::client::ClientInfo>();
  who->Swap(body.mutable_info());
  switch (presence_.arrive(node, who, body.presence(), body.announce())) {
  case presence_table::arrival::full:
    return refused(proto::errc::limit_exceeded);
  case presence_table::arrival::added:
    if (body.announce())
      happened({nullptr, std::move(who), nullptr});
    break;
  case presence_table::arrival::known:
    break;
  }
  return accepted();
}

room_answer room::depart(const std::string& node,
                         const roost::link::Depart& body) {
  auto who = presence_.depart(node, body.info().client());
  if (who && body.announce())
    happened({nullptr, nullptr, std::move(who)});
  return accepted();
}

room_answer room::presence(const roost::link::Presence& body) const {
  const auto too_much = [](std::uint64_t limit, const char* of) {
    return refused(proto::errc::limit_exceeded,
                   "limit exceeded: more than " + std::to_string(limit) + of
                       + " are here; presence_stats counts them");
  };
  if (body.max_members() != 0 && presence_.clients() > body.max_members())
    return too_much(body.max_members(), " connections");
  if (body.max_bytes() != 0 && presence_.bytes() > body.max_bytes())
    return too_much(body.max_bytes(), " bytes of connections");
  auto result = make_answer();
  presence_.fill(*result.reply->mutable_presence());
  return result;
}

room_answer room::presence_stats() const {
  auto result = make_answer();
  auto& stats = *result.reply->mutable_presence_stats();
  stats.set_num_clients(presence_.clients());
  stats.set_num_users(presence_.users());
  return result;
}

room_answer room::info() const {
  auto result = make_answer();
  auto& info = *result.reply->mutable_room_info();
  info.set_home(host_->context().node);
  info.set_shard(host_->shard_number());
  info.set_epoch(log_.epoch());
  info.set_offset(log_.offset());
  info.set_history_size(static_cast<std::uint32_t>(log_.history_size()));
  info.set_history_bytes(log_.history_bytes());
  for (const auto& [node, clients] : presence_.clients_by_node())
    (*info.mutable_members_by_node())[node] = clients;
  for (const auto& x : attached_)
    info.add_attached_nodes(x.node);
  return result;
}

void room::node_left(const std::string& node) {
  std::erase_if(attached_, [&](const auto& x) { return x.node == node; });
  for (auto& who : presence_.remove_node(node))
    happened({nullptr, nullptr, std::move(who)});
  count();
  plan_expiry();
}

void room::snapshot(std::size_t max_bytes,
                    std::deque<roost::link::RoomSnapshot>& out) {
  log_.expire(host_->now(), true);
  log_.snapshot(id_, max_bytes, out);
}

void room::restore(const roost::link::RoomSnapshot& piece) {
  log_.restore(piece, host_->now());
  count();
  plan_expiry();
}

void room::restored() {
  log_.restored();
  count();
}

// -- events -------------------------------------------------------------------

void room::happened(room_event event) {
  if (attached_.empty())
    return;
  if (!pending_) {
    pending_ = std::make_shared<room_events>();
    pending_->room = id_;
    pending_->epoch = log_.epoch();
  }
  pending_->events.push_back(std::move(event));
  home_lane().at_turn_end(*this, turn_phase::fan_out);
}

void room::at_turn_end() {
  const caf::strong_actor_ptr hold{ctrl()}; // an exception ends it
  in_handler([this] { flush(); });
}

void room::flush() {
  if (!pending_)
    return;
  const std::shared_ptr<const room_events> events = std::move(pending_);
  pending_.reset();
  const auto& context = host_->context();
  for (const auto& [node, lanes] : attached_) {
    if (node == context.node) {
      for (std::size_t i = 0; i < context.audiences.size(); ++i)
        if ((lanes >> i & 1) != 0)
          send(context.audiences[i], deliver_events{events});
      continue;
    }
    const auto link = host_->view().links.find(node);
    if (link != host_->view().links.end())
      send(link->second, deliver_remote{lanes, events});
  }
}

// -- end of life --------------------------------------------------------------

bool room::needed() const {
  return !attached_.empty() || !presence_.empty() || !waiting_.empty();
}

void room::expire() {
  const auto now = host_->now();
  log_.expire(now, true);
  count();
  if (needed() || !log_.forgettable(now) || !forget_copies())
    return plan_expiry();
  over_ = true;
  quit();
}

void room::plan_expiry() {
  const auto now = host_->now();
  auto due = log_.next_expiry(needed());
  if (!needed() && log_.forgettable(now))
    due = now + linger;
  if (!due)
    return; // armed for nothing, it plans again
  const auto at = std::max(*due, now + linger);
  if (expiry_.armed() && expiry_at_ <= at)
    return;
  expiry_at_ = at;
  expiry_.expires_after(at - now);
}

void room::count() {
  auto& metrics = home_lane().metrics();
  counted_history_.set(metrics.history_publications, log_.history_size());
  counted_bytes_.set(metrics.history_bytes, log_.history_bytes());
  counted_presence_.set(metrics.presence_entries, presence_.size());
}

} // namespace actors
