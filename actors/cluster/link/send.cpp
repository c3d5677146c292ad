// The part of link that sends.
#include "actors/cluster/link/link.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace actors {

using namespace std::chrono_literals;
using roost::link::LinkFrame;

// -- requests -----------------------------------------------------------------

template <class Answer, class Body>
caf::typed_response_promise<Answer> link::ask(int field, const Body& body) {
  auto promise = make_response_promise<Answer>();
  waiting_for_reply who{promise};
  const auto refused = [&](proto::errc code, const std::string& why) {
    metrics_->requests_refused.add();
    refuse(who, code, why);
    return promise;
  };
  if (phase_ != phase::up)
    return refused(proto::errc::internal, peer_ + " can't be reached");
  if (outgoing_.size() >= settings_->queue_bytes)
    return refused(proto::errc::too_many_requests,
                   "the queue to " + peer_ + " is full");
  const auto id =
      requests_.add(who, home_lane().now() + settings_->request_timeout);
  if (outgoing_.append(id, field, body) == 0) {
    requests_.take(id);
    return refused(proto::errc::limit_exceeded,
                   "the request is too large for " + peer_
                       + ", or not all of its text is UTF-8");
  }
  metrics_->requests_under_way.add();
  if (!expiry_.armed())
    expiry_.expires_after(settings_->request_timeout);
  after_append();
  return promise;
}

template caf::typed_response_promise<room_answer>
link::ask(int, const roost::link::RoomRequest&);
template caf::typed_response_promise<shard_answer>
link::ask(int, const roost::link::ShardRequest&);
template caf::typed_response_promise<shards_answer>
link::ask(int, const shard_requests&);
template caf::typed_response_promise<node_answer>
link::ask(int, const roost::link::NodeRequest&);

void link::expire_requests() {
  const auto count = requests_.expire(home_lane().now(),
                                      "no answer from " + peer_ + " in time");
  metrics_->requests_timed_out.add(count);
  metrics_->requests_under_way.sub(static_cast<std::int64_t>(count));
  if (!requests_.empty())
    expiry_.expires_after(std::max(settings_->request_timeout / 16, 1ms));
}

// -- events -------------------------------------------------------------------

void link::deliver(const deliver_remote& x) {
  if (phase_ != phase::up) // the peer resynchronises when it is back
    return;
  if (outgoing_.size() >= settings_->queue_bytes) {
    metrics_->events_dropped.add(x.events->events.size());
    gaps_.add(x.events->room, x.lanes);
    return;
  }
  send_resynchronise_all();
  const auto missed = gaps_.take(x.events->room);
  const bool gap = missed != 0 || x.events->gap;
  if (missed != 0)
    metrics_->gaps_sent.add();
  if (outgoing_.append(deliver_remote{x.lanes | missed, x.events}, gap) == 0) {
    metrics_->events_dropped.add(x.events->events.size());
    gaps_.add(x.events->room, x.lanes | missed);
    flush_soon();
    return;
  }
  after_append();
}

void link::send_resynchronise_all() {
  if (!gaps_.take_all())
    return;
  // No room: all of them.
  const deliver_remote everything{~std::uint64_t{0},
                                  std::make_shared<const room_events>()};
  outgoing_.append(everything, true);
  metrics_->gaps_sent.add();
  after_append();
}

void link::send_gaps() {
  // Not at once when there is space: who attaches again needs some, too.
  if (gaps_.empty() || outgoing_.size() >= settings_->queue_bytes / 2)
    return;
  send_resynchronise_all();
  while (auto missed = gaps_.take_any()) {
    auto nothing = std::make_shared<room_events>();
    nothing->room = std::move(missed->first);
    outgoing_.append(deliver_remote{missed->second, std::move(nothing)}, true);
    metrics_->gaps_sent.add();
    after_append();
  }
}

// -- replies and control ------------------------------------------------------

bool link::takes_more() {
  // Requests and events stop at the bound. Replies and control can't be
  // dropped one by one, so they have more.
  const auto size = outgoing_.size();
  const auto idle = home_lane().now() - acked_at_;
  if (size > 4 * settings_->queue_bytes
      || (size > 2 * settings_->queue_bytes
          && idle > settings_->failure_timeout / 4))
    go_down("its queue is full and does not get shorter");
  return phase_ == phase::up;
}

void link::send_frame(const LinkFrame& frame) {
  if (!takes_more())
    return;
  outgoing_.append(frame);
  after_append();
}

template <class Reply>
void link::reply(std::uint64_t epoch, std::uint64_t id, int field,
                 const Reply& body) {
  // The peer of another epoch may use the same id for something else.
  if (epoch != epoch_ || !takes_more())
    return;
  if (outgoing_.append(id, field, body) == 0)
    outgoing_.append(id, field,
                     error_reply<Reply>(proto::errc::limit_exceeded,
                                        "the reply is too large, or not all of "
                                        "its text is UTF-8"));
  after_append();
}

template void link::reply(std::uint64_t, std::uint64_t, int,
                          const roost::link::RoomReply&);
template void link::reply(std::uint64_t, std::uint64_t, int,
                          const roost::link::ShardReply&);
template void link::reply(std::uint64_t, std::uint64_t, int,
                          const roost::link::ShardReplies&);
template void link::reply(std::uint64_t, std::uint64_t, int,
                          const roost::link::NodeReply&);

// -- batches ------------------------------------------------------------------

void link::after_append() {
  metrics_->frames_sent.add();
  flush_soon();
}

void link::flush_soon() {
  home_lane().at_turn_end(flush_task_, turn_phase::links);
}

void link::flush_task::at_turn_end() {
  caf::strong_actor_ptr hold{owner_.ctrl()};
  owner_.in_handler([this] { owner_.flush(); });
}

void link::flush() {
  if (phase_ != phase::up)
    return;
  send_gaps();
  while (next_seq_ - acked_ < max_in_flight && !outgoing_.empty()) {
    acknowledged_ = expected_;
    link_batch batch{epoch_, next_seq_++, outgoing_.take_batch(), expected_};
    metrics_->batches_sent.add();
    metrics_->bytes_sent.add(batch.bytes.size());
    caf::anon_send(peer_batches_, std::move(batch));
  }
  if (expected_ - acknowledged_ >= ack_every)
    acknowledge();
  const auto queued = static_cast<std::int64_t>(outgoing_.size());
  metrics_->queued_bytes.add(queued - metrics_->queued_bytes.value());
}

void link::acknowledge() {
  if (std::exchange(acknowledged_, expected_) != expected_)
    caf::anon_send(peer_acks_, link_ack{epoch_, expected_ - 1});
}

void link::on_ack(const link_ack& x) {
  if (phase_ == phase::up && x.epoch == epoch_)
    take_ack(x.seq + 1);
}

// The peer has handled that many batches.
void link::take_ack(std::uint64_t count) {
  if (count > next_seq_ || count <= acked_)
    return;
  acked_ = count;
  heard_ = acked_at_ = home_lane().now();
  flush_soon();
}

} // namespace actors
