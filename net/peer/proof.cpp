#include "net/peer/proof.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace net::peer {

std::string make_nonce() {
  std::string nonce(nonce_size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), nonce_size)
      != 1)
    throw std::runtime_error("OpenSSL has no random bytes");
  return nonce;
}

std::string make_mac(std::string_view secret, std::string_view text) {
  std::string mac(mac_size, '\0');
  unsigned int size = 0;
  const auto* made =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(mac.data()), &size);
  if (made == nullptr || size != mac_size)
    throw std::runtime_error("OpenSSL cannot make an HMAC-SHA256");
  return mac;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace net::peer
