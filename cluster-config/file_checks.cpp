#include "cluster-config/checks.hpp"
#include "cluster-config/raw_value.hpp"
#include "cluster-config/text_file.hpp"

#include <cerrno>
#include <cstring>

namespace config {

namespace {

namespace fs = std::filesystem;

/// What a PEM file should hold.
struct content {
  std::string_view name;   ///< "certificate"
  std::string_view marker; ///< What its first line ends with.
};

constexpr content certificate{"certificate", "CERTIFICATE-----"};
constexpr content private_key{"private key", "PRIVATE KEY-----"};
constexpr content public_key{"public key", "PUBLIC KEY-----"};

class file_checker {
public:
  file_checker(const key_places& places, const fs::path& folder)
      : places_{places}, folder_{folder} {}

  /// The content of the file that `key` names; its path becomes whole.
  std::string read(const std::string& key, std::string& path,
                   std::string_view what) const {
    path = (folder_ / path).lexically_normal().string();
    auto text = read_text_file(path);
    if (text)
      return *text;
    auto name = std::string{what} + " file " + in_quotes(path);
    if (errno == ENOENT || errno == ENOTDIR)
      places_.refuse(key, "a missing " + name, "a file that exists");
    places_.refuse(key,
                   "an unreadable " + name + " (" + std::strerror(errno) + ")",
                   "a file that this process may read");
  }

  /// Makes `path` whole; it must name a folder.
  void find_folder(const std::string& key, std::string& path) const {
    path = (folder_ / path).lexically_normal().string();
    std::error_code ignored;
    if (!fs::is_directory(path, ignored))
      places_.refuse(key, in_quotes(path) + ", where there is no folder",
                     "a folder that exists");
  }

  std::string read_pem(const std::string& key, std::string& path,
                       const content& what) const {
    auto text = read(key, path, what.name);
    check_pem(key, text, what, "a file " + in_quotes(path));
    return text;
  }

  void check_pem(const std::string& key, const std::string& text,
                 const content& what, const std::string& found) const {
    auto begin = text.find("-----BEGIN ");
    auto end = text.find(what.marker, begin == text.npos ? 0 : begin);
    if (begin == text.npos || end == text.npos)
      places_.refuse(key, found + " without a " + std::string{what.name},
                     "a " + std::string{what.name} + " in PEM form");
  }

  const key_places& places() const { return places_; }

private:
  const key_places& places_;
  const fs::path& folder_;
};

void check_listener(tls_files& files, const std::string& section,
                    const file_checker& checker) {
  auto certificate_key = section + ".tls_certificate";
  auto key_key = section + ".tls_key";
  if (files.tls_certificate.empty() != files.tls_key.empty()) {
    bool no_key = files.tls_key.empty();
    checker.places().refuse(no_key ? key_key : certificate_key,
                            "none with " + (no_key ? certificate_key : key_key),
                            "tls_certificate and tls_key together, or"
                            " neither");
  }
  if (!files.tls())
    return;
  checker.read_pem(certificate_key, files.tls_certificate, certificate);
  checker.read_pem(key_key, files.tls_key, private_key);
}

/// Reads a public key's file into the text, and checks the text.
void take_public_key(std::string& text, std::string& path,
                     const std::string& key, const file_checker& checker) {
  if (!path.empty()) {
    if (!text.empty())
      checker.places().refuse(key + "_file", "a file beside " + key,
                              "one of the two");
    text = checker.read_pem(key + "_file", path, public_key);
  } else if (!text.empty()) {
    checker.check_pem(key, text, public_key, "a text");
  }
}

void take_token_keys(token_keys& keys, const std::string& section,
                     const file_checker& checker) {
  take_public_key(keys.rsa_public_key, keys.rsa_public_key_file,
                  section + ".rsa_public_key", checker);
  take_public_key(keys.ecdsa_public_key, keys.ecdsa_public_key_file,
                  section + ".ecdsa_public_key", checker);
}

void take_cluster_files(cluster_section& cluster, const file_checker& checker) {
  if (!cluster.data_dir.empty())
    checker.find_folder("cluster.data_dir", cluster.data_dir);
  if (!cluster.secret_file.empty()) {
    const std::string key = "cluster.secret_file";
    auto secret = checker.read(key, cluster.secret_file, "secret");
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r'))
      secret.pop_back();
    if (secret.size() < 16)
      checker.places().refuse(
          key, "a file with " + std::to_string(secret.size()) + " bytes",
          "at least 16 bytes");
    cluster.secret = std::move(secret);
  }
  if (!cluster.tls())
    return;
  checker.read_pem("cluster.tls_certificate", cluster.tls_certificate,
                   certificate);
  checker.read_pem("cluster.tls_key", cluster.tls_key, private_key);
  checker.read_pem("cluster.tls_ca", cluster.tls_ca, certificate);
}

} // namespace

void check_files(node_config& config, const key_places& places,
                 const fs::path& folder) {
  file_checker checker{places, folder};
  check_listener(config.http, "http", checker);
  check_listener(config.internal, "internal", checker);
  take_token_keys(config.client.token, "client.token", checker);
  take_token_keys(config.client.subscription_token, "client.subscription_token",
                  checker);
  if (config.cluster)
    take_cluster_files(*config.cluster, checker);
}

} // namespace config
