#include "actors/client/connection/impl.hpp"

#include <utility>

namespace actors {

namespace {

/// How long an unsubscribe waits for the subscribe before it.
constexpr std::chrono::seconds unsubscribe_patience{5};

} // namespace

void connection::impl::unsubscribe(
    std::uint32_t id, const roost::client::UnsubscribeRequest& request) {
  if (request.channel().empty())
    return close(proto::disconnect_code::bad_request);
  leave(id, request.channel());
}

void connection::impl::leave(std::uint32_t id, const std::string& room) {
  if (subscriptions_.is_under_way(room)) {
    queue_.await(room); // commands after it wait as well
    unsubscribing_ =
        std::make_unique<pending_unsubscribe>(self_, id, room, [this] {
          close(proto::disconnect_code::internal_server_error);
        });
    unsubscribing_->timeout.expires_after(unsubscribe_patience);
    return;
  }
  if (subscriptions_.find(room) != nullptr)
    drop_subscription(room);
  roost::client::Reply message;
  message.set_id(id);
  message.mutable_unsubscribe();
  reply(message);
}

void connection::impl::finish_unsubscribe() {
  const auto done = std::move(unsubscribing_);
  leave(done->id, done->room);
  resume_at_turn_end();
}

void connection::impl::drop_subscription(const std::string& room) {
  if (subscriptions_.is_under_way(room))
    queue_.end_request(); // the audience will not answer any more
  subscriptions_.remove(room);
  audience_->unsubscribe(self_, room);
}

void connection::impl::take_back(const std::string& room,
                                 proto::unsubscribe_code why) {
  drop_subscription(room);
  push_unsubscribe(room, why);
}

void connection::impl::push_unsubscribe(const std::string& room,
                                        proto::unsubscribe_code why) {
  metrics().unsubscribes_pushed.add();
  roost::client::Push message;
  message.set_channel(room);
  auto& body = *message.mutable_unsubscribe();
  body.set_code(static_cast<std::uint32_t>(why));
  body.set_reason(std::string{proto::reason(why)});
  push(message);
}

void connection::impl::leave_all_rooms() {
  while (!subscriptions_.empty()) {
    const auto room = subscriptions_.begin()->first;
    drop_subscription(room);
  }
}

} // namespace actors
