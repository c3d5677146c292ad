#include "actors/room/requests.hpp"
#include "actors/room/room.hpp"

// What a room does that has copies on other nodes; see room.hpp.

namespace actors {

void room::handle_replicated(
    const std::shared_ptr<roost::link::RoomRequest>& request,
    caf::response_promise& promise) {
  using roost::link::RoomRequest;
  switch (request->body_case()) {
  case RoomRequest::kPublish:
    return publish_replicated(*request->mutable_publish(), promise);
  case RoomRequest::kHistoryRemove:
    return remove_replicated_history(promise);
  case RoomRequest::kAttach:
  case RoomRequest::kHistory:
    // Who learns an epoch must not lose it with this node.
    if (!begin_epoch(promise))
      return;
    break;
  default:
    break;
  }
  if (log_.epoch_changes() || has_inherited_flight())
    return wait({0, nullptr, request, {}, std::move(promise)});
  promise.deliver(answer(*request));
}

// Whether something is in flight that an earlier home may have acknowledged:
// who has it must not find the room behind it.
bool room::has_inherited_flight() const {
  return !waiting_.empty() && waiting_.front().number <= inherited_;
}

// Whether who asks has seen more of this epoch than is here. Without a lease
// another node may be the home by now, so nothing can be said to be lost.
bool room::is_behind(const roost::link::RoomRequest& request) const {
  const auto* since = request.attach().has_since() ? &request.attach().since()
                      : request.history().has_since()
                          ? &request.history().since()
                          : nullptr;
  return since != nullptr && since->epoch() == log_.epoch()
         && since->offset() > log_.offset()
         && !host_->context().lease.holds(home_lane().now());
}

// Whether there is an epoch, or one is on its way; else it has refused.
bool room::begin_epoch(caf::response_promise& promise) {
  const bool expired =
      !needed() && !log_.in_flight() && log_.position_expired(host_->now());
  if (log_.starts() && !expired)
    return true;
  if (const auto why = host_->refuses_changes(); !why.empty()) {
    promise.deliver(refused(proto::errc::internal, why));
    return false;
  }
  append(log_.prepare_start(), {}, {});
  return true;
}

void room::publish_replicated(roost::link::Publish& body,
                              caf::response_promise& promise) {
  const bool kept = !body.skip_history();
  const auto why = kept ? host_->refuses_changes() : refuses_to_wait();
  if (!why.empty())
    return promise.deliver(refused(proto::errc::internal, why));
  if (kept && !begin_epoch(promise))
    return;
  auto& metrics = home_lane().metrics();
  metrics.publications.add();
  auto made = log_.prepare(body, host_->now());
  auto reply = published_answer(made.at, !made.record);
  if (!made.record) {
    metrics.publications_suppressed.add();
    if (!made.repeats_in_flight)
      return promise.deliver(std::move(reply));
    return wait({0, nullptr, nullptr, std::move(reply), std::move(promise)});
  }
  if (kept)
    return append(std::move(*made.record), std::move(reply),
                  std::move(promise));
  // It has no copies, but its place.
  log_.expect(*made.record);
  wait({0, std::make_unique<room_record>(std::move(*made.record)), nullptr,
        std::move(reply), std::move(promise)});
}

void room::remove_replicated_history(caf::response_promise& promise) {
  if (!log_.starts())
    return promise.deliver(accepted());
  const auto why = host_->refuses_changes();
  if (!why.empty())
    return promise.deliver(refused(proto::errc::internal, why));
  append(log_.prepare_history_removal(), accepted(), std::move(promise));
}

void room::append(room_record record, room_answer reply,
                  caf::response_promise promise) {
  record.room = id_;
  log_.expect(record);
  const auto number = host_->replicate(std::move(record));
  waiting_.push_back(
      {number, nullptr, nullptr, std::move(reply), std::move(promise)});
}

void room::wait(waiting x) {
  if (waiting_.empty())
    return settle(x, x.record.get());
  const auto why = refuses_to_wait();
  if (!why.empty() && !x.record)
    return x.promise.deliver(refused(proto::errc::internal, why));
  waiting_.push_back(std::move(x));
}

std::string_view room::refuses_to_wait() const {
  return waiting_.size() < host_->context().limits.shard_parked_requests
             ? std::string_view{}
             : "too much waits for the copies of the room";
}

void room::settle(waiting& x, const room_record* record) {
  if (record) {
    log_.apply(*record, host_->now());
    if (record->publication)
      happened({record->publication, nullptr, nullptr, record->delta});
  }
  if (!x.promise.pending())
    return; // nobody waits any more
  x.promise.deliver(x.request ? answer(*x.request) : std::move(x.reply));
}

void room::expect(std::uint64_t number, const room_record& record) {
  log_.expect(record);
  inherited_ = number;
  waiting_.push_back({number, nullptr, nullptr, {}, {}});
}

void room::committed(std::uint64_t number, const room_record& record) {
  if (waiting_.empty() || waiting_.front().number != number)
    return; // of a room of that name before this one
  if (record.what != room_record::kind::published)
    flush(); // what happened before is of another epoch
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  settle(first, &record);
  settle_those_in_front();
  count();
  plan_expiry();
}

void room::settle_those_in_front() {
  while (!waiting_.empty() && waiting_.front().number == 0) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    settle(next, next.record.get());
  }
}

void room::give_up_waiting(std::uint64_t number) {
  for (auto& x : waiting_) {
    if (x.number > number)
      return;
    if (x.promise.pending())
      x.promise.deliver(
          refused(proto::errc::internal,
                  "the copies of the room did not answer in time"));
  }
}

void room::refuse_waiting() {
  for (auto& x : std::exchange(waiting_, {}))
    if (x.promise.pending())
      x.promise.deliver(
          refused(proto::errc::internal, "the room has moved or failed"));
}

room::waiting_list room::take_waiting() {
  return std::exchange(waiting_, {});
}

void room::wake(room_log log) {
  log_ = std::move(log);
  count();
  plan_expiry();
}

void room::abandon_flight() {
  refuse_waiting();
  log_.give_up_flight();
}

room_log room::take_log() {
  log_.give_up_flight();
  return std::move(log_);
}

// Whether the room may end: its copies go as well.
bool room::forget_copies() {
  if (!replicated() || !log_.starts())
    return true;
  if (!host_->refuses_changes().empty())
    return false;
  host_->replicate(end_of_room(id_, log_.epoch()));
  return true;
}

} // namespace actors
