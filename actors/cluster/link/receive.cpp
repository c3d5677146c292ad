// The part of link that handles what the peer sends.
#include "actors/cluster/link/link.hpp"
#include "actors/node_requests.hpp"

#include <caf/send.hpp>

namespace actors {

using namespace roost::link;

void link::on_batch(const link_batch& x) {
  if (phase_ != phase::up || x.epoch != epoch_) {
    metrics_->batches_ignored.add();
    return;
  }
  if (x.seq != expected_ || x.bytes.size() > max_link_batch)
    return go_down("batch " + std::to_string(x.seq) + " of "
                   + std::to_string(x.bytes.size()) + " bytes came in place of "
                   + std::to_string(expected_));
  ++expected_;
  heard_ = home_lane().now();
  take_ack(x.acked);
  metrics_->batches_received.add();
  metrics_->bytes_received.add(x.bytes.size());
  incoming_.feed(x.bytes);
  // A frame may end the connection.
  while (phase_ == phase::up) {
    auto frame = incoming_.next();
    if (!frame)
      break;
    metrics_->frames_received.add();
    if (incoming_.broken())
      receive_broken(*frame);
    else
      receive(*frame);
  }
  if (phase_ != phase::up)
    return;
  if (incoming_.malformed())
    return go_down("it sent bytes that are no frames");
  if (expected_ - acknowledged_ >= ack_every)
    flush_soon();
}

void link::receive(LinkFrame& frame) {
  switch (frame.body_case()) {
  case LinkFrame::kRoomEvents:
    return receive_events(*frame.mutable_room_events());
  case LinkFrame::kRoomRequest:
    return receive_room_request(frame.id(), *frame.mutable_room_request());
  case LinkFrame::kShardRequest:
    return receive_shard_request(frame.id(), *frame.mutable_shard_request());
  case LinkFrame::kShardRequests:
    return receive_shard_requests(frame.id(), *frame.mutable_shard_requests());
  case LinkFrame::kNodeRequest:
    return receive_node_request(frame.id(), *frame.mutable_node_request());
  case LinkFrame::kRoomReply:
    return receive_reply<room_answer>(frame.id(), *frame.mutable_room_reply());
  case LinkFrame::kShardReply:
    return receive_reply<shard_answer>(frame.id(),
                                       *frame.mutable_shard_reply());
  case LinkFrame::kShardReplies:
    return receive_reply<shards_answer>(frame.id(),
                                        *frame.mutable_shard_replies());
  case LinkFrame::kNodeReply:
    return receive_reply<node_answer>(frame.id(), *frame.mutable_node_reply());
  case LinkFrame::kPing: {
    LinkFrame pong;
    pong.mutable_pong()->set_sent_ns(frame.ping().sent_ns());
    return send_frame(pong);
  }
  case LinkFrame::kPong:
    return receive_pong(frame.pong());
  case LinkFrame::kJoin:
  case LinkFrame::kJoinRefused:
  case LinkFrame::kView:
  case LinkFrame::kHeartbeat:
  case LinkFrame::kLeave:
  case LinkFrame::kLease:
  case LinkFrame::kRaft:
    send(settings_->membership,
         control_frame{peer_,
                       std::make_shared<const LinkFrame>(std::move(frame))});
    return;
  case LinkFrame::BODY_NOT_SET: // of a later version
    return;
  }
}

// -- requests -----------------------------------------------------------------

namespace {

template <class Reply>
Reply internal_error(const std::string& why) {
  return error_reply<Reply>(proto::errc::internal, why);
}

const std::string unreadable = "the request does not parse";

} // namespace

void link::receive_broken(const LinkFrame& frame) {
  metrics_->frames_broken.add();
  const auto id = frame.id();
  switch (frame.body_case()) {
  case LinkFrame::kRoomRequest:
    return reply(epoch_, id, LinkFrame::kRoomReplyFieldNumber,
                 internal_error<RoomReply>(unreadable));
  case LinkFrame::kShardRequest:
    return reply(epoch_, id, LinkFrame::kShardReplyFieldNumber,
                 internal_error<ShardReply>(unreadable));
  case LinkFrame::kShardRequests:
    return reply(epoch_, id, LinkFrame::kShardRepliesFieldNumber,
                 internal_error<ShardReplies>(unreadable));
  case LinkFrame::kNodeRequest:
    return reply(epoch_, id, LinkFrame::kNodeReplyFieldNumber,
                 internal_error<NodeReply>(unreadable));
  case LinkFrame::kRoomReply:
  case LinkFrame::kShardReply:
  case LinkFrame::kShardReplies:
  case LinkFrame::kNodeReply:
    return receive_broken_reply(id);
  case LinkFrame::kRoomEvents: // whose room may be what can't be read
    return tell_audiences_to_resynchronise();
  default:
    return go_down("it sent a frame that does not parse");
  }
}

void link::receive_room_request(std::uint64_t id, RoomRequest& body) {
  constexpr int field = LinkFrame::kRoomReplyFieldNumber;
  if (settings_->rooms == nullptr)
    return reply(epoch_, id, field,
                 internal_error<RoomReply>(settings_->node + " has no rooms"));
  body.set_origin(peer_);
  const auto& shard = (*settings_->rooms)[body.room()];
  request(shard, caf::infinite,
          ask_room{std::make_shared<RoomRequest>(std::move(body))})
      .then([this, id, epoch = epoch_](
                const room_answer& x) { reply(epoch, id, field, *x.reply); },
            [this, id, epoch = epoch_](caf::error&) {
              reply(epoch, id, field,
                    internal_error<RoomReply>("the shard has ended"));
            });
}

void link::receive_shard_request(std::uint64_t id, ShardRequest& body) {
  constexpr int field = LinkFrame::kShardReplyFieldNumber;
  if (settings_->rooms == nullptr
      || body.shard() >= settings_->rooms->shard_count())
    return reply(epoch_, id, field,
                 internal_error<ShardReply>(settings_->node + " has no shard "
                                            + std::to_string(body.shard())));
  const auto& shard = settings_->rooms->shards()[body.shard()];
  request(shard, caf::infinite,
          ask_shard{std::make_shared<ShardRequest>(std::move(body))})
      .then([this, id, epoch = epoch_](
                const shard_answer& x) { reply(epoch, id, field, *x.reply); },
            [this, id, epoch = epoch_](caf::error&) {
              reply(epoch, id, field,
                    internal_error<ShardReply>("the shard has ended"));
            });
}

namespace {

// Requests to shards of one lane, and where their replies belong.
struct part_for_lane {
  std::shared_ptr<shard_requests> requests = std::make_shared<shard_requests>();
  std::vector<int> places;
};

// The replies so far, and the lanes that have not answered.
struct collected_replies {
  ShardReplies replies;
  std::size_t missing = 0;

  void take(const part_for_lane& part, ShardReplies& some) {
    for (int i = 0; i < some.replies_size(); ++i)
      replies.mutable_replies(part.places[static_cast<std::size_t>(i)])
          ->Swap(some.mutable_replies(i));
    --missing;
  }

  void fail(const part_for_lane& part) {
    for (const auto i : part.places)
      *replies.mutable_replies(i) = internal_error<ShardReply>("no courier");
    --missing;
  }
};

} // namespace

void link::receive_shard_requests(std::uint64_t id, ShardRequests& body) {
  constexpr int field = LinkFrame::kShardRepliesFieldNumber;
  if (settings_->couriers.empty())
    return reply(
        epoch_, id, field,
        internal_error<ShardReplies>(settings_->node + " has no rooms"));
  const auto whole = std::make_shared<ShardRequests>(std::move(body));
  const auto all = std::make_shared<collected_replies>();
  std::vector<part_for_lane> parts(settings_->couriers.size());
  for (int i = 0; i < whole->requests_size(); ++i) {
    auto* x = whole->mutable_requests(i);
    auto& part = parts[x->shard() % parts.size()];
    part.requests->emplace_back(whole, x);
    part.places.push_back(i);
    all->replies.add_replies();
  }
  for (const auto& x : parts)
    all->missing += x.places.empty() ? 0 : 1;
  const auto finish = [this, id, all, epoch = epoch_] {
    if (all->missing == 0)
      reply(epoch, id, field, all->replies);
  };
  finish(); // with nothing to ask
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].places.empty())
      continue;
    const auto part = std::make_shared<part_for_lane>(std::move(parts[i]));
    request(settings_->couriers[i], caf::infinite, ask_shards{part->requests})
        .then(
            [all, part, finish](const shards_answer& x) {
              all->take(*part, *x.replies);
              finish();
            },
            [all, part, finish](caf::error&) {
              all->fail(*part);
              finish();
            });
  }
}

void link::receive_node_request(std::uint64_t id, NodeRequest& body) {
  constexpr int field = LinkFrame::kNodeReplyFieldNumber;
  const auto& who = row_of(body).by == answerer::coordinators
                        ? settings_->membership
                        : settings_->node_agent;
  if (!who)
    return reply(
        epoch_, id, field,
        internal_error<NodeReply>(settings_->node + " answers no questions"));
  request(who, caf::infinite,
          ask_node{std::make_shared<const NodeRequest>(std::move(body))})
      .then([this, id, epoch = epoch_](
                const node_answer& x) { reply(epoch, id, field, *x.reply); },
            [this, id, epoch = epoch_](caf::error&) {
              reply(epoch, id, field,
                    internal_error<NodeReply>("the node stops"));
            });
}

// -- replies ------------------------------------------------------------------

template <class Answer, class Reply>
void link::receive_reply(std::uint64_t id, Reply& body) {
  auto who = requests_.take(id);
  if (!who) // given up
    return;
  metrics_->requests_under_way.sub();
  auto* promise = std::get_if<caf::typed_response_promise<Answer>>(&*who);
  if (promise == nullptr) {
    refuse(*who, proto::errc::internal, "a reply of another kind");
    return go_down("it sent a reply of another kind than asked for");
  }
  promise->deliver(Answer{std::make_shared<Reply>(std::move(body))});
}

void link::receive_broken_reply(std::uint64_t id) {
  auto who = requests_.take(id);
  if (!who) // given up
    return;
  metrics_->requests_under_way.sub();
  refuse(*who, proto::errc::internal, "the reply does not parse");
}

void link::receive_pong(const Pong& body) {
  const auto now = lane::clock::now().time_since_epoch().count();
  metrics_->round_trip_ns.store(now - body.sent_ns(),
                                std::memory_order_relaxed);
}

// -- events -------------------------------------------------------------------

void link::receive_events(RoomEvents& body) {
  if (body.room().empty()) {
    if (body.gap())
      tell_audiences_to_resynchronise();
    return;
  }
  auto events = std::make_shared<room_events>();
  events->room = std::move(*body.mutable_room());
  events->epoch = std::move(*body.mutable_epoch());
  events->gap = body.gap();
  events->events.reserve(static_cast<std::size_t>(body.events_size()));
  for (auto& x : *body.mutable_events()) {
    using roost::client::ClientInfo;
    using roost::client::Publication;
    room_event e;
    if (x.has_publication())
      e.publication = std::make_shared<const Publication>(
          std::move(*x.mutable_publication()));
    else if (x.has_join())
      e.join = std::make_shared<const ClientInfo>(std::move(*x.mutable_join()));
    else if (x.has_leave())
      e.leave =
          std::make_shared<const ClientInfo>(std::move(*x.mutable_leave()));
    else
      continue;
    e.delta = x.delta();
    events->events.push_back(std::move(e));
  }
  const auto message = caf::make_message(deliver_events{std::move(events)});
  for (std::size_t i = 0; i < settings_->audiences.size() && i < 64; ++i)
    if ((body.lanes() >> i & 1U) != 0)
      send(settings_->audiences[i], message);
}

void link::tell_audiences_to_resynchronise() {
  for (const auto& x : settings_->audiences)
    send(x, resynchronise{peer_});
}

} // namespace actors
