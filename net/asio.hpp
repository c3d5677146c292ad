#pragma once

// The names that all of net/ uses for Asio and Beast.

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/error.hpp>

namespace boost::beast::http {}
namespace boost::beast::websocket {}

namespace net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

using error_code = boost::system::error_code;
using tcp = asio::ip::tcp;

/// TCP, or a unix socket.
using stream_protocol = asio::generic::stream_protocol;

/// A socket of a lane. The executor is named, so that no handler pays for one
/// that could be any.
using plain_socket =
    asio::basic_stream_socket<stream_protocol, asio::io_context::executor_type>;

using tls_socket = asio::ssl::stream<plain_socket>;

} // namespace net
