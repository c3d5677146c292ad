#pragma once

#include "actors/auth/algorithm.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace actors {

/// An RSA or EC key read from PEM text. Const members are safe from any thread.
class key_pair {
public:
  /// Reads a public key ("PUBLIC KEY" or "RSA PUBLIC KEY"). Throws
  /// std::invalid_argument with a sentence, also for a private key, for another
  /// kind of key than `kind`, for RSA below 2048 bits and for a curve that no
  /// algorithm uses.
  static key_pair read_public(key_kind kind, std::string_view pem);

  /// Reads an unencrypted private key, RSA or EC, under the same conditions.
  static key_pair read_private(std::string_view pem);

  key_pair(key_pair&&) noexcept;
  key_pair& operator=(key_pair&&) noexcept;
  ~key_pair();

  /// Whether the key can sign or verify with `alg`: an RSA key serves RS256,
  /// RS384 and RS512, a curve its one algorithm.
  bool serves(algorithm alg) const;

  /// The algorithm to sign with when nobody asks for one.
  algorithm preferred() const;

  /// The signature of `message`, in the form that tokens use. The key must be
  /// private and serve `alg`.
  std::string sign(algorithm alg, std::string_view message) const;

  /// Whether `signature` is one of `message`. The key must serve `alg`.
  bool verify(algorithm alg, std::string_view message,
              std::string_view signature) const;

private:
  struct handle;
  explicit key_pair(std::unique_ptr<handle> key);
  std::unique_ptr<handle> key_;
};

} // namespace actors
