#include "actors/room/requests.hpp"
#include "actors/room/shard/shard.hpp"

// How a shard is the home of replicated rooms or a copy of them; see shard.hpp.

namespace actors {

namespace {

constexpr std::chrono::seconds sweep_interval{60};

} // namespace

shard_replication* shard::replication() {
  return std::get_if<shard_replication>(&replicated_);
}

const shard_replication* shard::replication() const {
  return std::get_if<shard_replication>(&replicated_);
}

replication_copy& shard::copy() {
  return std::get<replication_copy>(replicated_);
}

// -- the home -----------------------------------------------------------------

// With `go_on` from the copy that is here, else anew.
void shard::start_replication(bool go_on) {
  std::optional<record_tail> pending;
  if (go_on) {
    rooms_.add_dormant(copy().take_rooms());
    pending = copy().take_pending();
  }
  room_host& host = *this;
  replicated_.emplace<shard_replication>(*this, host, rooms_, ++replications_,
                                         std::move(pending));
  replication()->start_term(copies_);
  count_copies();
}

void shard::on_carried(std::uint64_t home, const std::string& to,
                       std::uint64_t ticket,
                       const roost::link::ShardReply& reply) {
  if (auto* now = replication(); now && now->id() == home) // else of before
    now->answered(to, ticket, reply);
}

std::string_view shard::refuses_changes() const {
  const auto why =
      replication() ? replication()->refusal() : "this node is not the home";
  if (!why.empty())
    home_lane().metrics().replication_refused.add();
  return why;
}

std::uint64_t shard::replicate(room_record record) {
  return std::get<shard_replication>(replicated_).append(std::move(record));
}

bool shard::lease_holds() const {
  return context_.lease.holds(home_lane().now());
}

// -- the copy -----------------------------------------------------------------

// Goes on as the copy of what was home here. The hand-over with the number
// `relayed_with` takes what is in flight along.
void shard::become_copy(std::uint64_t relayed_with) {
  room::waiting_list waiting;
  auto logs = rooms_.take_replicated(waiting);
  auto pending = replication()->take_pending();
  forget_replicated();
  copy().take_over(std::move(logs), std::move(pending));
  count_copies();
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

// Begins with a copy of nothing, whatever was here.
void shard::forget_replicated() {
  replicated_.emplace<replication_copy>(*context_.channels,
                                        log_limits(context_.limits), epochs_);
  count_copies();
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
  if (replication())
    return error_reply<roost::link::ShardReply>(proto::errc::internal,
                                                "no copy of this term is here");
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
  const auto* here = std::get_if<replication_copy>(&replicated_);
  auto& metrics = home_lane().metrics();
  counted_copies_.set(metrics.copies, here ? here->rooms().size() : 0);
  counted_copy_bytes_.set(metrics.copy_bytes, here ? here->bytes() : 0);
  plan_sweep();
}

// -- what is past its time ----------------------------------------------------

// Copies only drop old publications: the home says when a room ends.
void shard::sweep() {
  if (!replication())
    copy().expire(now());
  rooms_.expire_dormant(now(),
                        [this](const std::string& id, const room_log& log) {
                          if (!refuses_changes().empty())
                            return false;
                          replicate(end_of_room(id, log.epoch()));
                          return true;
                        });
  count_copies();
}

void shard::plan_sweep() {
  const auto* here = std::get_if<replication_copy>(&replicated_);
  if (!sweep_.armed()
      && (rooms_.has_dormant() || (here && !here->rooms().empty())))
    sweep_.expires_after(sweep_interval);
}

} // namespace actors
