#include "actors/auth/algorithm.hpp"

#include <array>

namespace actors {

namespace {

struct description {
  const char* name;
  key_kind kind;
  const char* digest;
  const char* curve;
  std::size_t scalar_size;
};

/// In the order of `algorithm`.
constexpr std::array<description, 9> descriptions{{
    {"HS256", key_kind::hmac, "SHA256", "", 0},
    {"HS384", key_kind::hmac, "SHA384", "", 0},
    {"HS512", key_kind::hmac, "SHA512", "", 0},
    {"RS256", key_kind::rsa, "SHA256", "", 0},
    {"RS384", key_kind::rsa, "SHA384", "", 0},
    {"RS512", key_kind::rsa, "SHA512", "", 0},
    {"ES256", key_kind::ec, "SHA256", "prime256v1", 32},
    {"ES384", key_kind::ec, "SHA384", "secp384r1", 48},
    {"ES512", key_kind::ec, "SHA512", "secp521r1", 66},
}};

const description& describe(algorithm alg) {
  return descriptions[static_cast<std::size_t>(alg)];
}

} // namespace

std::optional<algorithm> algorithm_named(std::string_view name) {
  for (std::size_t i = 0; i < descriptions.size(); ++i)
    if (name == descriptions[i].name)
      return static_cast<algorithm>(i);
  return std::nullopt;
}

const char* to_string(algorithm alg) {
  return describe(alg).name;
}

key_kind kind_of(algorithm alg) {
  return describe(alg).kind;
}

const char* digest_of(algorithm alg) {
  return describe(alg).digest;
}

const char* curve_of(algorithm alg) {
  return describe(alg).curve;
}

std::size_t scalar_size_of(algorithm alg) {
  return describe(alg).scalar_size;
}

} // namespace actors
