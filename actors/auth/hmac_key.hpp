#pragma once

#include "actors/auth/algorithm.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace actors {

/// A shared secret. Const members are safe from any thread.
class hmac_key {
public:
  /// Takes a secret of at least one byte.
  explicit hmac_key(std::string_view secret);
  hmac_key(hmac_key&&) noexcept;
  hmac_key& operator=(hmac_key&&) noexcept;
  ~hmac_key();

  /// The signature of `message` under an HS algorithm.
  std::string sign(algorithm alg, std::string_view message) const;

  /// Whether `signature` is the one of `message`; compares in constant time.
  bool verify(algorithm alg, std::string_view message,
              std::string_view signature) const;

private:
  struct contexts;
  std::unique_ptr<contexts> contexts_;
};

} // namespace actors
