#include "net/session/tls_session.hpp"

#include <boost/asio/write.hpp>

namespace net {

namespace {

/// Bytes that one write takes: one record.
constexpr std::size_t write_size = 16 * 1024;

/// Bytes that one read asks for.
constexpr std::size_t read_size = 2 * 1024;

} // namespace

tls_session::tls_session(const config::node_config& config, lane_gateway& where,
                         tls_socket stream)
    : session(config, where), stream_(std::move(stream)) {
  error_code ignored;
  socket().set_option(tcp::no_delay(true), ignored);
}

void tls_session::await_input() {
  if (raw_)
    return await_bytes();
  if (leaves_)
    return; // half_close goes on
  input_.resize(read_size);
  stream_.async_read_some(
      asio::buffer(input_),
      [this, self = shared_from_this()](error_code ec, std::size_t n) {
        if (leaves_)
          return; // half_close goes on
        if (ec)
          on_input_end(ec.message());
        else
          on_input({input_.data(), n});
      });
}

int tls_session::start_write(std::vector<iovec>&) {
  writing_ = true;
  output_.clear();
  // Taken out of the queue: what waits there may still change.
  in_flight_ = queue_.copy(output_, write_size);
  queue_.consume(in_flight_);
  arm_stall();
  asio::async_write(stream_, asio::buffer(output_),
                    [this, self = shared_from_this()](
                        error_code ec, std::size_t) { on_write(ec); });
  return -1;
}

void tls_session::on_write(error_code ec) {
  writing_ = false;
  if (finished())
    return;
  if (ec)
    return write_failed(ec.message());
  if (queue_.empty())
    std::string{}.swap(output_); // an idle connection keeps no buffer
  written(std::exchange(in_flight_, 0));
}

/// A close_notify, then as on a plain socket. The read under way ends with it,
/// since what the client sends from now on need not be TLS.
void tls_session::half_close() {
  leaves_ = true;
  stream_.async_shutdown([this, self = shared_from_this()](error_code) {
    if (finished())
      return;
    raw_ = true;
    shut_down_sending();
    on_input({});
  });
}

} // namespace net
