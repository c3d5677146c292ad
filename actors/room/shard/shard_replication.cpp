#include "actors/room/shard/shard_replication.hpp"

#include "actors/room/replication/courier.hpp"
#include "actors/room/requests.hpp"
#include "actors/room/shard/shard.hpp"

#include <algorithm>
#include <set>

namespace actors {

shard_replication::shard_replication(shard& owner, room_host& host,
                                     shard_rooms& rooms, std::uint64_t id,
                                     std::optional<record_tail> pending)
    : owner_(owner), host_(host), rooms_(rooms), id_(id),
      home_(host.shard_number(), limits_for(host.context().failure_timeout),
            rooms.to_read(true), std::move(pending)),
      carry_again_(owner, [this] { carry(); }) {
  expect_pending();
}

shard_replication::~shard_replication() {
  rooms_.for_each([](room& x) {
    if (x.replicated())
      x.abandon_flight();
  });
  for (auto& x : waiting_)
    x.promise.deliver(shard_refused(proto::errc::internal));
  counted_flight_.set(home_lane().metrics().records_in_flight, 0);
}

// The home before may have acknowledged some of these.
void shard_replication::expect_pending() {
  for (auto n = home_.committed() + 1; n <= home_.last(); ++n) {
    const auto& id = home_[n].room;
    const auto* options = host_.context().channels->find(id);
    if (options == nullptr || !is_replicated(*options))
      continue;
    auto home = rooms_.find(id);
    if (!home)
      home = rooms_.wake(id);
    if (!home)
      home = rooms_.make(id, *options);
    home->call([&](room& x) { x.expect(n, home_[n]); });
  }
}

void shard_replication::start_term(const shard_copies& copies) {
  home_.start_term(copies);
  commit();
  carry_soon();
}

void shard_replication::retry() {
  home_.retry();
  carry();
}

std::uint64_t shard_replication::append(room_record record) {
  const auto number = home_.append(std::move(record));
  deadlines_.add(home_lane().now() + host_.context().request_timeout, number);
  carry_soon();
  return number;
}

std::string_view shard_replication::refusal() const {
  return home_.refusal(lease_holds());
}

void shard_replication::commit() {
  while (const auto next = home_.commit_next(lease_holds()))
    if (const auto home = rooms_.find(next->record->room)) // else it has ended
      home->call([&](room& x) { x.committed(next->number, *next->record); });
  std::erase_if(waiting_, [this](waiting_commit& x) {
    if (x.number > home_.committed())
      return false;
    x.promise.deliver(shard_done());
    return true;
  });
}

void shard_replication::when_committed(std::uint64_t number,
                                       caf::response_promise promise) {
  if (number > home_.committed())
    waiting_.push_back({number, std::move(promise)});
  else
    promise.deliver(shard_done());
}

// -- to the copies ------------------------------------------------------------

void shard_replication::carry_soon() {
  home_lane().at_turn_end(*this, turn_phase::fan_out);
}

void shard_replication::at_turn_end() {
  const caf::strong_actor_ptr hold{owner_.ctrl()}; // an exception ends it
  owner_.in_handler([this] { carry(); });
}

void shard_replication::carry() {
  commit();
  give_up_late();
  const auto now = home_lane().now();
  for (auto& x : home_.to_send(now))
    send(std::move(x));
  report();
  counted_flight_.set(home_lane().metrics().records_in_flight,
                      home_.in_flight());
  const auto due = home_.due(now).value_or(lane::clock::time_point::max());
  carry_again_.expires_by(std::min(due, deadlines_.next()));
}

void shard_replication::send(replication_home::outgoing x) {
  const auto answer = [shard = &owner_, home = id_, to = x.to,
                       ticket =
                           x.ticket](const roost::link::ShardReply& reply) {
    shard->on_carried(home, to, ticket, reply);
  };
  const auto fail = [answer] {
    answer(error_reply<roost::link::ShardReply>(proto::errc::internal));
  };
  const auto link = host_.view().links.find(x.to);
  if (link == host_.view().links.end())
    return fail();
  if (x.at_once)
    return self_of<courier>(host_.context().couriers[home_lane().number()])
        ->carry(link->second, {caf::actor{&owner_}, id_, std::move(x.to),
                               x.ticket, std::move(x.request), x.bytes});
  owner_.request(link->second, caf::infinite, ask_shard{std::move(x.request)})
      .then([answer](const shard_answer& x) { answer(*x.reply); },
            [fail](caf::error&) { fail(); });
}

void shard_replication::answered(const std::string& to, std::uint64_t ticket,
                                 const roost::link::ShardReply& reply) {
  if (reply.has_error())
    home_lane().metrics().replication_errors.add();
  home_.answered(to, ticket, reply, home_lane().now());
  commit();
  carry_soon();
}

void shard_replication::report() {
  auto made = home_.take_report();
  if (!made)
    return;
  home_lane().metrics().copies_lost.add(
      static_cast<std::uint64_t>(made->lost_size()));
  if (const auto& membership = host_.context().membership)
    owner_.send(membership,
                copies_report{std::make_shared<const roost::link::CopiesReport>(
                    std::move(*made))});
}

// Nobody waits for ever, though what waits may still be committed.
void shard_replication::give_up_late() {
  const auto committed = home_.committed();
  auto late = committed;
  if (!home_.cut_off(lease_holds()).empty()) {
    late = home_.last();
    deadlines_.clear();
  }
  while (const auto number = deadlines_.take_due(home_lane().now()))
    late = std::max(late, *number);
  deadlines_.drop_while([&](auto number) { return number <= committed; });
  std::set<std::string> names;
  for (auto n = committed + 1; n <= late; ++n)
    names.insert(home_[n].room);
  for (const auto& name : names)
    if (const auto home = rooms_.find(name))
      home->call([late](room& x) { x.give_up_waiting(late); });
}

bool shard_replication::lease_holds() const {
  return host_.context().lease.holds(home_lane().now());
}

lane& shard_replication::home_lane() const {
  return owner_.home_lane();
}

} // namespace actors
