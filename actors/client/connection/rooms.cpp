#include "actors/client/cluster_questions.hpp"
#include "actors/client/connection/impl.hpp"

#include <utility>

// What the commands that act in a room share.

namespace actors {

const config::channel_options*
connection::impl::find_room(std::uint32_t id, const std::string& room) {
  if (room.empty()) {
    close(proto::disconnect_code::bad_request);
    return nullptr;
  }
  // Too long a name is refused before anything is looked up by it.
  if (room.size() > limits().channel_max_length) {
    refuse(id, proto::errc::bad_request);
    return nullptr;
  }
  const auto* options = services_.config->channel.find(room);
  if (options == nullptr) {
    refuse(id, proto::errc::unknown_channel);
    return nullptr;
  }
  if (const auto error =
          refuse_name(room, *options, limits().channel_max_length)) {
    refuse(id, *error);
    return nullptr;
  }
  return options;
}

asker connection::impl::who_asks(std::string_view room) const {
  const auto at = subscriptions_.find(room);
  const bool inside = at != subscriptions_.end() && at->second.active;
  return {user(), inside, limits().insecure};
}

token_bearer connection::impl::bearer_of(std::string_view room) const {
  return {user(), client(), room};
}

roost::client::ClientInfo
connection::impl::info_in(const subscription* entry) const {
  auto result = info_;
  if (entry != nullptr && !entry->chan_info.empty())
    result.set_chan_info(entry->chan_info);
  return result;
}

void connection::impl::ask(std::uint32_t id,
                           std::shared_ptr<roost::link::RoomRequest> request,
                           std::function<void(roost::link::RoomReply&)> done) {
  ++in_flight_;
  cluster_questions{self_, services_}.room(
      std::move(request),
      [this, id, done = std::move(done)](roost::link::RoomReply& answer) {
        if (closing_)
          return;
        if (answer.has_error())
          refuse(id, answer.error());
        else
          done(answer);
        request_done();
      });
}

void connection::impl::request_done() {
  --in_flight_;
  resume_at_turn_end();
}

} // namespace actors
