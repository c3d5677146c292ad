#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace actors {

/// What kind of key an algorithm needs. A key serves its own kind alone, which
/// is why a public key can never be taken for an HMAC secret.
enum class key_kind { hmac, rsa, ec };

/// The signature algorithms of RFC 7518 that tokens may use.
enum class algorithm {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  es256,
  es384,
  es512,
};

/// The algorithm that the header names; none for `none` and all others.
std::optional<algorithm> algorithm_named(std::string_view name);

/// Its name in a header, such as "HS256".
const char* to_string(algorithm alg);

key_kind kind_of(algorithm alg);

/// Its hash, by OpenSSL's name, such as "SHA256".
const char* digest_of(algorithm alg);

/// The curve that an ES algorithm is defined for, by OpenSSL's name.
const char* curve_of(algorithm alg);

/// Bytes of each of r and s in a signature of an ES algorithm.
std::size_t scalar_size_of(algorithm alg);

} // namespace actors
