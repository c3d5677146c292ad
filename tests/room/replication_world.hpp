#pragma once

#include "tests/room/replication_node.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace replication_test {

using namespace std::chrono_literals;
using role = replication_copy::role;

/// Three nodes that replicate one shard while messages are late, lost and
/// doubled, nodes die and start again, and the home moves. As long as one copy
/// that is in sync lives:
/// - a number names one record, an offset one publication, for ever;
/// - what was committed is at every later home, and in the end at every copy.
class replication_world {
public:
  explicit replication_world(unsigned seed)
      : random(seed), epochs(actors::random_epochs(seed)) {
    channels.without_namespace.history_size = 20;
    channels.without_namespace.history_ttl = 1h;
    limits.batch_bytes = 600;
    limits.part_bytes = 700;
    for (const auto* name : {"a", "b", "c"})
      start(nodes[name], name);
    views.push_back({"a", "", {1, {}, {}}});
    see_view(nodes.at("a"));
  }

  /// Something happens, by chance.
  void step() {
    time += std::chrono::milliseconds(any(8));
    now += 1ms;
    const auto what = any(100);
    if (what < 30)
      publish(nodes.at(newest().home));
    else if (what < 33)
      publish(any_node()); // it may still take itself for the home
    else if (what < 80)
      carry_one(false);
    else if (what < 90)
      see_view(any_node());
    else if (what < 94)
      pump(any_node());
    else if (what < 96)
      add_learner(any_node());
    else if (what < 97)
      move();
    else if (what < 98 && any(2) == 0)
      kill(any_node());
  }

  /// Nothing is lost any more, until there is nothing to do.
  void settle() {
    for (int i = 0; i < 2'000; ++i) {
      time += 5ms;
      for (auto& [name, x] : nodes) {
        see_view(x);
        pump(x);
        if (i < 1'000)
          add_learner(x);
      }
      for (int n = 0; n < 20; ++n)
        carry_one(true);
      if (i > 100 && is_quiet())
        return;
    }
    FAIL() << "does not come to rest";
  }

  /// Whether all is everywhere.
  void compare() {
    auto& home = nodes.at(newest().home);
    for (auto& [number, record] : truth)
      ASSERT_LE(number, home.home->committed());
    for (const auto& name : newest().copies.standbys) {
      const auto& rooms = nodes.at(name).copy->rooms();
      ASSERT_EQ(rooms.size(), home.logs.size());
      for (const auto& [room, log] : home.logs) {
        const auto& copied = rooms.at(room).log;
        ASSERT_EQ(copied.epoch(), log.epoch());
        ASSERT_EQ(copied.offset(), log.offset());
        const auto mine = std::get<0>(log.history(-1, {}, false));
        const auto other = std::get<0>(copied.history(-1, {}, false));
        ASSERT_EQ(mine.size(), other.size());
        for (std::size_t i = 0; i < mine.size(); ++i)
          ASSERT_EQ(mine[i]->data(), other[i]->data());
      }
    }
  }

  std::map<std::uint64_t, std::string> truth; ///< Committed records.
  int caught_up = 0;                          ///< Learners.

private:
  std::size_t any(std::size_t below) { return random() % below; }

  node& any_node() { return std::next(nodes.begin(), any(3))->second; }

  void start(node& x, std::string name) {
    const auto life = x.life + 1;
    x = node{};
    x.name = std::move(name);
    x.life = life;
    x.views_seen = views.size();
    x.copy = std::make_unique<replication_copy>(
        channels, actors::room_log_limits{}, epochs);
  }

  // -- the coordinator --------------------------------------------------------

  const shard_view& newest() const { return views.back(); }

  void show(shard_view next) {
    next.copies.term = views.size() + 1;
    views.push_back(std::move(next));
  }

  bool is_settled() const {
    const auto& home = nodes.at(newest().home);
    return home.home && home.views_seen == views.size();
  }

  /// A node dies, and is there again with nothing.
  void kill(node& x) {
    auto next = newest();
    std::erase(next.copies.standbys, x.name);
    std::erase(next.copies.learners, x.name);
    if (next.donor == x.name)
      next.donor.clear();
    if (next.home == x.name) {
      if (next.copies.standbys.empty())
        return; // nobody would be left
      next.home = next.copies.standbys[any(next.copies.standbys.size())];
      std::erase(next.copies.standbys, next.home);
      next.donor.clear();
    }
    start(x, x.name);
    show(next);
  }

  void add_learner(node& x) {
    const auto& now_there = newest();
    if (now_there.home == x.name || now_there.copies.has_standby(x.name)
        || now_there.copies.has_learner(x.name))
      return;
    auto next = now_there;
    next.copies.learners.push_back(x.name);
    show(next);
  }

  void move() {
    auto next = newest();
    if (next.copies.standbys.empty() || !is_settled())
      return;
    next.donor = std::exchange(
        next.home, next.copies.standbys[any(next.copies.standbys.size())]);
    std::erase(next.copies.standbys, next.home);
    next.copies.standbys.push_back(next.donor);
    show(next);
  }

  void hear(const roost::link::CopiesReport& report) {
    auto next = newest();
    if (report.term() != next.copies.term)
      return;
    for (const auto& x : report.lost()) {
      std::erase(next.copies.standbys, x);
      std::erase(next.copies.learners, x);
    }
    for (const auto& x : report.caught_up()) {
      std::erase(next.copies.learners, x);
      next.copies.standbys.push_back(x);
      ++caught_up;
    }
    show(next);
  }

  // -- nodes ------------------------------------------------------------------

  void see_view(node& x) {
    if (x.views_seen == views.size())
      return;
    const auto& seen = views[x.views_seen++];
    const auto& copies = seen.copies;
    if (seen.home == x.name) {
      if (x.home)
        x.home->start_term(copies);
      else if (seen.donor.empty())
        become_home(x, copies);
      else
        x.awaits_tail = true;
    } else {
      x.awaits_tail = false;
      if (x.home)
        stop_being_home(x, seen);
      x.copy->assign(copies.has_standby(x.name)   ? role::standby
                     : copies.has_learner(x.name) ? role::learner
                                                  : role::none,
                     copies.term);
    }
    pump(x);
    for (auto& late : std::exchange(parked[x.name], {}))
      deliver(x, late);
  }

  void become_home(node& x, const actors::shard_copies& copies) {
    x.awaits_tail = false;
    if (views.size() > 1 && copies.term > 1) {
      ASSERT_TRUE(x.copy->is_complete());
      ASSERT_GE(x.copy->has(), truth.empty() ? 0 : truth.rbegin()->first);
    }
    for (auto& [name, room] : x.copy->take_rooms())
      x.logs.emplace(name, std::move(room.log));
    auto pending = x.copy->take_pending();
    for (auto i = pending.first(); i <= pending.last(); ++i) {
      const auto known = truth.find(i);
      if (known != truth.end()) {
        ASSERT_EQ(known->second, text(pending[i]));
      }
      log_of(x, pending[i].room).expect(pending[i]);
    }
    ++x.homes;
    x.home.emplace(
        0, limits,
        actors::room_source{[&x] {
                              std::vector<std::string> names;
                              for (const auto& [name, log] : x.logs)
                                names.push_back(name);
                              return names;
                            },
                            [&x](const std::string& name, std::size_t bytes,
                                 std::deque<roost::link::RoomSnapshot>& out) {
                              const auto i = x.logs.find(name);
                              if (i != x.logs.end())
                                i->second.snapshot(name, bytes, out);
                            }},
        std::move(pending));
    x.home->start_term(copies);
  }

  void stop_being_home(node& x, const shard_view& seen) {
    if (seen.donor == x.name) {
      auto request = std::make_shared<roost::link::ShardRequest>();
      *request->mutable_hand_over()->mutable_tail() = x.home->tail();
      request->mutable_hand_over()->set_view(seen.copies.term);
      send(x, seen.home, request, 0);
    }
    actors::room_copies rooms;
    for (auto& [name, log] : x.logs) {
      log.give_up_flight();
      if (log.starts())
        rooms.emplace(name, actors::room_copy{std::move(log), 0});
    }
    x.copy->take_over(std::move(rooms), x.home->take_pending());
    x.logs.clear();
    x.home.reset();
  }

  room_log& log_of(node& x, const std::string& room) {
    return x.logs
        .try_emplace(room, *channels.find(room), actors::room_log_limits{},
                     epochs)
        .first->second;
  }

  static std::string text(const room_record& record) {
    roost::link::RoomRecord wire;
    to_wire(record, wire);
    return wire.SerializeAsString();
  }

  void pump(node& x) {
    if (!x.home)
      return;
    // The coordinator waits for the end of the lease before it acts.
    const bool lease = newest().home == x.name;
    while (auto next = x.home->commit_next(lease)) {
      const auto& record = *next->record;
      ASSERT_EQ(truth.emplace(next->number, text(record)).first->second,
                text(record))
          << next->number;
      if (record.publication)
        note(record.room, record.epoch, *record.publication);
      auto& log = log_of(x, record.room);
      log.apply(record, now);
      if (!log.starts() && !log.in_flight())
        x.logs.erase(record.room);
    }
    for (auto& out : x.home->to_send(time))
      send(x, out.to, out.request, out.ticket);
    if (const auto report = x.home->take_report())
      hear(*report);
  }

  void note(const std::string& room, const std::string& epoch,
            const roost::client::Publication& made) {
    const auto [i, fresh] =
        offsets.emplace(std::tuple{room, epoch, made.offset()}, made.data());
    ASSERT_EQ(i->second, made.data()) << room << " " << made.offset();
  }

  void publish(node& x) {
    if (!x.home || !x.home->refusal(newest().home == x.name).empty())
      return;
    const auto room = "room " + std::to_string(any(4));
    auto& log = log_of(x, room);
    auto append = [&](room_record record) {
      record.room = room;
      log.expect(record);
      x.home->append(std::move(record));
    };
    if (!log.starts())
      append(log.prepare_start());
    if (any(20) == 0)
      append(log.prepare_history_removal());
    if (any(40) == 0) {
      room_record end;
      end.what = room_record::kind::ended;
      end.epoch = log.top().epoch;
      append(end);
    } else {
      roost::link::Publish request;
      request.set_data(std::to_string(++published)
                       + std::string(any(300), '.'));
      append(*log.prepare(request, actors::unix_time{now}).record);
    }
    if (any(3) > 0)
      pump(x);
  }

  // -- the network ------------------------------------------------------------

  void send(node& from, const std::string& to,
            std::shared_ptr<roost::link::ShardRequest> request,
            std::uint64_t ticket) {
    wires[{from.name, to}].push_back({from.name,
                                      nodes.at(to).life,
                                      std::move(request),
                                      from.homes,
                                      ticket,
                                      {}});
  }

  void reply_to(const packet& to, node& from, roost::link::ShardReply reply) {
    packet back = to;
    back.from = from.name;
    back.life = nodes.at(to.from).life;
    back.request = nullptr;
    back.reply = std::move(reply);
    if (to.request->has_hand_over() && back.reply.has_error())
      back.request = to.request; // to be repeated
    wires[{from.name, to.from}].push_back(std::move(back));
  }

  static roost::link::ShardReply failed() {
    roost::link::ShardReply result;
    result.mutable_error()->set_code(100);
    return result;
  }

  void carry_one(bool reliable) {
    std::vector<std::pair<std::string, std::string>> busy;
    for (const auto& [way, packets] : wires)
      if (!packets.empty())
        busy.push_back(way);
    if (busy.empty())
      return;
    const auto way = busy[any(busy.size())];
    auto x = std::move(wires[way].front());
    wires[way].pop_front();
    auto& to = nodes.at(way.second);
    const bool is_reply = x.reply.has_error() || !x.request;
    const bool lost = x.life != to.life || (!reliable && any(25) == 0);
    if (is_reply) {
      if (lost)
        x.reply = failed();
      take_reply(to, x);
    } else if (lost) {
      reply_to(x, to, failed());
    } else {
      deliver(to, x);
      if (!reliable && any(25) == 0 && x.life == to.life)
        deliver_again(to, x);
    }
  }

  /// A request may come twice; its sender hears of one answer.
  void deliver_again(node& to, const packet& x) {
    auto& answers = wires[{to.name, x.from}];
    const auto answered = answers.size();
    const auto waiting = parked[to.name].size();
    deliver(to, x);
    answers.resize(std::min(answered, answers.size()));
    parked[to.name].resize(std::min(waiting, parked[to.name].size()));
  }

  void take_reply(node& to, const packet& x) {
    if (x.request && x.request->has_hand_over()) { // the tail, in vain
      const auto& now_there = newest();
      if (now_there.donor == to.name && now_there.home == x.from)
        send(to, x.from, x.request, 0);
      return;
    }
    if (!to.home || x.homes != to.homes || x.life != to.life)
      return;
    to.home->answered(x.from, x.ticket, x.reply, time);
    pump(to);
  }

  void deliver(node& to, const packet& x) {
    if (x.request->has_hand_over())
      return deliver_tail(to, x);
    const auto& body = *x.request;
    const auto term = body.has_replicate() ? body.replicate().term()
                                           : body.copy_rooms().term();
    if (term > to.views_seen)
      return parked[to.name].push_back(x);
    if (to.home || to.awaits_tail)
      return reply_to(x, to, failed());
    reply_to(x, to,
             body.has_replicate()
                 ? to.copy->replicate(body.replicate(), now)
                 : to.copy->copy_rooms(body.copy_rooms(), now));
  }

  void deliver_tail(node& to, const packet& x) {
    const auto& body = x.request->hand_over();
    if (body.view() > to.views_seen)
      return parked[to.name].push_back(x);
    if (to.awaits_tail) {
      ASSERT_TRUE(to.copy->take_tail(body.tail(), now));
      become_home(to, views[to.views_seen - 1].copies);
      pump(to);
    }
  }

  // -- checks -----------------------------------------------------------------

  bool is_quiet() {
    for (const auto& [way, packets] : wires)
      if (!packets.empty())
        return false;
    const auto& view = newest();
    if (view.copies.standbys.size() != 2 || !is_settled())
      return false;
    const auto& home = *nodes.at(view.home).home;
    for (const auto& name : view.copies.standbys)
      if (nodes.at(name).copy->committed() != home.last())
        return false;
    return home.in_flight() == 0;
  }

  std::mt19937 random;
  config::channel_section channels;
  actors::replication_limits limits;
  actors::epoch_source epochs;
  actors::unix_time now{1'000'000s};
  replication_home::time_point time{};
  std::map<std::string, node> nodes;
  std::vector<shard_view> views;
  std::map<std::pair<std::string, std::string>, std::deque<packet>> wires;
  std::map<std::string, std::vector<packet>> parked;

  std::map<std::tuple<std::string, std::string, std::uint64_t>, std::string>
      offsets;
  int published = 0;
};

} // namespace replication_test
