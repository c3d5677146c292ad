#pragma once

#include "net/session/session.hpp"

#include <span>
#include <utility>

namespace net {

/// A transport on a plain socket. It waits without a buffer and reads into that
/// of its lane: what a silent client costs is little more than its objects.
template <class Transport>
class on_plain final : public Transport {
public:
  on_plain(const config::node_config& config, lane_gateway& where,
           plain_socket stream)
      : Transport(config, where), socket_(std::move(stream)) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
  }

private:
  plain_socket& socket() override { return socket_; }
  void await_input() override { this->await_bytes(); }
  void half_close() override { this->shut_down_sending(); }

  int start_write(std::vector<iovec>& out) override {
    this->queue_.gather(out);
    return socket_.native_handle();
  }

  plain_socket socket_;
};

} // namespace net
