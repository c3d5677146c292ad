#include "actors/client/connection/connection.hpp"

#include "actors/client/connection/impl.hpp"
#include "actors/client/unix_time.hpp"
#include "actors/messages.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace actors {

// -- the actor ----------------------------------------------------------------

connection::connection(caf::actor_config& cfg, const client_services& services,
                       audience_ref rooms, std::shared_ptr<client_link> out,
                       client_origin origin)
    : lane_actor(cfg),
      impl_(std::make_unique<impl>(*this, services, rooms, std::move(out),
                                   std::move(origin))) {}

connection::~connection() = default;

caf::behavior connection::make_behavior() {
  impl_->start();
  return {
      [this](const user_command& x) {
        impl_->on_user_command(x, make_response_promise());
      },
      [this](const emulated_commands& x) {
        impl_->on_emulated(x.request->emulate().commands());
        return true;
      },
      [this](const describe_connection&) {
        return connection_described{impl_->describe()};
      },
  };
}

void connection::on_exit() {
  if (!impl_)
    return;
  impl_->finish();
  impl_.reset();
}

void connection::on_message(std::string_view bytes) {
  // The first message may come before the lane has started the actor.
  if (!getf(is_initialized_flag))
    activate(&home_lane());
  in_handler([&] { impl_->on_message(bytes); });
}

void connection::on_closed(std::string_view why) {
  if (!getf(is_initialized_flag))
    activate(&home_lane());
  in_handler([&] { impl_->on_gone(why); });
}

void connection::on_drained() {
  in_handler([&] {
    if (impl_)
      impl_->on_drained();
  });
}

void connection::disconnect(std::uint32_t code, std::string_view reason) {
  if (!getf(is_initialized_flag))
    activate(&home_lane());
  in_handler([&] { impl_->close(code, reason); });
}

void connection::disconnect_when_answered(std::uint32_t code,
                                          std::string_view reason) {
  if (!getf(is_initialized_flag))
    activate(&home_lane());
  in_handler([&] { impl_->close_when_answered(code, reason); });
}

proto::wire_format connection::format() const {
  return impl_ ? impl_->format() : proto::wire_format::json;
}

void connection::deliver(const proto::frame_ptr& push) {
  if (impl_)
    impl_->deliver(push);
}

bool connection::has_room_for(std::size_t bytes) {
  return impl_ && impl_->has_room_for(bytes);
}

void connection::lost_continuity(const std::string& room) {
  if (impl_)
    impl_->lost_continuity(room);
}

// -- its life -----------------------------------------------------------------

namespace {

/// How long the answers may take that a client gets before it is ended.
constexpr std::chrono::seconds answer_grace{5};

std::uint32_t number(proto::disconnect_code code) {
  return static_cast<std::uint32_t>(code);
}

} // namespace

connection::impl::impl(connection& self, const client_services& services,
                       audience_ref rooms, std::shared_ptr<client_link> out,
                       client_origin origin)
    : self_(self), services_(services), audience_life_(rooms.self->ctrl()),
      audience_(rooms.self), origin_(std::move(origin)),
      connected_ms_(unix_ms()), subscriptions_(metrics().subscriptions),
      queue_(*services.config),
      out_(std::move(out), origin_.format, limits(), metrics()),
      life_timer_(self, [this] { on_life_timer(); }),
      expiry_timer_(self, [this] { on_expiry(); }) {}

void connection::impl::start() {
  life_timer_.expires_after(limits().stale_close_delay);
}

void connection::impl::close(proto::disconnect_code code) {
  close(number(code), proto::reason(code));
}

void connection::impl::close(std::uint32_t code, std::string_view reason) {
  if (std::exchange(closing_, true))
    return;
  // `reason` may be that of an end that has waited.
  const auto before =
      std::exchange(ending_, std::make_unique<ending>(ending{
                                 self_.ctrl(), code, std::string{reason}}));
  metrics().disconnects.add(code);
  self_.home_lane().at_turn_end(after_turn_, turn_phase::sockets);
  spdlog::debug("connection {} of user \"{}\" ends: {} {}", client(), user(),
                code, reason);
}

void connection::impl::close_when_answered(std::uint32_t code,
                                           std::string_view reason) {
  if (closing_ || ending_)
    return;
  ending_ =
      std::make_unique<ending>(ending{nullptr, code, std::string{reason}});
  life_timer_.expires_by(now() + answer_grace);
  close_if_answered();
}

void connection::impl::close_if_answered() {
  if (ending_ && !running_ && !out_.owes_replies() && queue_.empty())
    close(ending_->code, ending_->reason);
}

void connection::impl::on_gone(std::string_view why) {
  close(number(proto::disconnect_code::connection_closed), why);
}

void connection::impl::turn_end() {
  const caf::strong_actor_ptr hold{self_.ctrl()};
  self_.in_handler([this] {
    queue_.begin_turn();
    if (std::exchange(resume_, false))
      resume_commands();
    out_.flush();
    written();
  });
}

void connection::impl::after_turn() {
  const caf::strong_actor_ptr hold{self_.ctrl()};
  self_.in_handler([this] {
    if (!closing_ || !ending_)
      return;
    const auto last = std::move(ending_);
    const bool flush_first = last->code != number(proto::disconnect_code::slow);
    out_.close(last->code, last->reason, flush_first);
    self_.quit();
  });
}

void connection::impl::finish() {
  closing_ = true;
  ending_ = nullptr;
  leave_all_rooms();
  if (entered_)
    self_.send(services_.users, leave_user{user(), session_, client()});
  if (stage_ == stage::connected)
    metrics().clients.sub();
  out_.close(0, "", false);
}

// -- what audiences deliver ---------------------------------------------------

void connection::impl::deliver(const proto::frame_ptr& push) {
  if (closing_)
    return;
  if (connecting_) {
    connecting_->held_bytes += push->wire().size();
    if (connecting_->held_bytes > limits().queue_max_size)
      return close(proto::disconnect_code::slow);
    connecting_->held.push_back(push);
    return;
  }
  out_.deliver(push);
  written();
}

void connection::impl::lost_continuity(const std::string& room) {
  const auto* entry = subscriptions_.find(room);
  if (closing_ || entry == nullptr)
    return;
  if (entry->server_side)
    return close(proto::disconnect_code::insufficient_state);
  subscriptions_.remove(room); // the audience has forgotten it already
  push_unsubscribe(room, proto::unsubscribe_code::insufficient_state);
}

} // namespace actors
