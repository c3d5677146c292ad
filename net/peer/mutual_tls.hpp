#pragma once

#include "net/peer/peer_options.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace net::peer {

/// A context for mutual TLS 1.3: both sides must show a certificate of
/// `files.ca`, and nothing is resumed, so each connection is verified anew.
/// Throws std::runtime_error with a sentence that names the file at fault.
std::unique_ptr<boost::asio::ssl::context>
make_mutual_tls(const tls_files& files);

/// Why a TLS operation on this connection failed, as a clause.
std::string tls_failure(SSL* connection, const boost::system::error_code& ec);

/// 32 bytes that only the two ends of this TLS connection know; binds the
/// handshake to it (RFC 9266). Empty when there is none.
std::string tls_channel(SSL* connection);

} // namespace net::peer
