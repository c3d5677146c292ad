#include "actors/room/replication/courier.hpp"
#include "actors/room/requests.hpp"
#include "actors/room/shard/shard.hpp"

#include <algorithm>
#include <set>

// How a shard brings changes of its rooms to their copies; see shard.hpp.

namespace actors {

// -- the home -----------------------------------------------------------------

// With `go_on` from the copy that is here, else anew.
void shard::start_replication(bool go_on) {
  std::optional<record_tail> pending;
  if (go_on) {
    rooms_.add_dormant(copy().take_rooms());
    plan_sweep();
    pending = copy().take_pending();
  }
  copy().assign(replication_copy::role::none, copies_.term);
  count_copies();
  ++replications_;
  replication_.emplace(number_, limits_for(context_.failure_timeout),
                       rooms_.to_read(true), std::move(pending));
  // The home before may have acknowledged some of these.
  const auto& changes = *replication_;
  for (auto n = changes.committed() + 1; n <= changes.last(); ++n) {
    const auto& id = changes[n].room;
    const auto* options = context_.channels->find(id);
    if (options == nullptr || !is_replicated(*options))
      continue;
    auto home = rooms_.find(id);
    if (!home)
      home = rooms_.wake(id);
    if (!home)
      home = rooms_.make(id, *options);
    home->call([&](room& x) { x.expect(n, changes[n]); });
  }
  start_term();
}

void shard::start_term() {
  if (!replication_)
    return;
  replication_->start_term(copies_);
  commit();
  home_lane().at_turn_end(*this, turn_phase::fan_out);
}

// Goes on as the copy of what was home here; of that home nothing is left. The
// hand-over with the number `relayed_with` takes what is in flight along.
void shard::become_copy(std::uint64_t relayed_with) {
  room::waiting_list waiting;
  auto logs = rooms_.take_replicated(waiting);
  copy().take_over(std::move(logs), replication_->take_pending());
  count_copies();
  drop_replication();
  room::waiting_list relayed;
  for (auto& x : waiting) {
    if (!x.promise.pending())
      continue;
    if (x.number > 0)
      relayed.push_back(std::move(x));
    else if (x.request)
      park({x.request, std::move(x.promise), {}});
    else
      refuse(x.promise, "the room has moved");
  }
  relayed_.add(relayed_with, home_lane().now() + context_.request_timeout,
               std::move(relayed));
  plan_time_out();
}

void shard::drop_replication() {
  if (!replication_)
    return;
  rooms_.for_each([](room& x) {
    if (x.replicated())
      x.abandon_flight();
  });
  replication_.reset();
  ++replications_;
  deadlines_.clear();
  carry_again_.cancel();
  for (auto& x : std::exchange(tails_, {}))
    x.promise.deliver(shard_refused(proto::errc::internal));
  count_flight();
}

bool shard::lease_holds() const {
  return context_.lease.holds(home_lane().now());
}

std::string_view shard::refuses_changes() const {
  const auto why = replication_ ? replication_->refusal(lease_holds())
                                : "this node is not the home";
  if (!why.empty())
    home_lane().metrics().replication_refused.add();
  return why;
}

std::uint64_t shard::replicate(room_record record) {
  const auto number = replication_->append(std::move(record));
  const auto deadline = home_lane().now() + context_.request_timeout;
  if (deadlines_.empty() || deadlines_.back().first < deadline)
    deadlines_.emplace_back(deadline, number);
  else
    deadlines_.back().second = number;
  home_lane().at_turn_end(*this, turn_phase::fan_out);
  return number;
}

void shard::commit() {
  if (!replication_)
    return;
  while (const auto next = replication_->commit_next(lease_holds())) {
    const auto home = rooms_.find(next->record->room);
    if (home) // else it has ended
      home->call([&](room& x) { x.committed(next->number, *next->record); });
  }
  std::erase_if(tails_, [this](waiting_commit& x) {
    if (x.number > replication_->committed())
      return false;
    x.promise.deliver(shard_done());
    return true;
  });
}

void shard::at_turn_end() {
  const caf::strong_actor_ptr hold{ctrl()}; // an exception ends it
  in_handler([this] { carry(); });
}

void shard::carry() {
  if (!replication_)
    return;
  commit();
  give_up_late();
  for (auto& x : replication_->to_send(home_lane().now()))
    send_to_copy(std::move(x));
  if (auto report = replication_->take_report()) {
    home_lane().metrics().copies_lost.add(
        static_cast<std::uint64_t>(report->lost_size()));
    if (context_.membership)
      send(context_.membership,
           copies_report{std::make_shared<const roost::link::CopiesReport>(
               std::move(*report))});
  }
  count_flight();
  plan_carrying();
}

void shard::send_to_copy(replication_home::outgoing x) {
  const auto failed = [this, home = replications_, to = x.to,
                       ticket = x.ticket] {
    on_carried(home, to, ticket,
               error_reply<roost::link::ShardReply>(proto::errc::internal));
  };
  const auto link = view_->links.find(x.to);
  if (link == view_->links.end())
    return failed();
  if (x.at_once)
    return self_of<courier>(context_.couriers[home_lane().number()])
        ->carry(link->second, {caf::actor{this}, replications_, std::move(x.to),
                               x.ticket, std::move(x.request), x.bytes});
  request(link->second, caf::infinite, ask_shard{std::move(x.request)})
      .then(
          [this, home = replications_, to = x.to,
           ticket = x.ticket](const shard_answer& answer) {
            on_carried(home, to, ticket, *answer.reply);
          },
          [failed](caf::error&) { failed(); });
}

void shard::on_carried(std::uint64_t home, const std::string& to,
                       std::uint64_t ticket,
                       const roost::link::ShardReply& reply) {
  if (home != replications_ || !replication_)
    return; // of before
  if (reply.has_error())
    home_lane().metrics().replication_errors.add();
  replication_->answered(to, ticket, reply, home_lane().now());
  commit();
  home_lane().at_turn_end(*this, turn_phase::fan_out);
}

// Nobody waits for ever, though what waits may still be committed.
void shard::give_up_late() {
  const auto now = home_lane().now();
  const auto committed = replication_->committed();
  auto late = committed;
  if (!replication_->cut_off(lease_holds()).empty()) {
    late = replication_->last();
    deadlines_.clear();
  }
  while (!deadlines_.empty()
         && (deadlines_.front().second <= committed
             || deadlines_.front().first <= now)) {
    late = std::max(late, deadlines_.front().second);
    deadlines_.pop_front();
  }
  std::set<std::string> names;
  for (auto n = committed + 1; n <= late; ++n)
    names.insert((*replication_)[n].room);
  for (const auto& name : names)
    if (const auto home = rooms_.find(name))
      home->call([late](room& x) { x.give_up_waiting(late); });
}

void shard::plan_carrying() {
  const auto now = home_lane().now();
  auto due = replication_->due(now).value_or(lane::clock::time_point::max());
  if (!deadlines_.empty())
    due = std::min(due, deadlines_.front().first);
  carry_again_.expires_by(due);
}

void shard::count_flight() {
  counted_flight_.set(home_lane().metrics().records_in_flight,
                      replication_ ? replication_->in_flight() : 0);
}

// -- the copy -----------------------------------------------------------------

replication_copy& shard::copy() {
  if (!copy_)
    copy_.emplace(*context_.channels, log_limits(context_.limits), epochs_);
  return *copy_;
}

void shard::assign_copy() {
  using role = replication_copy::role;
  const auto& self = context_.node;
  copy().assign(copies_.has_standby(self)   ? role::standby
                : copies_.has_learner(self) ? role::learner
                                            : role::none,
                copies_.term);
  count_copies();
}

void shard::on_replication(waiting_part& x) {
  x.promise.deliver(shard_answer{
      std::make_shared<roost::link::ShardReply>(replicate_here(*x.request))});
}

roost::link::ShardReply
shard::replicate_here(roost::link::ShardRequest& request) {
  auto reply =
      request.has_replicate()
          ? copy().replicate(std::move(*request.mutable_replicate()), now())
          : copy().copy_rooms(request.copy_rooms(), now());
  count_copies();
  return reply;
}

// Who is not in their term yet cannot answer at once: they come again.
roost::link::ShardReply
shard::take_records(roost::link::ShardRequest& request) {
  auto reply = error_reply<roost::link::ShardReply>(
      proto::errc::internal, "the copy is not in this term");
  if (request.has_replicate() && request.replicate().term() <= view_number())
    in_handler([&] { reply = replicate_here(request); });
  return reply;
}

void shard::count_copies() {
  auto& metrics = home_lane().metrics();
  counted_copies_.set(metrics.copies, copy_ ? copy_->rooms().size() : 0);
  counted_copy_bytes_.set(metrics.copy_bytes, copy_ ? copy_->bytes() : 0);
  plan_sweep();
}

} // namespace actors
