#include "net/tls_context.hpp"

#include "cluster-config/loader.hpp"

namespace ssl = boost::asio::ssl;

namespace net {

std::unique_ptr<ssl::context> make_tls_context(const config::tls_files& files) {
  if (!files.tls())
    return nullptr;
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  context->set_options(ssl::context::default_workarounds
                       | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1
                       | ssl::context::single_dh_use);
  boost::system::error_code ec;
  context->use_certificate_chain_file(files.tls_certificate, ec);
  if (ec)
    throw config::error(files.tls_certificate
                        + ": not a PEM certificate chain: " + ec.message());
  context->use_private_key_file(files.tls_key, ssl::context::pem, ec);
  if (ec)
    throw config::error(files.tls_key + ": not the PEM private key of "
                        + files.tls_certificate + ": " + ec.message());
  return context;
}

} // namespace net
