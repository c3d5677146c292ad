#include "net/session/session.hpp"

#include <utility>

namespace net {

session::session(const config::node_config& config, lane_gateway& where)
    : config_(config), where_(where) {
  where_.sessions.add(*this);
}

session::~session() {
  if (counted_)
    transport_counts().open.sub();
}

void session::run(opening with, std::span<char> early) {
  transport_ = with.transport;
  counted_ = true;
  transport_counts().open.add();
  owner_ = std::move(with.owner);
  place_ = std::move(with.place);
  enqueue(std::move(with.answer));
  take_or_drop(early);
  wait_readable();
}

void session::shut_down() {
  if (owner_) // else it ends already
    owner_->disconnect(proto::disconnect_code::shutdown);
}

void session::cut() {
  finish("the node stops");
}

} // namespace net
