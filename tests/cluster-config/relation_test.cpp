// Keys that are right alone and wrong together.

#include "support.hpp"

namespace config {

namespace {

/// A cluster section that is right but for what `keys` adds.
std::string cluster(const std::string& keys,
                    const std::string& roles = "\"gateway\"") {
  return "[node]\nroles = [" + roles + "]\n[cluster]\n" + keys;
}

const std::string one = "coordinators = [\"10.0.0.1:7000\"]\n";
const std::string secret = "secret = \"0123456789abcdef\"\n";

} // namespace

TEST(relation_test, wants_pongs_before_the_next_ping) {
  EXPECT_EQ(refusal("[client]\nping_interval = \"8s\"\n\npong_timeout ="
                    " \"8s\"\n"),
            "node.toml:4: client.pong_timeout: found \"8s\"; allowed: less than"
            " client.ping_interval, which is \"8s\"");
  // What is not written is pointed at by its section.
  EXPECT_EQ(refusal("\n[client]\nping_interval = \"5s\"\n"),
            "node.toml:2: client.pong_timeout: found \"8s\"; allowed: less than"
            " client.ping_interval, which is \"5s\"");
  EXPECT_EQ(refusal("[client]\nping_interval = \"0s\"\n"), "accepted");
}

TEST(relation_test, wants_clients_told_before_the_end) {
  EXPECT_EQ(refusal("[shutdown]\nspread = \"1m\"\n"),
            "node.toml:2: shutdown.spread: found \"1m\"; allowed: at most"
            " shutdown.timeout, which is \"30s\"");
}

TEST(relation_test, wants_size_and_age_of_history_together) {
  const std::string chat = "[[channel.namespaces]]\nname = \"chat\"\n";
  EXPECT_EQ(refusal(chat + "history_size = 10\n"),
            "node.toml:3: channel.namespaces.chat.history_size: found"
            " history_size 10 with history_ttl \"0s\"; allowed: history_size"
            " and history_ttl both above 0, or neither");
  EXPECT_EQ(refusal("[channel.without_namespace]\nhistory_ttl = \"5m\"\n"),
            "node.toml:2: channel.without_namespace.history_ttl: found"
            " history_size 0 with history_ttl \"5m\"; allowed: history_size"
            " and history_ttl both above 0, or neither");
}

TEST(relation_test, wants_history_for_positions_and_recovery) {
  for (std::string key : {"force_positioning", "allow_positioning",
                          "force_recovery", "allow_recovery"})
    EXPECT_EQ(refusal("[[channel.namespaces]]\nname = \"chat\"\n" + key
                      + " = true\n"),
              "node.toml:3: channel.namespaces.chat." + key
                  + ": found true without history; allowed: false, or"
                    " history_size and history_ttl above 0");
}

TEST(relation_test, wants_the_namespace_of_personal_rooms) {
  EXPECT_EQ(refusal("[client.user_subscribe_to_personal]\nenabled = true\n"
                    "personal_channel_namespace = \"user\"\n"),
            "node.toml:3:"
            " client.user_subscribe_to_personal.personal_channel_namespace:"
            " found \"user\"; allowed: the name of one of"
            " [[channel.namespaces]], or \"\"");
}

TEST(relation_test, wants_a_key_for_subscription_tokens) {
  EXPECT_EQ(refusal("[client.subscription_token]\nenabled = true\n"),
            "node.toml:2: client.subscription_token.enabled: found true without"
            " a key; allowed: true with hmac_secret_key, rsa_public_key or"
            " ecdsa_public_key, or false");
  EXPECT_EQ(refusal("[client.subscription_token]\nhmac_secret_key = \"k\"\n"),
            "node.toml:1: client.subscription_token.enabled: found false with"
            " other keys of its section; allowed: true, or none of the other"
            " keys");
}

TEST(relation_test, wants_listeners_apart) {
  EXPECT_EQ(refusal("[internal]\nlisten = \"0.0.0.0:8000\"\n"),
            "node.toml:2: internal.listen: found \"0.0.0.0:8000\"; allowed: an"
            " address other than http.listen, which is \"127.0.0.1:8000\"");
  EXPECT_EQ(refusal("[http]\nlisten = \"127.0.0.1:0\"\n[internal]\nlisten ="
                    " \"127.0.0.1:0\"\n"),
            "accepted");
}

TEST(relation_test, wants_both_roles_of_a_single_node) {
  EXPECT_EQ(refusal("[node]\nroles = [\"gateway\"]\n"),
            "node.toml:2: node.roles: found one role without a [cluster]"
            " section; allowed: [\"gateway\", \"coordinator\"], or a [cluster]"
            " section");
}

TEST(relation_test, wants_coordinators_that_have_a_majority) {
  EXPECT_EQ(
      refusal(cluster(secret + "coordinators = [\"a:7000\", \"b:7000\"]\n")),
      "node.toml:5: cluster.coordinators: found 2 addresses; allowed:"
      " 1, 3 or 5");
  EXPECT_EQ(refusal(cluster(secret)),
            "node.toml:3: cluster.coordinators: found 0 addresses; allowed:"
            " 1, 3 or 5");
  EXPECT_EQ(refusal(cluster(secret
                            + "coordinators = [\"a:7000\", \"b:7000\","
                              " \"a:7000\"]\n")),
            "node.toml:5: cluster.coordinators: found \"a:7000\" twice;"
            " allowed: the address of each coordinator once");
  EXPECT_EQ(refusal(cluster(secret
                            + "coordinators = [\"a:7000\", \"b:7000\","
                              " \"c:7000\"]\n")),
            "accepted");
}

TEST(relation_test, wants_history_for_copies) {
  const std::string chat = "[[channel.namespaces]]\nname = \"chat\"\n";
  EXPECT_EQ(refusal(chat + "replicas = 2\n"),
            "node.toml:3: channel.namespaces.chat.replicas: found 2 without"
            " history; allowed: 0, or history_size and history_ttl above 0");
  EXPECT_EQ(refusal(chat + "replicas = 0\n"), "accepted");
  EXPECT_EQ(refusal(chat + "replicas = 3\n"),
            "node.toml:3: channel.namespaces.chat.replicas: found 3; allowed:"
            " an integer from 0 to 2");
}

TEST(relation_test, wants_an_address_that_others_can_reach) {
  EXPECT_EQ(refusal(cluster(one + secret + "listen = \"0.0.0.0:7000\"\n")),
            "node.toml:3: cluster.advertise: found none with cluster.listen"
            " \"0.0.0.0:7000\"; allowed: \"host:port\" that other nodes can"
            " reach");
}

TEST(relation_test, wants_the_role_where_the_coordinator_is) {
  EXPECT_EQ(refusal(cluster(one + secret, "\"gateway\", \"coordinator\"")),
            "node.toml:2: node.roles: found \"coordinator\", but"
            " cluster.coordinators does not name \"127.0.0.1:7000\"; allowed:"
            " [\"gateway\"] on this node, or its cluster.advertise among"
            " cluster.coordinators");
  EXPECT_EQ(refusal(cluster(one + secret + "advertise = \"10.0.0.1:7000\"\n")),
            "node.toml:2: node.roles: found no \"coordinator\", but"
            " cluster.coordinators names \"10.0.0.1:7000\"; allowed:"
            " \"coordinator\" on the node that advertises this address");
}

TEST(relation_test, wants_a_secret_or_certificates) {
  EXPECT_EQ(refusal(cluster(one)),
            "node.toml:3: cluster.secret: found none; allowed: at least 16"
            " bytes here or in secret_file, or tls_certificate, tls_key and"
            " tls_ca");
  EXPECT_EQ(refusal(cluster(one + "secret = \"short\"\n")),
            "node.toml:5: cluster.secret: found 5 bytes; allowed: at least 16"
            " bytes");
  EXPECT_EQ(refusal(cluster(one + secret + "secret_file = \"f\"\n")),
            "node.toml:6: cluster.secret_file: found a file beside"
            " cluster.secret; allowed: one of the two");
}

TEST(relation_test, wants_all_certificates_of_links) {
  EXPECT_EQ(refusal(cluster(one
                            + "tls_certificate = \"c\"\ntls_key ="
                              " \"k\"\n")),
            "node.toml:3: cluster.tls_ca: found none with cluster.tls_key;"
            " allowed: tls_certificate, tls_key and tls_ca together, or none");
}

TEST(relation_test, wants_certificate_and_key_together) {
  EXPECT_EQ(refusal("[http]\ntls_certificate = \"c.pem\"\n"),
            "node.toml:1: http.tls_key: found none with http.tls_certificate;"
            " allowed: tls_certificate and tls_key together, or neither");
  EXPECT_EQ(refusal("[internal]\ntls_key = \"k.pem\"\n"),
            "node.toml:1: internal.tls_certificate: found none with"
            " internal.tls_key; allowed: tls_certificate and tls_key together,"
            " or neither");
}

} // namespace config
