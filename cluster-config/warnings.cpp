#include "cluster-config/warnings.hpp"

#include <algorithm>

namespace config {

namespace {

/// An HMAC key below the size of its hash is weaker than it (RFC 7518 3.2).
constexpr std::size_t min_secret = 32;

class collector {
public:
  void check_secret(const std::string& key, const std::string& secret) {
    if (secret.empty() || secret.size() >= min_secret)
      return;
    found.push_back(key + " has " + std::to_string(secret.size())
                    + " bytes, which can be guessed by whoever sees what it "
                      "signs; use 32 random bytes or more, such as those of "
                      "`openssl rand -hex 32`.");
  }

  void check_secrets(const std::string& section, const token_keys& keys) {
    check_secret(section + ".hmac_secret_key", keys.hmac_secret_key);
    check_secret(section + ".hmac_previous_secret_key",
                 keys.hmac_previous_secret_key);
  }

  /// A browser sends the cookie with whatever page opens the connection.
  void check_origins(const node_config& config) {
    const auto& origins = config.http.allowed_origins;
    if (!config.client.token.cookie.empty()
        && std::ranges::find(origins, "*") != origins.end())
      found.push_back("http.allowed_origins has \"*\" beside "
                      "client.token.cookie: any page in a browser can connect "
                      "as its user; name the origins of your own pages.");
  }

  /// What is meant for somebody's own machine.
  void check_doors(const node_config& config) {
    const auto open = [this](bool is, const char* key, const char* whom) {
      if (is)
        found.push_back(std::string{key} + " is on: " + whom + ".");
    };
    open(config.http.demo_page, "http.demo_page",
         "anybody gets a token for the rooms that start with \"demo:\"");
    open(config.client.insecure, "client.insecure",
         "clients need no token and may do everything");
    open(config.api.insecure, "api.insecure",
         "whoever reaches internal.listen is a backend, without a key");
  }

  std::vector<std::string> found;
};

} // namespace

std::vector<std::string> warnings(const node_config& config) {
  collector all;
  all.check_secrets("client.token", config.client.token);
  all.check_secrets("client.subscription_token",
                    config.client.subscription_token);
  if (config.cluster)
    all.check_secret("cluster.secret", config.cluster->secret);
  all.check_origins(config);
  all.check_doors(config);
  return std::move(all.found);
}

} // namespace config
