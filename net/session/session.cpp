#include "net/session/session.hpp"

#include <algorithm>
#include <utility>

namespace net {

namespace {

/// What somebody may send in one message who has not proved who he is.
constexpr std::size_t max_message_of_stranger = 64 * 1024;

} // namespace

session::session(const config::node_config& config, lane_gateway& where)
    : config_(config), where_(where),
      frames_(std::min(config.websocket.message_size_limit,
                       max_message_of_stranger)) {
  where_.sessions.add(*this);
  metrics().open_connections.add();
}

session::~session() {
  metrics().open_connections.sub();
}

void session::run(opening with, std::span<char> early) {
  owner_ = std::move(with.owner);
  place_ = std::move(with.place);
  enqueue(std::move(with.answer));
  if (with.pings)
    start_pings();
  take(early);
  wait_readable();
}

void session::admit() {
  admitted_ = true;
  frames_.allow(config_.websocket.message_size_limit);
}

void session::shut_down() {
  if (owner_) // else it ends already
    owner_->disconnect(proto::disconnect_code::shutdown);
}

void session::cut() {
  finish("the node stops");
}

} // namespace net
