#include "tests/simulation/cluster.hpp"

#include "actors/room/view_reader.hpp"
#include "tests/simulation/clock.hpp"

#include <algorithm>

namespace simulation {

namespace {

constexpr std::int64_t longest_step = 8;

/// "0:n1+n2~n3" for each shard: home, standbys, learners; "?n2" a holder, "<n2"
/// the donor.
std::string places_of(const actors::view_reader& view) {
  std::string out;
  for (std::uint32_t i = 0; i < view.shard_count(); ++i) {
    const auto* home = view.home_of(i);
    const auto copies = view.copies_of(i);
    out += " " + std::to_string(i) + ":" + (home == nullptr ? "-" : *home);
    for (const auto& x : copies.standbys)
      out += "+" + x;
    for (const auto& x : copies.learners)
      out += "~" + x;
    for (const auto& x : copies.holders)
      out += "?" + x;
    if (!view.donor_of(i).empty())
      out += "<" + view.donor_of(i);
  }
  return out;
}

} // namespace

cluster::cluster(caf::actor_system& system, std::function<bool()> run_others,
                 const plan& how, chance& random, trace& log, truth& checks)
    : system_(system), run_others_(std::move(run_others)), plan_(how),
      chance_(random), trace_(log), truth_(checks),
      network_(std::make_shared<slow_network>(system, random, log,
                                              how.longest_delay)) {
  set_clock(now_);
  for (std::uint32_t i = 0; i < how.nodes; ++i) {
    auto& x = slots_.emplace_back();
    x.name = "n" + std::to_string(i + 1);
    x.disk = std::make_shared<actors::memory_disk>();
  }
}

cluster::~cluster() {
  newest_.reset(); // has handles of links
  for (auto& x : slots_)
    if (x.process)
      end(x, true);
}

// -- time ---------------------------------------------------------------------

void cluster::step() {
  const milliseconds by{chance_.between(1, longest_step)};
  now_ += by;
  set_clock(now_);
  trace_.set_time(now_);
  network_->set_time(now_);
  std::vector<std::size_t> order(size());
  for (std::size_t i = 0; i < size(); ++i)
    order[i] = i;
  chance_.shuffle(order);
  for (const auto i : order) {
    if (paused(i))
      slots_[i].slept += by;
    else if (lives(i))
      at(i).lane().advance(by);
    run_others_();
  }
  deliver();
  for (const auto i : order)
    if (!chance_.one_in(8)) // it has other things to do
      poll(i);
  for (auto& x : slots_)
    if (x.gone && x.process)
      end(x, false);
}

void cluster::deliver() {
  while (const auto* to = network_->deliver_one()) {
    run_others_();
    if (!chance_.one_in(4))
      continue;
    for (std::size_t i = 0; i < size(); ++i)
      if (name(i) == *to)
        poll(i);
  }
}

void cluster::poll(std::size_t i) {
  if (!works(i))
    return;
  at(i).lane().poll();
  run_others_();
}

// -- nodes --------------------------------------------------------------------

std::vector<std::size_t> cluster::working() const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < size(); ++i)
    if (works(i))
      result.push_back(i);
  return result;
}

void cluster::start(std::size_t i) {
  auto& x = slots_[i];
  ++x.starts;
  x.gone = false;
  trace_.note("start", x.name, {}, x.starts);
  if (!plan_.durable)
    x.disk = std::make_shared<actors::memory_disk>();
  node::identity who;
  who.name = x.name;
  who.incarnation = std::to_string(x.starts);
  for (std::size_t c = 0; c < plan_.coordinators; ++c)
    who.coordinators.push_back(name(c) + ":7000");
  who.coordinator = i < plan_.coordinators;
  who.seed = chance_.next();
  x.process = std::make_unique<node>(
      system_, network_, plan_, std::move(who), x.disk,
      [this, i](const view_ptr& now) { on_view(i, now); });
  poll(i); // its clients come later
}

void cluster::kill(std::size_t i, bool silent) {
  auto& x = slots_[i];
  trace_.note(silent ? "lose" : "kill", x.name);
  end(x, silent);
}

void cluster::end(slot& x, bool silent) {
  network_->end(x.name, silent);
  network_->wake(x.name);
  x.paused = false;
  x.slept = {};
  x.process->end(run_others_);
  x.process.reset();
  run_others_();
}

void cluster::pause(std::size_t i) {
  trace_.note("pause", name(i));
  slots_[i].paused = true;
  network_->pause(name(i));
}

void cluster::wake(std::size_t i) {
  auto& x = slots_[i];
  trace_.note("wake", x.name, {}, static_cast<std::uint64_t>(x.slept.count()));
  x.paused = false;
  x.woken = now_;
  network_->wake(x.name);
  auto& lane = x.process->lane();
  lane.sleep(std::exchange(x.slept, {}));
  // What came meanwhile is there at once, but who knows what it sees first.
  if (chance_.one_in(2))
    deliver();
  if (chance_.one_in(2))
    poll(i);
  lane.advance({});
  run_others_();
}

void cluster::leave(std::size_t i) {
  trace_.note("leave", name(i));
  at(i).clients().leave(at(i).membership(), [this, i, start = start_of(i)] {
    if (start_of(i) != start)
      return;
    trace_.note("left", name(i));
    slots_[i].gone = true;
  });
}

void cluster::drain(std::size_t i, bool undo) {
  std::vector<std::size_t> coordinators;
  for (const auto x : working())
    if (x < plan_.coordinators)
      coordinators.push_back(x);
  if (coordinators.empty())
    return;
  const auto by = chance_.any(coordinators);
  trace_.note(undo ? "undrain" : "drain", name(i), name(by));
  auto request = std::make_shared<roost::link::NodeRequest>();
  request->mutable_drain()->set_node(name(i));
  request->mutable_drain()->set_undo(undo);
  const auto number = ++last_order_;
  orders_.emplace(number,
                  open_order{by, start_of(by),
                             at(by).lane().now() + 4 * plan_.request_timeout});
  at(by).clients().order(
      at(by).membership(), std::move(request),
      [this, number, i, undo](const roost::link::NodeReply& reply) {
        orders_.erase(number);
        trace_.note(reply.has_decided() ? "ordered" : "not ordered", name(i),
                    reply.error().message(), reply.decided().view());
        if (!reply.has_decided())
          return;
        const auto& view = *newest_->view;
        if (plan_.durable && view.number() == reply.decided().view()
            && actors::view_reader{view}.is_drained(name(i)) == undo)
          truth_.fail("orders", "view " + std::to_string(view.number())
                                    + " is not as ordered for " + name(i));
      });
}

void cluster::check_orders() {
  std::erase_if(orders_, [this](const auto& x) {
    const auto& [number, order] = x;
    if (start_of(order.coordinator) != order.start)
      return true;
    if (!paused(order.coordinator) && caught_up(order.coordinator)
        && at(order.coordinator).lane().now() > order.deadline)
      truth_.fail("I5", name(order.coordinator) + " does not answer an order");
    return false;
  });
}

std::vector<std::size_t> cluster::drained() const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; newest_ && i < size(); ++i)
    if (newest_->read().is_drained(name(i)))
      result.push_back(i);
  return result;
}

// -- what to see --------------------------------------------------------------

void cluster::on_view(std::size_t i, const view_ptr& now) {
  const auto number = now->view->number();
  const auto& before = at(i).view;
  if (before && before->view->number() == number)
    return; // a link was replaced
  trace_.note("view", name(i), {}, number);
  if (before && before->view->number() > number)
    truth_.fail("views", name(i) + " goes back from view "
                             + std::to_string(before->view->number()) + " to "
                             + std::to_string(number));
  if (number > highest_view_) {
    highest_view_ = number;
    newest_ = now;
    trace_.note("decided", places_of(now->read()));
  }
  if (!plan_.durable)
    return; // coordinators that all forget may give out a number twice
  const auto known =
      views_.try_emplace(number, now->view->SerializeAsString()).first;
  if (known->second != now->view->SerializeAsString())
    truth_.fail("views",
                "view " + std::to_string(number) + " is another at " + name(i));
}

bool cluster::knows_home_of_before(std::size_t i, const std::string& room) {
  const auto shard = actors::shard_of(room, plan_.shards);
  const auto& view = at(i).view;
  const auto* known = view ? view->home_of(shard) : nullptr;
  const auto* newest = newest_ ? newest_->home_of(shard) : nullptr;
  return !known || !newest || *known != *newest;
}

std::string cluster::unsettled() const {
  const view_ptr* first = nullptr;
  for (const auto& x : slots_) {
    if (!x.process || x.paused)
      return x.name + " is not there";
    if (!x.process->view)
      return x.name + " has no view";
    if (!first)
      first = &x.process->view;
    if (x.process->view->view->number() != (*first)->view->number())
      return x.name + " is in another view";
  }
  const auto& view = *(*first)->view;
  if (view.members_size() != static_cast<int>(size()))
    return "the view lacks a member";
  if (view.drained_size() > 0)
    return view.drained(0) + " is drained";
  for (const auto& m : view.members())
    for (const auto& x : slots_)
      if (x.name == m.node() && x.process->incarnation() != m.incarnation())
        return x.name + " is in the view as it was";
  const auto wanted =
      std::min<std::uint32_t>(plan_.replicas, plan_.nodes_with_shards() - 1);
  const auto places = (*first)->read();
  for (std::uint32_t i = 0; i < places.shard_count(); ++i) {
    const auto shard = "shard " + std::to_string(i);
    const auto copies = places.copies_of(i);
    if (places.home_of(i) == nullptr)
      return shard + " has no home";
    if (!places.donor_of(i).empty())
      return shard + " moves";
    if (copies.standbys.size() != wanted)
      return shard + " has " + std::to_string(copies.standbys.size())
             + " standbys";
    if (!copies.learners.empty())
      return shard + " has learners";
  }
  return {};
}

std::string cluster::beyond_bounds(bool at_rest) {
  std::string result;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!lives(i))
      continue;
    const auto check = [&](const char* what, std::int64_t is, auto limit) {
      const auto most = at_rest ? 0 : static_cast<std::int64_t>(limit);
      if (is < 0 || is > most)
        result = name(i) + " has " + std::to_string(is) + " " + what
                 + ", not at most " + std::to_string(most);
    };
    const auto& metrics = at(i).lane().metrics();
    check("parked requests", metrics.parked_requests.value(),
          plan_.limits.shard_parked_requests * plan_.shards);
    check("records in flight", metrics.records_in_flight.value(),
          10'000 * plan_.shards);
    for (const auto& link : at(i).links().snapshot()) {
      if (!at_rest) // heartbeats go on
        check("bytes queued for a peer", link->queued_bytes.value(),
              4 * plan_.link_queue_bytes + 65'536);
      check("requests under way to a peer", link->requests_under_way.value(),
            1'000);
    }
  }
  return result;
}

} // namespace simulation
