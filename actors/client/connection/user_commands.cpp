#include "actors/auth/guest.hpp"
#include "actors/client/connection/impl.hpp"
#include "actors/client/connection/time_to_live.hpp"

#include <algorithm>
#include <utility>

// What the server API asks of a user's connections.

namespace actors {

namespace {

subscription_override read(const roost::link::SubscribeOverride& from) {
  subscription_override result;
  if (from.has_presence())
    result.presence = from.presence().value();
  if (from.has_join_leave())
    result.join_leave = from.join_leave().value();
  if (from.has_force_recovery())
    result.force_recovery = from.force_recovery().value();
  if (from.has_force_positioning())
    result.force_positioning = from.force_positioning().value();
  if (from.has_force_push_join_leave())
    result.force_push_join_leave = from.force_push_join_leave().value();
  return result;
}

} // namespace

void connection::impl::on_user_command(const user_command& command,
                                       caf::response_promise promise) {
  auto answer = std::make_shared<command_answer>(std::move(promise));
  if (stage_ != stage::connecting || command.request->has_disconnect())
    return execute(*command.request, answer);
  // The client learns of it after its connect was answered.
  connecting_->later.emplace_back(
      [this, request = command.request, answer = std::move(answer)] {
        execute(*request, answer);
      });
}

void connection::impl::execute(const roost::link::NodeRequest& request,
                               const command_answer_ptr& answer) {
  if (closing_ || stage_ == stage::refused)
    return;
  switch (request.body_case()) {
  case roost::link::NodeRequest::kSubscribe:
    return server_subscribe(request.subscribe(), answer);
  case roost::link::NodeRequest::kUnsubscribe:
    return server_unsubscribe(request.unsubscribe(), answer);
  case roost::link::NodeRequest::kDisconnect:
    return server_disconnect(request.disconnect(), answer);
  case roost::link::NodeRequest::kRefresh:
    return server_refresh(request.refresh(), answer);
  default:
    return;
  }
}

bool connection::impl::is_meant(const std::string& client_id,
                                const std::string& session) const {
  return (session.empty() || session == session_)
         && (client_id.empty() || client_id == client());
}

void connection::impl::server_subscribe(
    const roost::link::UserSubscribe& command,
    const command_answer_ptr& answer) {
  const auto& room = command.channel();
  if (!is_meant(command.client(), command.session())
      || (guest_ && !is_room_of_guests(room)))
    return;
  const auto found = look_up_room(*services_.config, room, named_by::backend);
  const auto* options = std::get_if<const config::channel_options*>(&found);
  if (options == nullptr || has_ended(command.expire_at()))
    return;
  if (subscriptions_.find(room) != nullptr)
    return answer->concerned();
  if (subscriptions_.size() >= limits().channel_limit)
    return;
  subscription entry;
  entry.options = *options;
  entry.server_side = true;
  entry.chan_info = command.info();
  entry.due = due_at(command.expire_at(), limits().expired_sub_close_delay);
  subscription_request wanted;
  wanted.room = room;
  wanted.features =
      features_of(*entry.options, read(command.override()), {}, who_asks(room));
  if (command.has_recover_since()) {
    wanted.recover = wanted.features.recoverable;
    wanted.epoch = command.recover_since().epoch();
    wanted.offset = command.recover_since().offset();
    wanted.missed_later = true; // as fast as the client reads
  }
  begin_subscription(std::move(wanted), std::move(entry),
                     [this, room, data = command.data(),
                      answer](subscription* made, subscribe_outcome& outcome) {
                       if (made == nullptr)
                         return;
                       push_subscribe(room, data,
                                      std::get<subscribed>(outcome));
                       arm_expiry();
                       answer->concerned();
                     });
}

void connection::impl::push_subscribe(const std::string& room,
                                      const std::string& data,
                                      const subscribed& made) {
  roost::client::Push message;
  message.set_channel(room);
  auto& body = *message.mutable_subscribe();
  body.set_recoverable(made.recoverable);
  body.set_positioned(made.positioned);
  if (made.positioned || made.recoverable) {
    body.set_epoch(made.epoch);
    body.set_offset(made.offset);
  }
  body.set_data(data);
  push(message);
  for (const auto& publication : made.publications) {
    message.Clear();
    message.set_channel(room);
    *message.mutable_pub() = *publication;
    push(message);
  }
}

void connection::impl::server_unsubscribe(
    const roost::link::UserUnsubscribe& command,
    const command_answer_ptr& answer) {
  if (!is_meant(command.client(), command.session()))
    return;
  std::vector<std::string> rooms;
  for (const auto& [room, entry] : subscriptions_)
    if (command.channel().empty() || command.channel() == room)
      rooms.push_back(room);
  for (const auto& room : rooms) {
    answer->concerned();
    auto& entry = *subscriptions_.find(room);
    if (entry.active)
      take_back(room, proto::unsubscribe_code::server_unsubscribe);
    else
      entry.revoked = true; // once the subscribe was answered
  }
}

void connection::impl::server_disconnect(
    const roost::link::UserDisconnect& command,
    const command_answer_ptr& answer) {
  const auto& kept = command.whitelist();
  if (!is_meant(command.client(), command.session())
      || std::find(kept.begin(), kept.end(), client()) != kept.end())
    return;
  answer->concerned();
  if (command.code() == 0)
    return close(proto::disconnect_code::force_disconnect);
  close(command.code(), command.reason());
}

void connection::impl::server_refresh(const roost::link::UserRefresh& command,
                                      const command_answer_ptr& answer) {
  if (!is_meant(command.client(), command.session()))
    return;
  answer->concerned();
  if (command.expired() || has_ended(command.expire_at()))
    return close(proto::disconnect_code::connection_expired);
  due_ = due_at(command.expire_at(), limits().expired_close_delay);
  arm_expiry();
  if (!command.info().empty())
    update_info(command.info());
  roost::client::Push message;
  write_ttl(command.expire_at(), *message.mutable_refresh());
  push(message);
}

std::shared_ptr<roost::link::Connection> connection::impl::describe() const {
  auto result = std::make_shared<roost::link::Connection>();
  result->set_client(client());
  result->set_user(user());
  result->set_transport(std::string{config::name_of(origin_.transport)});
  result->set_protocol(origin_.format == proto::wire_format::json ? "json"
                                                                  : "protobuf");
  result->set_remote_address(origin_.remote_address);
  result->set_connected_ms(connected_ms_);
  result->set_name(client_name_);
  result->set_version(client_version_);
  for (const auto& [room, entry] : subscriptions_)
    if (entry.active)
      result->add_channels(room);
  return result;
}

} // namespace actors
