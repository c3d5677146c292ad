#include "net/listening_socket.hpp"

#include "net/admission/peer_address.hpp"

#include <boost/asio/local/stream_protocol.hpp>

namespace net {

namespace {

constexpr int backlog = 4096;

} // namespace

listening_socket::listening_socket(asio::io_context& io,
                                   const config::socket_address& where)
    : acceptor_(io), text_(to_string(where)) {
  if (where.is_unix())
    listen_at_path(where.path);
  else
    listen_at_network(io, where.network);
}

void listening_socket::listen_at_path(const std::string& path) {
  file_ = std::make_unique<unix_socket_file>(path, [&] {
    const stream_protocol::endpoint endpoint{
        asio::local::stream_protocol::endpoint{path}};
    acceptor_.open(endpoint.protocol());
    acceptor_.bind(endpoint);
    acceptor_.listen(backlog);
  });
}

void listening_socket::listen_at_network(asio::io_context& io,
                                         config::address where) {
  const auto found = tcp::resolver{io}.resolve(
      where.host, std::to_string(where.port), tcp::resolver::passive);
  const stream_protocol::endpoint endpoint{found.begin()->endpoint()};
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen(backlog);
  where.port = tcp_endpoint_of(acceptor_.local_endpoint())->port();
  text_ = to_string(where);
}

} // namespace net
