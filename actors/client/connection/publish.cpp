#include "actors/client/connection/impl.hpp"

#include <utility>

namespace actors {

void connection::impl::publish(std::uint32_t id,
                               roost::client::PublishRequest& request) {
  const auto* options = find_room(id, request.channel());
  if (options == nullptr)
    return;
  if (request.type() != 0) // no namespace holds maps
    return refuse(id, proto::errc::bad_request);
  if (!may_publish(*options, who_asks(request.channel())))
    return refuse(id, proto::errc::permission_denied);
  if (!acceptable_data(*options, request.data()))
    return refuse(id, proto::errc::bad_request);
  auto message = std::make_shared<roost::link::RoomRequest>();
  auto& body = *message->mutable_publish();
  *body.mutable_info() = info_in(subscriptions_.find(request.channel()));
  body.set_delta(options->delta_publish);
  body.mutable_data()->swap(*request.mutable_data());
  message->mutable_room()->swap(*request.mutable_channel());
  ask(id, std::move(message), [this, id](roost::link::RoomReply&) {
    roost::client::Reply answer;
    answer.set_id(id);
    answer.mutable_publish();
    reply(answer);
  });
}

} // namespace actors
