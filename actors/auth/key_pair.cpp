#include "actors/auth/key_pair.hpp"

#include "actors/auth/openssl_ptr.hpp"

#include <openssl/bn.h>
#include <openssl/decoder.h>
#include <openssl/err.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace actors {

struct key_pair::handle {
  pkey_ptr pkey;
  key_kind kind;
  /// OpenSSL's name of the curve; empty for RSA.
  std::string curve;
};

namespace {

constexpr int min_rsa_bits = 2048;

using decoder_ctx_ptr = openssl_ptr<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Takes an empty passphrase as the answer, so no terminal is asked for one.
int no_passphrase(char*, std::size_t, std::size_t* size, const OSSL_PARAM*,
                  void*) {
  *size = 0;
  return 0;
}

pkey_ptr decode(std::string_view pem, int selection) {
  EVP_PKEY* key = nullptr;
  decoder_ctx_ptr context{OSSL_DECODER_CTX_new_for_pkey(
      &key, "PEM", nullptr, nullptr, selection, nullptr, nullptr)};
  const auto* data = bytes_of(pem);
  auto size = pem.size();
  if (context) {
    OSSL_DECODER_CTX_set_passphrase_cb(context.get(), no_passphrase, nullptr);
    OSSL_DECODER_from_data(context.get(), &data, &size);
  }
  // The errors of this thread must not be blamed on its next TLS call.
  ERR_clear_error();
  return pkey_ptr{key};
}

std::string curve_name(EVP_PKEY* key) {
  std::string name(64, '\0');
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1)
    return {};
  name.resize(size);
  return name;
}

void check_rsa(EVP_PKEY* key) {
  auto bits = EVP_PKEY_get_bits(key);
  if (bits < min_rsa_bits)
    throw std::invalid_argument("the RSA key has " + std::to_string(bits)
                                + " bits; at least 2048 are needed.");
}

void check_curve(const std::string& curve) {
  for (auto alg : {algorithm::es256, algorithm::es384, algorithm::es512})
    if (curve == curve_of(alg))
      return;
  throw std::invalid_argument("the EC key is on the curve \"" + curve
                              + "\"; allowed are P-256, P-384 and P-521.");
}

/// A token's signature (r and s side by side) as the DER that OpenSSL reads;
/// empty when the length is wrong.
std::vector<unsigned char> to_der(algorithm alg, std::string_view signature) {
  auto size = scalar_size_of(alg);
  if (signature.size() != 2 * size)
    return {};
  ecdsa_sig_ptr sig{ECDSA_SIG_new()};
  auto* r = BN_bin2bn(bytes_of(signature), static_cast<int>(size), nullptr);
  auto* s = BN_bin2bn(bytes_of(signature.substr(size)), static_cast<int>(size),
                      nullptr);
  if (!sig || !r || !s || ECDSA_SIG_set0(sig.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  std::vector<unsigned char> der(
      static_cast<std::size_t>(i2d_ECDSA_SIG(sig.get(), nullptr)));
  auto* out = der.data();
  i2d_ECDSA_SIG(sig.get(), &out);
  return der;
}

/// The reverse of `to_der`.
std::string from_der(algorithm alg, const std::vector<unsigned char>& der) {
  const auto* data = der.data();
  ecdsa_sig_ptr sig{
      d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size()))};
  if (!sig)
    throw std::runtime_error("OpenSSL made a signature that it can't read.");
  auto size = scalar_size_of(alg);
  std::string out(2 * size, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  auto length = static_cast<int>(size);
  BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), to, length);
  BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), to + size, length);
  return out;
}

} // namespace

key_pair::key_pair(std::unique_ptr<handle> key) : key_(std::move(key)) {}
key_pair::key_pair(key_pair&&) noexcept = default;
key_pair& key_pair::operator=(key_pair&&) noexcept = default;
key_pair::~key_pair() = default;

key_pair key_pair::read_public(key_kind kind, std::string_view pem) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    throw std::invalid_argument(
        "it is a private key; a node needs the public one only.");
  auto pkey = decode(pem, EVP_PKEY_PUBLIC_KEY);
  if (!pkey)
    throw std::invalid_argument("it is not a public key in PEM form.");
  auto key = std::make_unique<handle>();
  key->kind = kind;
  if (kind == key_kind::rsa) {
    if (EVP_PKEY_is_a(pkey.get(), "RSA") != 1)
      throw std::invalid_argument("it is not an RSA key.");
    check_rsa(pkey.get());
  } else {
    if (EVP_PKEY_is_a(pkey.get(), "EC") != 1)
      throw std::invalid_argument("it is not an EC key.");
    key->curve = curve_name(pkey.get());
    check_curve(key->curve);
  }
  key->pkey = std::move(pkey);
  return key_pair{std::move(key)};
}

key_pair key_pair::read_private(std::string_view pem) {
  auto pkey = pem.find("PRIVATE KEY-----") == std::string_view::npos
                  ? pkey_ptr{}
                  : decode(pem, EVP_PKEY_KEYPAIR);
  if (!pkey)
    throw std::invalid_argument(
        "it is not an unencrypted private key in PEM form.");
  auto key = std::make_unique<handle>();
  if (EVP_PKEY_is_a(pkey.get(), "RSA") == 1) {
    check_rsa(pkey.get());
    key->kind = key_kind::rsa;
  } else if (EVP_PKEY_is_a(pkey.get(), "EC") == 1) {
    key->kind = key_kind::ec;
    key->curve = curve_name(pkey.get());
    check_curve(key->curve);
  } else {
    throw std::invalid_argument("it is neither an RSA nor an EC key.");
  }
  key->pkey = std::move(pkey);
  return key_pair{std::move(key)};
}

bool key_pair::serves(algorithm alg) const {
  return kind_of(alg) == key_->kind
         && (key_->kind == key_kind::rsa || key_->curve == curve_of(alg));
}

algorithm key_pair::preferred() const {
  for (auto alg : {algorithm::es256, algorithm::es384, algorithm::es512})
    if (serves(alg))
      return alg;
  return algorithm::rs256;
}

std::string key_pair::sign(algorithm alg, std::string_view message) const {
  md_ctx_ptr context{EVP_MD_CTX_new()};
  std::size_t size = 0;
  std::vector<unsigned char> out;
  auto data = bytes_of(message);
  if (!context
      || EVP_DigestSignInit_ex(context.get(), nullptr, digest_of(alg), nullptr,
                               nullptr, key_->pkey.get(), nullptr)
             != 1
      || EVP_DigestSign(context.get(), nullptr, &size, data, message.size())
             != 1)
    throw std::runtime_error("OpenSSL can't sign with this key.");
  out.resize(size);
  if (EVP_DigestSign(context.get(), out.data(), &size, data, message.size())
      != 1)
    throw std::runtime_error("OpenSSL can't sign with this key.");
  out.resize(size);
  if (key_->kind == key_kind::ec)
    return from_der(alg, out);
  return {out.begin(), out.end()};
}

bool key_pair::verify(algorithm alg, std::string_view message,
                      std::string_view signature) const {
  std::vector<unsigned char> der;
  auto data = bytes_of(signature);
  auto size = signature.size();
  if (key_->kind == key_kind::ec) {
    der = to_der(alg, signature);
    if (der.empty())
      return false;
    data = der.data();
    size = der.size();
  }
  md_ctx_ptr context{EVP_MD_CTX_new()};
  auto good =
      context
      && EVP_DigestVerifyInit_ex(context.get(), nullptr, digest_of(alg),
                                 nullptr, nullptr, key_->pkey.get(), nullptr)
             == 1
      && EVP_DigestVerify(context.get(), data, size, bytes_of(message),
                          message.size())
             == 1;
  // A forged signature leaves errors behind that belong to this token alone.
  if (!good)
    ERR_clear_error();
  return good;
}

} // namespace actors
