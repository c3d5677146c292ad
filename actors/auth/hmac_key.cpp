#include "actors/auth/hmac_key.hpp"

#include "actors/auth/openssl_ptr.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>

namespace actors {

namespace {

using mac_bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

mac_ctx_ptr keyed_context(EVP_MAC* mac, algorithm alg,
                          std::string_view secret) {
  mac_ctx_ptr context{EVP_MAC_CTX_new(mac)};
  std::string digest = digest_of(alg);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  if (!context
      || EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), params)
             != 1)
    throw std::runtime_error("OpenSSL can't set up HMAC with " + digest + ".");
  return context;
}

} // namespace

/// One context per hash, keyed once: a token's check copies it, which skips
/// the look-up of the algorithm and the hashing of the secret.
struct hmac_key::contexts {
  std::array<mac_ctx_ptr, 3> keyed;
};

hmac_key::hmac_key(std::string_view secret)
    : contexts_(std::make_unique<contexts>()) {
  mac_ptr mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  if (!mac)
    throw std::runtime_error("OpenSSL offers no HMAC.");
  for (auto alg : {algorithm::hs256, algorithm::hs384, algorithm::hs512})
    contexts_->keyed[static_cast<std::size_t>(alg)] =
        keyed_context(mac.get(), alg, secret);
}

hmac_key::hmac_key(hmac_key&&) noexcept = default;
hmac_key& hmac_key::operator=(hmac_key&&) noexcept = default;
hmac_key::~hmac_key() = default;

std::string hmac_key::sign(algorithm alg, std::string_view message) const {
  auto& keyed = contexts_->keyed.at(static_cast<std::size_t>(alg));
  mac_ctx_ptr context{EVP_MAC_CTX_dup(keyed.get())};
  mac_bytes out;
  std::size_t size = 0;
  if (!context
      || EVP_MAC_update(context.get(), bytes_of(message), message.size()) != 1
      || EVP_MAC_final(context.get(), out.data(), &size, out.size()) != 1)
    throw std::runtime_error("OpenSSL can't compute an HMAC.");
  return {reinterpret_cast<const char*>(out.data()), size};
}

bool hmac_key::verify(algorithm alg, std::string_view message,
                      std::string_view signature) const {
  auto expected = sign(alg, message);
  return signature.size() == expected.size()
         && CRYPTO_memcmp(signature.data(), expected.data(), expected.size())
                == 0;
}

} // namespace actors
