// Files that the configuration names.

#include "support.hpp"

namespace config {

namespace {

const std::string certificate =
    "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const std::string private_key =
    "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n";
const std::string public_key =
    "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n";

class file_test : public testing::Test {
protected:
  node_config read(const std::string& text) const {
    return parse(text, folder.path() / "node.toml");
  }

  /// The error line without the folder's name.
  std::string refusal(const std::string& text) const {
    try {
      read(text);
    } catch (const error& refused) {
      std::string line = refused.what();
      auto name = folder.path().string() + "/";
      for (auto at = line.find(name); at != line.npos; at = line.find(name))
        line.erase(at, name.size());
      return line;
    }
    return "accepted";
  }

  temporary_folder folder;
};

} // namespace

TEST_F(file_test, finds_certificates_beside_the_configuration) {
  auto path = folder.write("cert.pem", certificate);
  folder.write("key.pem", private_key);
  auto config =
      read("[http]\ntls_certificate = \"cert.pem\"\ntls_key = \"./key.pem\"\n");
  EXPECT_TRUE(config.http.tls());
  EXPECT_EQ(config.http.tls_certificate, path);
  EXPECT_EQ(config.http.tls_key, (folder.path() / "key.pem").string());
}

TEST_F(file_test, names_a_missing_certificate) {
  EXPECT_EQ(refusal("[http]\ntls_certificate = \"cert.pem\"\ntls_key ="
                    " \"key.pem\"\n"),
            "node.toml:2: http.tls_certificate: found a missing certificate"
            " file \"cert.pem\"; allowed: a file that exists");
}

TEST_F(file_test, names_a_missing_key) {
  folder.write("cert.pem", certificate);
  EXPECT_EQ(refusal("[internal]\ntls_certificate = \"cert.pem\"\ntls_key ="
                    " \"key.pem\"\n"),
            "node.toml:3: internal.tls_key: found a missing private key file"
            " \"key.pem\"; allowed: a file that exists");
}

TEST_F(file_test, names_a_file_that_cannot_be_read) {
  std::filesystem::create_directory(folder.path() / "cert.pem");
  EXPECT_EQ(refusal("[http]\ntls_certificate = \"cert.pem\"\ntls_key ="
                    " \"key.pem\"\n"),
            "node.toml:2: http.tls_certificate: found an unreadable certificate"
            " file \"cert.pem\" (Is a directory); allowed: a file that this"
            " process may read");
}

TEST_F(file_test, names_a_file_with_something_else) {
  folder.write("cert.pem", private_key);
  folder.write("key.pem", certificate);
  EXPECT_EQ(refusal("[http]\ntls_certificate = \"cert.pem\"\ntls_key ="
                    " \"key.pem\"\n"),
            "node.toml:2: http.tls_certificate: found a file \"cert.pem\""
            " without a certificate; allowed: a certificate in PEM form");
}

TEST_F(file_test, reads_public_keys) {
  folder.write("rsa.pem", public_key);
  auto config = read("[client.token]\nrsa_public_key_file = \"rsa.pem\"\n"
                     "ecdsa_public_key = '''\n"
                     + public_key + "'''\n");
  EXPECT_EQ(config.client.token.rsa_public_key, public_key);
  EXPECT_EQ(config.client.token.ecdsa_public_key, public_key);
}

TEST_F(file_test, accepts_a_key_for_subscription_tokens_from_a_file) {
  folder.write("rsa.pem", public_key);
  auto config = read("[client.subscription_token]\nenabled = true\n"
                     "rsa_public_key_file = \"rsa.pem\"\n");
  EXPECT_TRUE(config.client.subscription_token.has_key());
}

TEST_F(file_test, names_a_public_key_that_is_none) {
  EXPECT_EQ(refusal("[client.token]\nrsa_public_key = \"rsa.pem\"\n"),
            "node.toml:2: client.token.rsa_public_key: found a text without a"
            " public key; allowed: a public key in PEM form");
  folder.write("key.pem", private_key);
  EXPECT_EQ(refusal("[client.token]\necdsa_public_key_file = \"key.pem\"\n"),
            "node.toml:2: client.token.ecdsa_public_key_file: found a file"
            " \"key.pem\" without a public key; allowed: a public key in PEM"
            " form");
}

TEST_F(file_test, refuses_a_key_and_its_file) {
  folder.write("rsa.pem", public_key);
  EXPECT_EQ(refusal("[client.token]\nrsa_public_key_file = \"rsa.pem\"\n"
                    "rsa_public_key = '''\n"
                    + public_key + "'''\n"),
            "node.toml:2: client.token.rsa_public_key_file: found a file beside"
            " client.token.rsa_public_key; allowed: one of the two");
}

TEST_F(file_test, reads_the_secret_of_the_cluster) {
  folder.write("secret", "0123456789abcdef\n");
  auto config = read("[cluster]\ncoordinators = [\"127.0.0.1:7000\"]\n"
                     "secret_file = \"secret\"\n");
  EXPECT_EQ(config.cluster->secret, "0123456789abcdef");
}

TEST_F(file_test, names_a_secret_file_that_is_missing_or_short) {
  const std::string cluster = "[cluster]\ncoordinators ="
                              " [\"127.0.0.1:7000\"]\nsecret_file ="
                              " \"secret\"\n";
  EXPECT_EQ(refusal(cluster),
            "node.toml:3: cluster.secret_file: found a missing secret file"
            " \"secret\"; allowed: a file that exists");
  folder.write("secret", "tiny\n");
  EXPECT_EQ(refusal(cluster),
            "node.toml:3: cluster.secret_file: found a file with 4 bytes;"
            " allowed: at least 16 bytes");
}

TEST_F(file_test, finds_the_folder_of_a_coordinator) {
  const std::string cluster = "[cluster]\ncoordinators ="
                              " [\"127.0.0.1:7000\"]\nsecret ="
                              " \"0123456789abcdef\"\ndata_dir = \"data\"\n";
  EXPECT_EQ(refusal(cluster),
            "node.toml:4: cluster.data_dir: found \"data\", where there is no"
            " folder; allowed: a folder that exists");
  folder.write("data", "a file");
  EXPECT_NE(refusal(cluster), "accepted");
  std::filesystem::remove(folder.path() / "data");
  std::filesystem::create_directory(folder.path() / "data");
  EXPECT_EQ(read(cluster).cluster->data_dir, (folder.path() / "data").string());
}

TEST_F(file_test, accepts_mutual_tls_in_place_of_a_secret) {
  folder.write("cert.pem", certificate);
  folder.write("key.pem", private_key);
  folder.write("ca.pem", certificate);
  auto config = read("[cluster]\ncoordinators = [\"127.0.0.1:7000\"]\n"
                     "tls_certificate = \"cert.pem\"\ntls_key = \"key.pem\"\n"
                     "tls_ca = \"ca.pem\"\n");
  EXPECT_TRUE(config.cluster->tls());
  EXPECT_TRUE(config.cluster->secret.empty());
}

} // namespace config
