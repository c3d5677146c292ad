#include "actors/room/requests.hpp"
#include "actors/room/shard/shard.hpp"

#include <spdlog/spdlog.h>

// How a shard moves from one home to the next; see shard.hpp.

namespace actors {

namespace {

// A donor has one part under way, a home a few requests; more come from those
// of other views.
constexpr std::size_t max_parked_parts = 16;

constexpr std::chrono::milliseconds give_again_after{100};

bool may_succeed_later(const shard_answer& answer) {
  return answer.reply->error().code()
         == static_cast<std::uint32_t>(proto::errc::internal);
}

} // namespace

// -- the taking side ----------------------------------------------------------

void shard::on_shard_request(waiting_part x) {
  using roost::link::ShardRequest;
  switch (x.request->body_case()) {
  case ShardRequest::kHandOver:
    if (x.request->hand_over().view() > view_number())
      return park(std::move(x));
    return take_part(x);
  case ShardRequest::kReplicate:
    if (x.request->replicate().term() > view_number())
      return park(std::move(x));
    return on_replication(x);
  case ShardRequest::kCopyRooms:
    if (x.request->copy_rooms().term() > view_number())
      return park(std::move(x));
    return on_replication(x);
  case ShardRequest::BODY_NOT_SET:
    break;
  }
  x.promise.deliver(shard_refused(proto::errc::bad_request));
}

void shard::park(waiting_part x) {
  if (!parked_parts_.add(x, max_parked_parts,
                         home_lane().now() + context_.request_timeout))
    return x.promise.deliver(shard_refused(proto::errc::internal));
  plan_time_out();
}

void shard::take_part(waiting_part& x) {
  const auto& part = x.request->hand_over();
  if (has_taken_all(place_, part.view()))
    return accept_part(x); // our answer was lost
  const auto* now = std::get_if<awaiting>(&place_);
  // The views in between were skipped here: it comes again with the newest.
  if (now && part.view() < now->since)
    return x.promise.deliver(shard_refused(proto::errc::internal));
  if (!now || !take_tail(part))
    return x.promise.deliver(shard_refused(proto::errc::bad_request));
  for (const auto& piece : part.rooms()) {
    const auto* options = context_.channels->find(piece.room());
    if (options == nullptr) // the namespace is unknown here
      continue;
    // Not refused by rooms_per_node: what was acknowledged must not be lost.
    auto home = rooms_.find(piece.room());
    if (!home)
      home = rooms_.make(piece.room(), *options);
    home->call([&piece](room& x) { x.restore(piece); });
  }
  accept_part(x);
  if (part.last())
    stop_awaiting(true);
  else
    place_timer_.expires_after(context_.hand_over_timeout);
}

// Goes on with the copy that is here and what the donor had in flight; at once,
// so that the donor's publishers are answered.
bool shard::take_tail(const roost::link::HandOver& part) {
  if (!part.has_tail() || replication())
    return true;
  if (!copy().take_tail(part.tail(), now())) {
    spdlog::warn("shard {} has no copy that goes on where {} has stopped",
                 number_, std::get<awaiting>(place_).donor);
    return false;
  }
  start_replication(true);
  return true;
}

void shard::accept_part(waiting_part& x) {
  const auto& tail = x.request->hand_over().tail();
  const auto records = static_cast<std::uint64_t>(tail.records_size());
  if (auto* home = replication(); home && records > 0)
    return home->when_committed(tail.first() + records - 1,
                                std::move(x.promise));
  x.promise.deliver(shard_done());
}

void shard::stop_awaiting(bool complete) {
  const auto before = std::get<awaiting>(place_);
  if (!complete) {
    home_lane().metrics().shards_lost.add();
    spdlog::warn("shard {} starts with {} rooms: {} did not hand over the rest",
                 number_, rooms_.living(), before.donor);
  }
  rooms_.for_each([](room& x) { x.restored(); });
  if (!replication())
    start_replication(copy().is_in_sync());
  home_lane().metrics().shard_pauses.add(home_lane().now() - before.began_at);
  enter(serving{complete ? std::optional{before.since} : std::nullopt});
  if (context_.membership)
    send(context_.membership, shard_settled{number_, view_number()});
  resume_parked();
}

// -- the giving side ----------------------------------------------------------

void shard::start_giving(const std::string& home,
                         std::optional<roost::link::Replicate> tail) {
  rooms_.for_each([](room& x) { x.flush(); });
  hand_over gift{number_, rooms_.to_read(false)};
  if (tail)
    gift.set_tail(std::move(*tail));
  enter(giving{++givings_, home, std::move(gift), give_until()});
  give_part();
}

lane::clock::time_point shard::give_until() const {
  return home_lane().now() + context_.hand_over_timeout;
}

void shard::give_part() {
  place_timer_.cancel();
  auto& now = std::get<giving>(place_);
  const auto link = view_->links.find(now.receiver);
  if (link == view_->links.end())
    return retry_giving();
  request(link->second, caf::infinite, ask_shard{now.gift.part(view_number())})
      .then([this, number = now.number](
                const shard_answer& answer) { on_given(number, answer); },
            [this, number = now.number](caf::error&) {
              on_given(number, shard_refused(proto::errc::internal));
            });
}

void shard::on_given(std::uint64_t number, const shard_answer& answer) {
  const bool refused = answer.reply->has_error();
  if (!refused)
    relayed_.committed(number); // also when it is over by now
  auto* now = std::get_if<giving>(&place_);
  if (!now || now->number != number)
    return; // of a hand-over that was given up
  if (refused && may_succeed_later(answer) && home_lane().now() < now->until)
    return retry_giving();
  if (!refused && !now->gift.at_last()) {
    now->gift.taken();
    now->until = give_until();
    return give_part();
  }
  if (refused)
    spdlog::warn("shard {} drops {} rooms: {} does not take them", number_,
                 rooms_.living(), now->receiver);
  else
    home_lane().metrics().shards_handed_over.add();
  rooms_.drop();
  enter(elsewhere{now->receiver});
}

void shard::retry_giving() {
  const auto& now = std::get<giving>(place_);
  if (home_lane().now() < now.until)
    return place_timer_.expires_after(give_again_after);
  on_given(now.number, shard_refused(proto::errc::bad_request));
}

} // namespace actors
