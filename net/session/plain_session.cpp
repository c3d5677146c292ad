#include "net/session/plain_session.hpp"

namespace net {

plain_session::plain_session(const config::node_config& config,
                             lane_gateway& where, plain_socket stream)
    : session(config, where), socket_(std::move(stream)) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

int plain_session::start_write(std::vector<iovec>& out) {
  queue_.gather(out);
  return socket_.native_handle();
}

} // namespace net
