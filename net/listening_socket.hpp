#pragma once

#include "cluster-config/socket_address.hpp"
#include "net/asio.hpp"
#include "net/unix_socket_file.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <memory>
#include <string>

namespace net {

/// A socket that listens at one address. The file of a unix socket goes with
/// it.
class listening_socket {
public:
  using acceptor = asio::basic_socket_acceptor<stream_protocol,
                                               asio::io_context::executor_type>;

  /// Throws boost::system::system_error when the address cannot be had.
  listening_socket(asio::io_context& io, const config::socket_address& where);

  acceptor& socket() { return acceptor_; }

  /// The address as files write it, with the port that the kernel picked where
  /// that was left to it.
  const std::string& text() const { return text_; }

private:
  void listen_at_path(const std::string& path);
  void listen_at_network(asio::io_context& io, config::address where);

  acceptor acceptor_;
  std::unique_ptr<unix_socket_file> file_;
  std::string text_;
};

} // namespace net
