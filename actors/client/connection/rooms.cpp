#include "actors/auth/guest.hpp"
#include "actors/client/cluster_questions.hpp"
#include "actors/client/connection/impl.hpp"
#include "actors/client/read_cost.hpp"

#include <utility>

// What the commands that act in a room share.

namespace actors {

const config::channel_options*
connection::impl::find_room(std::uint32_t id, const std::string& room) {
  if (room.empty()) {
    close(proto::disconnect_code::bad_request);
    return nullptr;
  }
  if (guest_ && !is_room_of_guests(room)) {
    refuse(id, proto::errc::permission_denied);
    return nullptr;
  }
  const auto found = look_up_room(*services_.config, room, named_by::client);
  if (const auto* error = std::get_if<proto::errc>(&found)) {
    refuse(id, *error);
    return nullptr;
  }
  return std::get<const config::channel_options*>(found);
}

asker connection::impl::who_asks(std::string_view room) const {
  return {user(), subscriptions_.is_active(room), limits().insecure};
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
                           std::function<void(roost::link::RoomReply&)> done,
                           bool reads) {
  queue_.begin_request();
  if (reads)
    queue_.begin_read();
  cluster_questions{self_, services_}.room(
      std::move(request), [this, id, reads, done = std::move(done)](
                              roost::link::RoomReply& answer) {
        if (reads)
          end_read(read_cost(answer));
        if (closing_)
          return;
        if (answer.has_error())
          refuse(id, answer.error());
        else
          done(answer);
        request_done();
      });
}

void connection::impl::end_read(std::uint64_t cost) {
  queue_.end_read(cost, now());
  if (!closing_)
    audience_->go_on(self_); // pages may have waited for the room
}

void connection::impl::request_done() {
  queue_.end_request();
  resume_at_turn_end();
}

} // namespace actors
