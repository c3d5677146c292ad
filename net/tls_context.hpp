#pragma once

#include "cluster-config/node_config.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace net {

/// The server side of TLS from PEM files; null when `files` names none. TLS 1.2
/// and newer. Throws config::error with a sentence that names the file when it
/// cannot be used.
std::unique_ptr<boost::asio::ssl::context>
make_tls_context(const config::tls_files& files);

} // namespace net
