#include "actors/client/connection/impl.hpp"
#include "actors/room/requests.hpp"

#include <algorithm>
#include <utility>

// Commands that read what a room knows: presence, presence_stats, history.

namespace actors {

bool connection::impl::admit_presence(std::uint32_t id,
                                      const std::string& room) {
  const auto* options = find_room(id, room);
  if (options == nullptr)
    return false;
  if (options->presence && may_read_presence(*options, who_asks(room)))
    return true;
  refuse(id, options->presence ? proto::errc::permission_denied
                               : proto::errc::not_available);
  return false;
}

void connection::impl::presence(std::uint32_t id,
                                const roost::client::PresenceRequest& request) {
  const auto& room = request.channel();
  if (!admit_presence(id, room))
    return;
  auto question = request_to(room);
  auto& body = *question->mutable_presence();
  body.set_max_members(limits().presence_max_members);
  body.set_max_bytes(limits().queue_max_size / 2);
  ask(
      id, std::move(question),
      [this, id](roost::link::RoomReply& answer) {
        roost::client::Reply message;
        message.set_id(id);
        message.mutable_presence()->Swap(answer.mutable_presence());
        reply(message);
      },
      true);
}

void connection::impl::presence_stats(
    std::uint32_t id, const roost::client::PresenceStatsRequest& request) {
  const auto& room = request.channel();
  if (!admit_presence(id, room))
    return;
  auto question = request_to(room);
  question->mutable_presence_stats();
  ask(id, std::move(question), [this, id](roost::link::RoomReply& answer) {
    roost::client::Reply message;
    message.set_id(id);
    message.mutable_presence_stats()->Swap(answer.mutable_presence_stats());
    reply(message);
  });
}

void connection::impl::history(std::uint32_t id,
                               const roost::client::HistoryRequest& request) {
  const auto& room = request.channel();
  const auto* options = find_room(id, room);
  if (options == nullptr)
    return;
  if (!options->has_history())
    return refuse(id, proto::errc::not_available);
  if (!may_read_history(*options, who_asks(room)))
    return refuse(id, proto::errc::permission_denied);
  // There is nothing before the first publication.
  if (request.reverse() && request.has_since() && request.since().offset() == 0)
    return refuse(id, proto::errc::bad_request);
  auto message = request_to(room);
  auto& body = *message->mutable_history();
  const auto most =
      static_cast<std::int64_t>(limits().history_max_publication_limit);
  const auto wanted = static_cast<std::int64_t>(request.limit());
  body.set_limit(static_cast<std::int32_t>(most == 0 ? wanted
                                           : wanted < 0
                                               ? most
                                               : std::min(wanted, most)));
  body.set_reverse(request.reverse());
  if (request.has_since()) {
    body.mutable_since()->set_epoch(request.since().epoch());
    body.mutable_since()->set_offset(request.since().offset());
  }
  body.set_max_bytes(limits().page_bytes());
  ask(
      id, std::move(message),
      [this, id](roost::link::RoomReply& answer) {
        roost::client::Reply out;
        out.set_id(id);
        auto& from = *answer.mutable_history();
        auto& to = *out.mutable_history();
        to.mutable_publications()->Swap(from.mutable_publications());
        to.mutable_epoch()->swap(*from.mutable_epoch());
        to.set_offset(from.offset());
        reply(out);
      },
      true);
}

} // namespace actors
