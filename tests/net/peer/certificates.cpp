#include "tests/net/peer/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace net::peer::test {

namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using file_ptr = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

void set_name(X509_NAME* name, const std::string& text) {
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
}

x509_ptr make_certificate(const std::string& subject, EVP_PKEY* key,
                          X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 0;
  x509_ptr made{X509_new(), X509_free};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key);
  set_name(X509_get_subject_name(made.get()), subject);
  auto* signer = issuer != nullptr ? issuer : made.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(signer));
  std::string constraint = issuer != nullptr ? "CA:FALSE" : "critical,CA:TRUE";
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints,
                                        constraint.c_str());
  X509_add_ext(made.get(), extension, -1);
  X509_EXTENSION_free(extension);
  if (X509_sign(made.get(), issuer_key, EVP_sha256()) == 0)
    throw std::runtime_error("cannot sign a test certificate");
  return made;
}

file_ptr open(const std::filesystem::path& path) {
  return {std::fopen(path.c_str(), "w"), std::fclose};
}

} // namespace

struct authority::keys {
  key_ptr key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  x509_ptr certificate{nullptr, X509_free};
};

authority::authority(const std::string& name)
    : keys_(std::make_unique<keys>()) {
  std::string pattern =
      std::filesystem::temp_directory_path() / "peer_test_XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make " + pattern);
  folder_ = pattern;
  auto* key = keys_->key.get();
  keys_->certificate = make_certificate(name, key, nullptr, key);
  PEM_write_X509(open(folder_ / "ca.pem").get(), keys_->certificate.get());
}

authority::~authority() {
  std::filesystem::remove_all(folder_);
}

tls_files authority::certify(const std::string& node) const {
  key_ptr key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  auto certificate = make_certificate(node, key.get(), keys_->certificate.get(),
                                      keys_->key.get());
  tls_files files{folder_ / (node + ".pem"), folder_ / (node + ".key"),
                  folder_ / "ca.pem"};
  PEM_write_X509(open(files.certificate).get(), certificate.get());
  PEM_write_PrivateKey(open(files.key).get(), key.get(), nullptr, nullptr, 0,
                       nullptr, nullptr);
  return files;
}

} // namespace net::peer::test
