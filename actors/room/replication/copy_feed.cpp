#include "actors/room/replication/copy_feed.hpp"

#include <google/protobuf/arena.h>

#include <algorithm>

namespace actors {

namespace {

// How much more a learner may lag behind than a copy that holds up others.
constexpr std::size_t learner_patience = 4;

// A request with many small parts, which are made and end together. Its
// publications are those that rooms share.
struct arena_request {
  std::vector<publication_ptr> publications; // outlive the arena
  google::protobuf::Arena arena;
  roost::link::ShardRequest* request =
      google::protobuf::Arena::CreateMessage<roost::link::ShardRequest>(&arena);
};

std::shared_ptr<arena_request> new_request(const replication_stock& stock) {
  auto result = std::make_shared<arena_request>();
  result->request->set_shard(stock.shard);
  return result;
}

std::shared_ptr<roost::link::ShardRequest>
request_of(const std::shared_ptr<arena_request>& whole) {
  return {whole, whole->request};
}

// The same moments for all shards, so that what they tell a node goes together.
copy_feed::time_point next_telling(copy_feed::time_point now,
                                   std::chrono::milliseconds every) {
  return now - now.time_since_epoch() % every + every;
}

} // namespace

void copy_feed::start_term(bool standby, const replication_stock& stock) {
  const bool was_standby = std::exchange(standby_, standby);
  given_up_ = given_up_ && standby;
  const bool was_lost = std::exchange(lost_, given_up_);
  under_way_ = 0;
  valid_from_ = next_ticket_;
  broken_ = false;
  greeted_ = false;
  settled_ = false;
  retry_at_.reset();
  waiting_since_.reset();
  lagging_since_.reset();
  tell_at_.reset();
  // A standby that is a learner again has been out in between.
  if (!standby && (!complete_ || was_standby || was_lost))
    return start_again();
  complete_ = true;
  begun_ = true;
  rooms_.reset();
  part_under_way_ = false;
  // Who is a standby has all that was ever committed.
  has_ = standby ? stock.committed : std::min(has_, stock.committed);
  sent_ = has_;
  counts_ = standby || counts_;
}

void copy_feed::start_again() {
  begun_ = false;
  complete_ = false;
  counts_ = false;
  part_under_way_ = false;
  rooms_.reset();
}

copy_feed::sending copy_feed::next(replication_stock& stock,
                                   std::uint64_t ticket, time_point now) {
  if (is_left_alone() || under_way_ >= stock.limits.requests
      || (retry_at_ && now < *retry_at_))
    return {};
  auto result = complete_ ? sending{} : next_part(stock);
  // Between pieces of a room nothing may change it.
  if (!result.request && begun_ && (!rooms_ || !rooms_->within_room()))
    result = next_records(stock, now);
  if (!result.request)
    return {};
  retry_at_.reset();
  next_ticket_ = ticket + 1;
  ++under_way_;
  if (!waiting_since_)
    waiting_since_ = now;
  return result;
}

copy_feed::sending copy_feed::next_part(replication_stock& stock) {
  if (part_under_way_)
    return {};
  if (!begun_) {
    begun_ = true;
    attempt_ = ++stock.attempts;
    rooms_.emplace(stock.rooms.names(), stock.rooms);
    // It gets all records from here on.
    has_ = sent_ = told_ = stock.committed;
  } else if (!rooms_) {
    return {}; // all were sent
  }
  const auto result = new_request(stock);
  auto& part = *result->request->mutable_copy_rooms();
  if (!rooms_->within_room())
    read_at_ = stock.committed;
  rooms_->take(stock.limits.part_bytes, *part.mutable_rooms());
  part.set_term(stock.term);
  part.set_attempt(attempt_);
  part.set_committed(read_at_);
  part.set_last(rooms_->done());
  if (rooms_->done())
    rooms_.reset();
  part_under_way_ = true;
  return {request_of(result), stock.limits.part_bytes, false};
}

copy_feed::sending copy_feed::next_records(const replication_stock& stock,
                                           time_point now) {
  const auto last = stock.tail.last();
  if (sent_ >= last && greeted_) {
    if (told_ >= stock.committed)
      return {};
    if (!tell_at_)
      tell_at_ = next_telling(now, stock.limits.tell_every);
    if (!may_tell(stock) || now < *tell_at_)
      return {};
  }
  const auto result = new_request(stock);
  auto& body = *result->request->mutable_replicate();
  body.set_term(stock.term);
  body.set_first(sent_ + 1);
  body.set_committed(stock.committed);
  std::size_t bytes = 0;
  while (sent_ < last && bytes < stock.limits.batch_bytes) {
    ++sent_;
    const auto& record = stock.tail[sent_];
    lend_to_wire(record, *body.add_records());
    if (record.publication)
      result->publications.push_back(record.publication);
    bytes += stock.tail.bytes_of(sent_);
  }
  told_ = stock.committed;
  greeted_ = true;
  tell_at_.reset();
  return {request_of(result), bytes, settled_};
}

bool copy_feed::may_tell(const replication_stock& stock) const {
  return under_way_ == 0 && told_ < stock.committed;
}

void copy_feed::answered(std::uint64_t ticket,
                         const roost::link::ShardReply& reply,
                         const replication_stock& stock, time_point now) {
  if (ticket < valid_from_)
    return;
  // Who has more than there is has something else.
  if (reply.has_error() || reply.replicated().has() > stock.tail.last())
    return fail(now, stock);
  --under_way_;
  broken_ = false;
  waiting_since_.reset();
  if (under_way_ > 0)
    waiting_since_ = now;
  if (reply.has_replicated()) {
    has_ = std::max(has_, std::min(reply.replicated().has(), sent_));
  } else if (part_under_way_) {
    part_under_way_ = false;
    complete_ = !rooms_;
  }
  settled_ = settled_ || (complete_ && greeted_ && under_way_ == 0);
  if (!complete_ || has_ < stock.committed)
    return;
  counts_ = true;
  // It was only held up: as long as no view is without it, it has everything.
  if (!lagging_since_)
    lost_ = given_up_;
}

void copy_feed::fail(time_point now, const replication_stock& stock) {
  broken_ = true;
  under_way_ = 0;
  valid_from_ = next_ticket_;
  greeted_ = false;
  settled_ = false;
  retry_at_ = now + stock.limits.retry_after;
  if (part_under_way_) // who knows what of it has arrived
    return start_again();
  sent_ = has_;
}

void copy_feed::watch(const replication_stock& stock, time_point now) {
  const auto& limits = stock.limits;
  if (waiting_since_ && now - *waiting_since_ >= limits.patience)
    lost_ = true;
  if (!fed())
    return;
  const auto behind = static_cast<std::size_t>(stock.tail.last() - has_);
  if (!counts_) {
    const bool oldest = needs() <= stock.tail.first();
    if (behind > learner_patience * limits.records
        || (oldest && stock.tail.bytes() > learner_patience * limits.bytes))
      lost_ = true;
    return;
  }
  const bool holds_up =
      has_ <= stock.committed
      && (behind >= limits.records || stock.tail.bytes() >= limits.bytes);
  if (!holds_up)
    lagging_since_.reset();
  else if (!lagging_since_)
    lagging_since_ = now;
  else if (now - *lagging_since_ >= limits.patience)
    lost_ = true;
}

std::optional<copy_feed::time_point>
copy_feed::due(const replication_stock& stock) const {
  std::optional<time_point> result;
  auto consider = [&result](time_point t) {
    result = result ? std::min(*result, t) : t;
  };
  if (is_left_alone())
    return result;
  if (retry_at_)
    consider(*retry_at_);
  else if (tell_at_ && may_tell(stock))
    consider(*tell_at_);
  if (!lost_ && waiting_since_)
    consider(*waiting_since_ + stock.limits.patience);
  if (!lost_ && lagging_since_)
    consider(*lagging_since_ + stock.limits.patience);
  return result;
}

} // namespace actors
