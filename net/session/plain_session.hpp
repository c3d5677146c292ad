#pragma once

#include "net/session/session.hpp"

namespace net {

/// A WebSocket on a plain socket. It waits without a buffer and reads into that
/// of its lane: what a silent client costs is little more than its objects.
class plain_session final : public session {
public:
  plain_session(const config::node_config& config, lane_gateway& where,
                plain_socket stream);

private:
  plain_socket& socket() override { return socket_; }
  void await_input() override { await_bytes(); }
  int start_write(std::vector<iovec>& out) override;
  void half_close() override { shut_down_sending(); }

  plain_socket socket_;
};

} // namespace net
