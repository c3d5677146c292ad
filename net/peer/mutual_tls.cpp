#include "net/peer/mutual_tls.hpp"

#include "net/asio.hpp"

#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <stdexcept>

namespace net::peer {

namespace {

namespace ssl = boost::asio::ssl;

void check(const error_code& ec, const char* what, const std::string& file) {
  if (ec)
    throw std::runtime_error(std::string{what} + " of the cluster, \"" + file
                             + "\", cannot be used: " + ec.message());
}

} // namespace

std::unique_ptr<ssl::context> make_mutual_tls(const tls_files& files) {
  auto context = std::make_unique<ssl::context>(ssl::context::tlsv13);
  error_code ec;
  // Never ask for a passphrase on the terminal.
  context->set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return ""; });
  context->use_certificate_chain_file(files.certificate, ec);
  check(ec, "The TLS certificate", files.certificate);
  context->use_private_key_file(files.key, ssl::context::pem, ec);
  check(ec, "The TLS key", files.key);
  context->load_verify_file(files.ca, ec);
  check(ec, "The TLS CA", files.ca);
  auto* native = context->native_handle();
  if (SSL_CTX_check_private_key(native) != 1)
    throw std::runtime_error("The TLS key of the cluster, \"" + files.key
                             + "\", does not belong to the certificate \""
                             + files.certificate + "\"");
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(native, 0);
  return context;
}

std::string tls_failure(SSL* connection, const error_code& ec) {
  auto reason = ERR_GET_REASON(static_cast<unsigned long>(ec.value()));
  if (ec.category() == asio::error::get_ssl_category()
      && (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST))
    return "TLS failed: it does not speak TLS";
  // Says more than the first error that OpenSSL met on the way.
  auto verdict = SSL_get_verify_result(connection);
  if (verdict != X509_V_OK)
    return std::string{"TLS failed: its certificate is not accepted: "}
           + X509_verify_cert_error_string(verdict);
  return "TLS failed: " + ec.message();
}

std::string tls_channel(SSL* connection) {
  static constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::string key(32, '\0');
  if (SSL_export_keying_material(
          connection, reinterpret_cast<unsigned char*>(key.data()), key.size(),
          label.data(), label.size(), nullptr, 0, 0)
      != 1)
    return {};
  return key;
}

} // namespace net::peer
