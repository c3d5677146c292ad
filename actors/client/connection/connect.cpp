#include "actors/client/connection/client_id.hpp"
#include "actors/client/connection/impl.hpp"
#include "actors/client/connection/time_to_live.hpp"
#include "actors/client/unix_time.hpp"
#include "actors/client/users_messages.hpp"
#include "proto/utf8.hpp"

#include <spdlog/spdlog.h>

#include <utility>

// connect: token -> user registered -> server-side subscriptions -> reply.

namespace actors {

namespace {

/// Bytes of the client's name and version that are kept for listings.
constexpr std::size_t max_name = 64;

/// The answer to a connect as a push.
void write_push(roost::client::ConnectResult& from,
                roost::client::Connect& out) {
  out.mutable_client()->swap(*from.mutable_client());
  out.mutable_version()->swap(*from.mutable_version());
  out.mutable_data()->swap(*from.mutable_data());
  out.mutable_subs()->swap(*from.mutable_subs());
  out.set_expires(from.expires());
  out.set_ttl(from.ttl());
  out.set_ping(from.ping());
  out.set_pong(from.pong());
  out.mutable_session()->swap(*from.mutable_session());
  out.mutable_node()->swap(*from.mutable_node());
  out.set_time(from.time());
}

/// For a client that is told its end alone.
proto::disconnect_code end_for(proto::errc code) {
  using proto::disconnect_code;
  switch (code) {
  case proto::errc::token_expired:
  case proto::errc::expired:
    return disconnect_code::connection_expired;
  case proto::errc::permission_denied:
    return disconnect_code::permission_denied;
  case proto::errc::not_available:
    return disconnect_code::not_available;
  default:
    break;
  }
  return proto::temporary(code) ? disconnect_code::internal_server_error
                                : disconnect_code::bad_request;
}

} // namespace

void connection::impl::connect(std::uint32_t id,
                               roost::client::ConnectRequest& request) {
  if (stage_ != stage::fresh)
    return close(proto::disconnect_code::bad_request);
  stage_ = stage::connecting;
  queue_.hold();
  connecting_ = std::make_unique<pending_connect>();
  connecting_->id = id;
  connecting_->request.Swap(&request);
  auto claims = check_connect_token();
  if (!claims)
    return;
  if (has_ended(claims->expire_at))
    return refuse_connect(proto::errc::expired);
  info_.set_client(make_client_id());
  info_.set_user(claims->user);
  info_.set_conn_info(claims->info);
  guest_ = claims->guest;
  client_name_ = proto::cut_utf8(connecting_->request.name(), max_name);
  client_version_ = proto::cut_utf8(connecting_->request.version(), max_name);
  connecting_->claims = std::move(*claims);
  out_.link().admit();
  enter();
}

std::optional<connection_claims> connection::impl::check_connect_token() {
  const auto& shown = connecting_->request.token();
  const auto token =
      shown.empty() ? std::exchange(origin_.cookie_token, {}) : shown;
  origin_.cookie_token = {};
  if (token.empty()) {
    if (limits().insecure || limits().allow_anonymous_connect_without_token)
      return connection_claims{};
    close(proto::disconnect_code::bad_request);
    return std::nullopt;
  }
  if (services_.connection_tokens == nullptr) {
    close(proto::disconnect_code::invalid_token);
    return std::nullopt;
  }
  auto verified = services_.connection_tokens->verify_connection(
      token, std::chrono::system_clock::now());
  if (verified) {
    if (!verified->user.empty() || !limits().token.disallow_anonymous)
      return std::move(verified.claims());
    close(proto::disconnect_code::permission_denied);
  } else if (verified.error().kind == token_error_kind::expired) {
    refuse_connect(proto::errc::token_expired);
  } else {
    spdlog::debug("connection {} from {} shows a bad token: {}", self_.id(),
                  origin_.remote_address, verified.error().why);
    close(proto::disconnect_code::invalid_token);
  }
  return std::nullopt;
}

void connection::impl::enter() {
  entered_ = true;
  if (config::is_emulated(origin_.transport))
    session_ = make_client_id();
  self_
      .request(services_.users, caf::infinite,
               enter_user{user(), session_, client(), connected_ms_})
      .then([this](const user_entered& x) { on_entered(x.admitted); },
            [this](caf::error&) {
              close(proto::disconnect_code::internal_server_error);
            });
}

void connection::impl::on_entered(bool admitted) {
  if (closing_)
    return;
  if (!admitted) {
    entered_ = false;
    return close(proto::disconnect_code::connection_limit);
  }
  start_server_subscriptions();
}

void connection::impl::start_server_subscriptions() {
  auto& claims = connecting_->claims;
  std::map<std::string, subscription_options, std::less<>> wanted;
  wanted.swap(claims.subs);
  for (auto& room : claims.channels)
    wanted.try_emplace(std::move(room));
  std::string personal;
  if (limits().user_subscribe_to_personal.enabled && !guest_
      && can_be_listed(user())) {
    const auto& name_space =
        limits().user_subscribe_to_personal.personal_channel_namespace;
    personal = (name_space.empty() ? "" : name_space + ":") + "#" + user();
    wanted.try_emplace(personal);
  }
  if (wanted.size() > limits().channel_limit)
    return close(proto::disconnect_code::channel_limit);
  // One more, so that answers given at once do not finish the connect early.
  connecting_->missing = wanted.size() + 1;
  for (const auto& [room, options] : wanted)
    if (!add_server_subscription(room, options, room != personal))
      break;
  // Rooms that were not asked for any more are not waited for.
  connecting_->missing = subscriptions_.under_way() + 1;
  if (--connecting_->missing == 0)
    finish_connect();
}

bool connection::impl::add_server_subscription(
    const std::string& room, const subscription_options& options,
    bool from_token) {
  const auto found = look_up_room(*services_.config, room, named_by::backend);
  if (const auto* error = std::get_if<proto::errc>(&found)) {
    connecting_->error = *error;
    return false;
  }
  subscription entry;
  entry.options = std::get<const config::channel_options*>(found);
  entry.server_side = true;
  entry.from_token = from_token;
  entry.chan_info = options.info;
  subscription_request request;
  request.room = room;
  const auto& subs = connecting_->request.subs();
  const auto old = subs.find(room);
  subscription_features wishes;
  wishes.delta = old != subs.end() && old->second.delta() == "fossil";
  request.features =
      features_of(*entry.options, options.overrides, wishes, who_asks(room));
  if (old != subs.end()) {
    request.recover = old->second.recover() && request.features.recoverable;
    request.epoch = old->second.epoch();
    request.offset = old->second.offset();
    // One answer has room for what was missed in one room.
    request.missed_later = subs.size() > 1;
  }
  begin_subscription(
      std::move(request), std::move(entry),
      [this, room, data = options.data](subscription* made,
                                        subscribe_outcome& outcome) {
        if (made == nullptr)
          connecting_->error = std::get<proto::errc>(outcome);
        else
          write_result(std::get<subscribed>(outcome), data,
                       (*connecting_->result.mutable_subs())[room]);
        if (--connecting_->missing == 0)
          finish_connect();
      });
  return true;
}

void connection::impl::finish_connect() {
  if (connecting_->error)
    return refuse_connect(*connecting_->error);
  const auto done = std::move(connecting_);
  auto& result = done->result;
  result.set_client(client());
  result.set_version(services_.version);
  write_ttl(done->claims.expire_at, result);
  due_ = due_at(done->claims.expire_at, limits().expired_close_delay);
  if (limits().ping_interval.count() > 0 && !origin_.transport_pings) {
    using std::chrono::seconds;
    result.set_ping(static_cast<std::uint32_t>(
        std::chrono::ceil<seconds>(limits().ping_interval).count()));
    result.set_pong(pong_timeout().count() > 0);
  }
  if (!session_.empty()) {
    result.set_session(session_);
    result.set_node(services_.node);
  }
  if (limits().connect_include_server_time)
    result.set_time(unix_ms());
  answer_connect(done->id, result);
  stage_ = stage::connected;
  queue_.release();
  metrics().clients.add();
  start_pings();
  arm_expiry();
  for (const auto& push : done->held)
    deliver(push);
  for (const auto& command : done->later)
    command();
  audience_->go_on(self_); // what server-side subscriptions have missed
  resume_at_turn_end();
  spdlog::debug("connection {} of user \"{}\" from {} is in", client(), user(),
                origin_.remote_address);
}

void connection::impl::answer_connect(std::uint32_t id,
                                      roost::client::ConnectResult& result) {
  roost::client::Reply message;
  if (origin_.listens_only()) {
    write_push(result, *message.mutable_push()->mutable_connect());
  } else {
    message.set_id(id);
    message.mutable_connect()->Swap(&result);
  }
  reply(message);
}

void connection::impl::refuse_connect(proto::errc code) {
  if (origin_.listens_only()) // it understands no answer
    return close(end_for(code));
  const auto id = connecting_->id;
  // The stale timer ends the connection if the client does not.
  stage_ = stage::refused;
  queue_.release();
  leave_all_rooms();
  connecting_ = nullptr;
  if (std::exchange(entered_, false))
    self_.send(services_.users, leave_user{user(), session_, client()});
  refuse(id, code);
  resume_at_turn_end();
}

// Nothing takes messages without an answer.
void connection::impl::send(std::uint32_t, const roost::client::SendRequest&) {
  close(proto::disconnect_code::not_available);
}

void connection::impl::rpc(std::uint32_t id,
                           roost::client::RPCRequest& request) {
  if (request.method() != "roost.echo")
    return refuse(id, proto::errc::not_available);
  roost::client::Reply message;
  message.set_id(id);
  message.mutable_rpc()->mutable_data()->swap(*request.mutable_data());
  reply(message);
}

} // namespace actors
