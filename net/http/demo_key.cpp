#include "net/http/demo_key.hpp"

#include "actors/auth/base64url.hpp"
#include "actors/auth/hmac_key.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace net {

namespace {

std::string random_key() {
  std::array<unsigned char, 32> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1)
    throw std::runtime_error("the system has no random numbers for a key");
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

std::string demo_key(const config::token_keys& keys) {
  const auto& secret = keys.hmac_secret_key;
  return actors::base64url(
      secret.empty()
          ? random_key()
          : actors::hmac_key{secret}.sign(actors::algorithm::hs256,
                                          "roost: guests of the demo page"));
}

} // namespace net
