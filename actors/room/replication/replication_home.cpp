#include "actors/room/replication/replication_home.hpp"

#include <algorithm>

namespace actors {

namespace {

// What is in flight at a home without copies waits for the lease.
constexpr std::chrono::milliseconds lease_poll_interval{50};

} // namespace

replication_home::replication_home(std::uint32_t shard,
                                   const replication_limits& limits,
                                   room_source rooms,
                                   std::optional<record_tail> pending)
    : anew_(!pending) {
  stock_.shard = shard;
  stock_.limits = limits;
  stock_.rooms = std::move(rooms);
  if (pending)
    stock_.tail = std::move(*pending);
  stock_.committed = stock_.tail.first() - 1;
  bytes_in_flight_ = stock_.tail.bytes();
}

void replication_home::start_term(const shard_copies& copies) {
  if (std::exchange(started_, true) && copies.term == stock_.term)
    return;
  stock_.term = copies.term;
  std::vector<copy_feed> feeds;
  auto add = [&](const std::string& node, bool standby) {
    const auto i =
        std::find_if(feeds_.begin(), feeds_.end(),
                     [&](const auto& x) { return x.name() == node; });
    feeds.push_back(i != feeds_.end() ? std::move(*i) : copy_feed{node});
    feeds.back().start_term(standby, stock_);
    if (standby && anew_)
      feeds.back().give_up();
  };
  for (const auto& node : copies.standbys)
    add(node, true);
  for (const auto& node : copies.learners)
    add(node, false);
  feeds_ = std::move(feeds);
  anew_ = false;
  reported_.clear();
}

// -- records ------------------------------------------------------------------

std::uint64_t replication_home::append(room_record record) {
  stock_.tail.append(std::move(record));
  bytes_in_flight_ += stock_.tail.bytes_of(last());
  return last();
}

bool replication_home::has_copies() const {
  return std::any_of(feeds_.begin(), feeds_.end(),
                     [](const auto& x) { return x.counts(); });
}

bool replication_home::may_commit(bool lease_holds) const {
  for (const auto& x : feeds_)
    if (x.counts() && x.has() <= committed())
      return false;
  return lease_holds || has_copies();
}

std::optional<replication_home::committed_record>
replication_home::commit_next(bool lease_holds) {
  if (in_flight() == 0 || !may_commit(lease_holds))
    return std::nullopt;
  const auto number = ++stock_.committed;
  bytes_in_flight_ -= stock_.tail.bytes_of(number);
  return committed_record{number, &stock_.tail[number]};
}

std::string_view replication_home::refusal(bool lease_holds) const {
  if (in_flight() >= stock_.limits.records
      || bytes_in_flight_ >= stock_.limits.bytes)
    return "too much waits for the copies of the shard";
  return cut_off(lease_holds);
}

std::string_view replication_home::cut_off(bool lease_holds) const {
  if (lease_holds)
    return {};
  if (!has_copies())
    return "this node is cut off from the coordinator";
  for (const auto& x : feeds_)
    if (x.counts() && x.broken())
      return "this node is cut off from the coordinator and from a copy";
  return {};
}

// -- copies -------------------------------------------------------------------

std::vector<replication_home::outgoing>
replication_home::to_send(time_point now) {
  std::vector<outgoing> result;
  trim();
  for (auto& x : feeds_) {
    x.watch(stock_, now);
    for (auto next = x.next(stock_, tickets_, now); next.request;
         next = x.next(stock_, tickets_, now))
      result.push_back({x.name(), tickets_++, std::move(next.request),
                        next.bytes, next.at_once});
  }
  return result;
}

void replication_home::trim() {
  auto needed = committed() + 1;
  for (const auto& x : feeds_)
    if (x.fed())
      needed = std::min(needed, x.needs());
  stock_.tail.forget_before(needed);
}

void replication_home::answered(const std::string& from, std::uint64_t ticket,
                                const roost::link::ShardReply& reply,
                                time_point now) {
  if (reply.has_error())
    ++failures_;
  for (auto& x : feeds_)
    if (x.name() == from)
      x.answered(ticket, reply, stock_, now);
}

void replication_home::retry() {
  for (auto& x : feeds_)
    x.retry();
}

std::optional<replication_home::time_point>
replication_home::due(time_point now) const {
  std::optional<time_point> result;
  for (const auto& x : feeds_)
    if (const auto due = x.due(stock_))
      result = result ? std::min(*result, *due) : *due;
  if (in_flight() > 0 && !has_copies())
    result =
        std::min(result.value_or(time_point::max()), now + lease_poll_interval);
  return result;
}

std::optional<roost::link::CopiesReport> replication_home::take_report() {
  roost::link::CopiesReport report;
  report.set_shard(stock_.shard);
  report.set_term(stock_.term);
  for (const auto& x : feeds_) {
    if (x.lost())
      report.add_lost(x.name());
    else if (x.caught_up())
      report.add_caught_up(x.name());
  }
  const bool silent = report.lost().empty() && report.caught_up().empty();
  auto bytes = silent ? std::string{} : report.SerializeAsString();
  if (bytes == reported_)
    return std::nullopt;
  reported_ = std::move(bytes);
  return report;
}

bool replication_home::is_in_sync(const std::string& node) const {
  return std::any_of(feeds_.begin(), feeds_.end(), [&](const auto& x) {
    return x.name() == node && x.counts();
  });
}

// -- the end ------------------------------------------------------------------

roost::link::Replicate replication_home::tail() const {
  roost::link::Replicate result;
  result.set_term(stock_.term);
  result.set_first(committed() + 1);
  result.set_committed(committed());
  for (auto number = committed() + 1; number <= last(); ++number)
    to_wire(stock_.tail[number], *result.add_records());
  return result;
}

record_tail replication_home::take_pending() {
  stock_.tail.forget_before(committed() + 1);
  return std::move(stock_.tail);
}

} // namespace actors
