#pragma once

#include "net/session/session.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace net {

/// A transport on TLS.
template <class Transport>
class on_tls final : public Transport {
public:
  on_tls(const config::node_config& config, lane_gateway& where,
         tls_socket stream)
      : Transport(config, where), stream_(std::move(stream)) {
    error_code ignored;
    socket().set_option(tcp::no_delay(true), ignored);
  }

private:
  /// Bytes that one write takes: one record.
  static constexpr std::size_t write_size = 16 * 1024;

  /// Bytes that one read asks for.
  static constexpr std::size_t read_size = 2 * 1024;

  plain_socket& socket() override { return stream_.next_layer(); }

  void await_input() override {
    if (raw_)
      return this->await_bytes();
    if (leaves_)
      return; // half_close goes on
    input_.resize(read_size);
    stream_.async_read_some(
        asio::buffer(input_),
        [this, self = this->shared_from_this()](error_code ec, std::size_t n) {
          if (leaves_)
            return; // half_close goes on
          if (ec)
            this->on_input_end(ec.message());
          else
            this->on_input({input_.data(), n});
        });
  }

  int start_write(std::vector<iovec>&) override {
    this->writing_ = true;
    output_.clear();
    // Taken out of the queue: what waits there may still change.
    this->in_flight_ = this->queue_.copy(output_, write_size);
    this->queue_.consume(this->in_flight_);
    this->arm_stall();
    asio::async_write(stream_, asio::buffer(output_),
                      [this, self = this->shared_from_this()](
                          error_code ec, std::size_t) { on_write(ec); });
    return -1;
  }

  void on_write(error_code ec) {
    this->writing_ = false;
    if (this->finished())
      return;
    if (ec)
      return this->write_failed(ec.message());
    if (this->queue_.empty())
      std::string{}.swap(output_); // an idle connection keeps no buffer
    this->written(std::exchange(this->in_flight_, 0));
  }

  /// A close_notify, then as on a plain socket. The read under way ends with
  /// it, since what the client sends from now on need not be TLS.
  void half_close() override {
    leaves_ = true;
    stream_.async_shutdown([this, self = this->shared_from_this()](error_code) {
      if (this->finished())
        return;
      raw_ = true;
      this->shut_down_sending();
      this->on_input({});
    });
  }

  tls_socket stream_;
  std::string input_;
  std::string output_;
  bool leaves_ = false; ///< Our close_notify is under way or sent.
  bool raw_ = false;    ///< It is sent: what still comes is read as it is.
};

} // namespace net
