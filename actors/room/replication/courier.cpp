#include "actors/room/replication/courier.hpp"

#include "actors/room/requests.hpp"
#include "actors/room/shard/shard.hpp"

#include <algorithm>
#include <iterator>

namespace actors {

/// From a courier to itself: what waits can go, all shards had their turn.
struct courier_sets_out {};

} // namespace actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(actors::courier_sets_out)

namespace actors {

caf::behavior courier::make_behavior() {
  return {
      [this](const courier_sets_out&) { set_out(); },
      [this](const ask_shards& x) {
        shards_answer result{std::make_shared<roost::link::ShardReplies>()};
        for (const auto& request : *x.requests)
          *result.replies->add_replies() = hand_out(*request);
        return result;
      },
  };
}

// -- what goes out ------------------------------------------------------------

void courier::carry(const caf::actor& link, parcel x) {
  in_handler([&] {
    if (waiting_.empty())
      send(this, courier_sets_out{});
    auto i = std::find_if(waiting_.begin(), waiting_.end(),
                          [&](const auto& w) { return w.first == link; });
    if (i == waiting_.end())
      i = waiting_.insert(i, {link, parcels{}});
    i->second.push_back(std::move(x));
  });
}

void courier::set_out() {
  for (auto& [link, all] : std::exchange(waiting_, {})) {
    auto first = all.begin();
    while (first != all.end()) {
      std::size_t bytes = 0;
      const auto last = std::find_if(first, all.end(), [&](const parcel& x) {
        return std::exchange(bytes, bytes + x.bytes) >= load;
      });
      send_off(link,
               std::make_shared<const parcels>(std::make_move_iterator(first),
                                               std::make_move_iterator(last)));
      first = last;
    }
  }
}

void courier::send_off(const caf::actor& link,
                       std::shared_ptr<const parcels> load) {
  auto requests = std::make_shared<shard_requests>();
  requests->reserve(load->size());
  for (const auto& x : *load)
    requests->push_back(x.request);
  request(link, caf::infinite, ask_shards{std::move(requests)})
      .then([this,
             load](const shards_answer& x) { hand_back(*load, *x.replies); },
            [this, load](caf::error&) {
              hand_back(*load, error_reply<roost::link::ShardReplies>(
                                   proto::errc::internal, "the link ended"));
            });
}

void courier::hand_back(const parcels& load,
                        const roost::link::ShardReplies& answer) {
  const bool fits = answer.replies_size() == static_cast<int>(load.size());
  const auto none = error_reply<roost::link::ShardReply>(
      proto::errc::internal, answer.error().message());
  for (std::size_t i = 0; i < load.size(); ++i) {
    const auto& x = load[i];
    auto* from = self_of<shard>(x.from);
    from->in_handler([&] {
      from->on_carried(x.home, x.to, x.ticket,
                       fits ? answer.replies(static_cast<int>(i)) : none);
    });
  }
}

// -- what comes in ------------------------------------------------------------

roost::link::ShardReply courier::hand_out(roost::link::ShardRequest& request) {
  const auto& shards = context_.directory->shards();
  if (request.shard() >= shards.size())
    return error_reply<roost::link::ShardReply>(
        proto::errc::internal,
        "there is no shard " + std::to_string(request.shard()));
  return self_of<shard>(shards[request.shard()])->take_records(request);
}

} // namespace actors
