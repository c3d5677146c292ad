#include "actors/client/connection/impl.hpp"
#include "actors/client/connection/time_to_live.hpp"
#include "actors/client/read_cost.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace actors {

namespace {

enum flag : std::int64_t { compaction_flag = 1, reject_unrecovered_flag = 2 };

/// Why a subscription of `type` is not to be had: only streams (0) are.
proto::errc refuse_type(std::int32_t type) {
  if (type >= 1 && type <= 3) // maps
    return proto::errc::permission_denied;
  return type == 4 ? proto::errc::not_available : proto::errc::bad_request;
}

} // namespace

void write_result(const subscribed& made, std::string_view data,
                  roost::client::SubscribeResult& out) {
  out.set_recoverable(made.recoverable);
  out.set_positioned(made.positioned);
  if (made.positioned || made.recoverable) {
    out.set_epoch(made.epoch);
    out.set_offset(made.offset);
  }
  out.set_recovered(made.recovered);
  out.set_was_recovering(made.was_recovering);
  for (const auto& publication : made.publications)
    *out.add_publications() = *publication;
  out.set_delta(made.delta);
  out.set_id(made.id);
  out.set_data(data.data(), data.size());
}

subscription_features
connection::impl::wishes_of(const roost::client::SubscribeRequest& request,
                            const config::channel_options& options) const {
  subscription_features wishes;
  wishes.positioned = request.positioned();
  wishes.recoverable = request.recoverable();
  wishes.push_join_leave = request.join_leave();
  wishes.delta = request.delta() == "fossil";
  wishes.compaction = (request.flag() & compaction_flag) != 0
                      && (format() == proto::wire_format::json
                          || options.allow_protobuf_channel_compaction);
  return wishes;
}

// False when the command was refused.
bool connection::impl::make_filter(
    std::uint32_t id, const roost::client::SubscribeRequest& request,
    const config::channel_options& options,
    std::shared_ptr<const tags_filter>& out) {
  const auto refuse_for = [&](proto::errc code, std::string_view why) {
    spdlog::debug("connection {} of user \"{}\" gets no tags filter in \"{}\":"
                  " {}",
                  client(), user(), request.channel(), why);
    refuse(id, code);
    return false;
  };
  if (!options.allow_tags_filter)
    return refuse_for(proto::errc::bad_request,
                      "allow_tags_filter of the namespace is off");
  if (!request.delta().empty())
    return refuse_for(proto::errc::bad_request, "it asks for deltas, too");
  auto made = tags_filter::make(request.tf());
  if (const auto* wrong = std::get_if<std::string>(&made))
    return refuse_for(proto::errc::bad_request, *wrong);
  out = std::get<std::shared_ptr<const tags_filter>>(std::move(made));
  if (subscriptions_.filter_bytes() + out->bytes() > limits().tags_filter_bytes)
    return refuse_for(proto::errc::limit_exceeded,
                      "its filters have more than client.tags_filter_bytes");
  return true;
}

void connection::impl::subscribe(
    std::uint32_t id, const roost::client::SubscribeRequest& request) {
  const auto& room = request.channel();
  if (room.empty() || (!request.delta().empty() && request.delta() != "fossil"))
    return close(proto::disconnect_code::bad_request);
  if (subscriptions_.find(room) != nullptr)
    return refuse(id, proto::errc::already_subscribed);
  if (subscriptions_.size() >= limits().channel_limit)
    return refuse(id, proto::errc::limit_exceeded);
  const auto* options = find_room(id, room);
  if (options == nullptr)
    return;
  if (request.type() != 0)
    return refuse(id, refuse_type(request.type()));
  std::shared_ptr<const tags_filter> filter;
  if (request.has_tf() && !make_filter(id, request, *options, filter))
    return;
  if (format() == proto::wire_format::json && options->refuses_json())
    return refuse(id, proto::errc::not_available);
  auto verdict = authorize_subscription(
      services_.subscription_tokens, request.token(), bearer_of(room), *options,
      limits().insecure, std::chrono::system_clock::now());
  if (const auto* error = std::get_if<proto::errc>(&verdict))
    return refuse(id, *error);
  if (const auto* code = std::get_if<proto::disconnect_code>(&verdict))
    return close(*code);
  auto& claims = std::get<subscription_claims>(verdict);
  const auto expire_at = claims.expire_at;
  if (has_ended(expire_at))
    return refuse(id, proto::errc::expired);

  subscription entry;
  entry.options = options;
  entry.chan_info = std::move(claims.info);
  entry.due = due_at(expire_at, limits().expired_sub_close_delay);
  subscription_request wanted;
  wanted.room = room;
  wanted.features = features_of(*options, claims.overrides,
                                wishes_of(request, *options), who_asks(room));
  // At most some 15 KiB (tags_filter.hpp).
  entry.filter_bytes = static_cast<std::uint16_t>(filter ? filter->bytes() : 0);
  wanted.filter = std::move(filter);
  wanted.recover = request.recover() && wanted.features.recoverable;
  wanted.epoch = request.epoch();
  wanted.offset = request.offset();
  const bool all_or_nothing = (request.flag() & reject_unrecovered_flag) != 0;
  begin_subscription(
      std::move(wanted), std::move(entry),
      [this, id, room, expire_at, all_or_nothing,
       data = claims.data](subscription* made, subscribe_outcome& outcome) {
        if (made == nullptr)
          return refuse(id, std::get<proto::errc>(outcome));
        const auto& answer = std::get<subscribed>(outcome);
        if (all_or_nothing && answer.was_recovering && !answer.recovered) {
          drop_subscription(room);
          return refuse(id, proto::errc::unrecoverable_position);
        }
        roost::client::Reply message;
        message.set_id(id);
        auto& result = *message.mutable_subscribe();
        write_result(answer, data, result);
        write_ttl(expire_at, result);
        if (expire_at != 0)
          arm_expiry();
        reply(message);
      });
}

void connection::impl::begin_subscription(subscription_request request,
                                          subscription entry, on_outcome done) {
  entry.known_to_room = request.features.presence || request.features.announce;
  request.options = entry.options;
  request.info = info_in(&entry);
  const auto room = request.room;
  subscriptions_.add(room, std::move(entry));
  queue_.begin_request();
  const bool reads = request.recover;
  if (reads)
    queue_.begin_read();
  audience_->subscribe(
      self_, std::move(request),
      [this, room, reads, done = std::move(done)](subscribe_outcome outcome) {
        self_.in_handler([&] {
          if (reads)
            end_read(read_cost(outcome));
          on_subscribed(room, outcome, done);
        });
      });
}

void connection::impl::on_subscribed(const std::string& room,
                                     subscribe_outcome& outcome,
                                     const on_outcome& done) {
  queue_.answered(room);
  if (closing_)
    return;
  auto* entry = subscriptions_.find(room);
  if (entry == nullptr)
    return request_done();
  if (std::holds_alternative<subscribed>(outcome)) {
    subscriptions_.activate(*entry);
    spdlog::debug("connection {} of user \"{}\" is in room \"{}\"", client(),
                  user(), room);
    done(entry, outcome);
  } else {
    subscriptions_.remove(room);
    done(nullptr, outcome);
  }
  entry = subscriptions_.find(room);
  if (entry != nullptr && entry->revoked)
    take_back(room, proto::unsubscribe_code::server_unsubscribe);
  if (unsubscribing_ && unsubscribing_->room == room)
    finish_unsubscribe();
  request_done();
}

} // namespace actors
