#include "actors/cluster/link/link_requests.hpp"

#include <utility>

namespace actors {

namespace {

struct refuse_with {
  proto::errc code;
  const std::string& why;

  template <class Reply>
  std::shared_ptr<Reply> shared() const {
    return std::make_shared<Reply>(error_reply<Reply>(code, why));
  }

  void operator()(caf::typed_response_promise<room_answer>& x) const {
    x.deliver(room_answer{shared<roost::link::RoomReply>()});
  }

  void operator()(caf::typed_response_promise<shard_answer>& x) const {
    x.deliver(shard_answer{shared<roost::link::ShardReply>()});
  }

  void operator()(caf::typed_response_promise<shards_answer>& x) const {
    x.deliver(shards_answer{shared<roost::link::ShardReplies>()});
  }

  void operator()(caf::typed_response_promise<node_answer>& x) const {
    x.deliver(node_answer{shared<roost::link::NodeReply>()});
  }
};

} // namespace

void refuse(waiting_for_reply& who, proto::errc code, const std::string& why) {
  std::visit(refuse_with{code, why}, who);
}

std::uint64_t link_requests::add(waiting_for_reply who, time_point deadline) {
  const auto id = ++last_id_;
  waiting_.emplace(id, std::move(who));
  deadlines_.add(deadline, id);
  return id;
}

std::optional<waiting_for_reply> link_requests::take(std::uint64_t id) {
  auto node = waiting_.extract(id);
  if (node.empty())
    return std::nullopt;
  // Deadlines of what was answered go with the oldest, in `expire`, or here.
  deadlines_.drop_while([this](auto x) { return !waiting_.contains(x); });
  return std::move(node.mapped());
}

std::size_t link_requests::expire(time_point now, const std::string& why) {
  std::size_t count = 0;
  while (const auto id = deadlines_.take_due(now)) {
    auto node = waiting_.extract(*id);
    if (node.empty())
      continue;
    refuse(node.mapped(), proto::errc::internal, why);
    ++count;
  }
  return count;
}

void link_requests::fail_all(const std::string& why) {
  deadlines_.clear();
  for (auto& [id, who] : std::exchange(waiting_, {}))
    refuse(who, proto::errc::internal, why);
}

} // namespace actors
