// The whole line that each kind of mistake in a file gets.

#include "support.hpp"

namespace config {

TEST(refusal_test, names_an_unknown_key_and_the_nearest) {
  EXPECT_EQ(refusal("[http]\n\nlisten_to = \"127.0.0.1:1\"\n"),
            "node.toml:3: http.listen_to: found an unknown key; allowed: the"
            " keys of [http] (nearest: http.listen)");
}

TEST(refusal_test, finds_the_section_that_a_key_belongs_to) {
  EXPECT_EQ(refusal("[client]\nhmac_secret_key = \"k\"\n"),
            "node.toml:2: client.hmac_secret_key: found an unknown key;"
            " allowed: the keys of [client] (nearest:"
            " client.token.hmac_secret_key)");
}

TEST(refusal_test, guesses_nothing_when_nothing_is_near) {
  EXPECT_EQ(refusal("[http]\nxylophone = 1\n"),
            "node.toml:2: http.xylophone: found an unknown key; allowed: the"
            " keys of [http]");
}

TEST(refusal_test, names_an_unknown_section_and_the_nearest) {
  EXPECT_EQ(refusal("[clients]\nping_interval = \"1s\"\n"),
            "node.toml:1: clients: found an unknown section; allowed: [node],"
            " [http], [internal], [api], [admin], [websocket], [client],"
            " [channel], [cluster], [limits], [log], [shutdown], [metrics]"
            " (nearest: client)");
  EXPECT_EQ(refusal("[client.tokens]\naudience = \"a\"\n"),
            "node.toml:1: client.tokens: found an unknown section; allowed: the"
            " keys of [client] (nearest: client.token)");
}

TEST(refusal_test, names_a_value_where_a_section_belongs) {
  EXPECT_EQ(refusal("http = 8000\n"),
            "node.toml:1: http: found 8000; allowed: a section [http]");
}

TEST(refusal_test, names_a_key_outside_every_section) {
  EXPECT_EQ(refusal("listen = \"127.0.0.1:1\"\n").substr(0, 52),
            "node.toml:1: listen: found an unknown key; allowed: ");
}

TEST(refusal_test, names_a_value_of_the_wrong_type) {
  EXPECT_EQ(refusal("[http]\ndemo_page = \"yes\"\n"),
            "node.toml:2: http.demo_page: found \"yes\"; allowed: true or"
            " false");
  EXPECT_EQ(refusal("[node]\nlanes = \"2\"\n"),
            "node.toml:2: node.lanes: found \"2\"; allowed: an integer from 0"
            " to 1024");
  EXPECT_EQ(refusal("[node]\nlanes = 1.5\n"),
            "node.toml:2: node.lanes: found 1.5; allowed: an integer from 0 to"
            " 1024");
  EXPECT_EQ(refusal("[node]\nname = [1]\n"),
            "node.toml:2: node.name: found an array; allowed: letters, digits,"
            " '-', '_' and '.', at most 128");
  EXPECT_EQ(refusal("[node]\nroles = \"gateway\"\n"),
            "node.toml:2: node.roles: found \"gateway\"; allowed: an array of"
            " \"gateway\" and \"coordinator\", one at least");
}

TEST(refusal_test, names_a_number_out_of_range) {
  EXPECT_EQ(refusal("[client]\nchannel_limit = 0\n"),
            "node.toml:2: client.channel_limit: found 0; allowed: an integer"
            " from 1 to 100000");
  EXPECT_EQ(refusal("[client]\ncluster_user_connection_limit = -1\n"),
            "node.toml:2: client.cluster_user_connection_limit: found -1;"
            " allowed: an integer from 0 to 1000000000");
  EXPECT_EQ(refusal("[node]\nlanes = -1\n"),
            "node.toml:2: node.lanes: found -1; allowed: an integer from 0 to"
            " 1024");
}

TEST(refusal_test, names_a_duration_that_is_none_or_out_of_range) {
  EXPECT_EQ(refusal("[client]\npong_timeout = 8\n"),
            "node.toml:2: client.pong_timeout: found 8; allowed: a duration"
            " from \"0s\" to \"24h\"");
  EXPECT_EQ(refusal("[cluster]\nfailure_timeout = \"499ms\"\n"),
            "node.toml:2: cluster.failure_timeout: found \"499ms\"; allowed: a"
            " duration from \"500ms\" to \"1m\"");
  EXPECT_EQ(refusal("[http]\npoll_wait = \"2m\"\n"),
            "node.toml:2: http.poll_wait: found \"2m\"; allowed: a duration"
            " from \"100ms\" to \"1m\"");
  EXPECT_EQ(refusal("[client]\nping_interval = \"1500ms\"\n"),
            "node.toml:2: client.ping_interval: found \"1500ms\"; allowed: a"
            " duration from \"0s\" to \"24h\" in whole seconds");
}

TEST(refusal_test, names_a_size_that_is_none_or_out_of_range) {
  EXPECT_EQ(refusal("[api]\nmax_body = \"1MB\"\n"),
            "node.toml:2: api.max_body: found \"1MB\"; allowed: a size from"
            " 1KiB to 256MiB");
  EXPECT_EQ(refusal("[api]\nmax_body = 1\n"),
            "node.toml:2: api.max_body: found 1; allowed: a size from 1KiB to"
            " 256MiB");
}

TEST(refusal_test, names_what_is_no_address) {
  EXPECT_EQ(refusal("[http]\nlisten = \":8000\"\n"),
            "node.toml:2: http.listen: found \":8000\"; allowed: \"host:port\","
            " an IPv6 host in brackets, \"unix:PATH\", or an array of up to 16"
            " such");
  EXPECT_EQ(refusal("[cluster]\nlisten = \"unix:/run/roost.sock\"\n"),
            "node.toml:2: cluster.listen: found \"unix:/run/roost.sock\";"
            " allowed: \"host:port\", an IPv6 host in brackets");
  EXPECT_EQ(refusal("[cluster]\ncoordinators = [\"a:1\", \"b:0\"]\n"),
            "node.toml:2: cluster.coordinators: found \"b:0\"; allowed: an"
            " array of \"host:port\", an IPv6 host in brackets");
  EXPECT_EQ(refusal("[cluster]\nadvertise = \"0.0.0.0:1\"\n"),
            "node.toml:2: cluster.advertise: found \"0.0.0.0:1\"; allowed:"
            " \"host:port\" that other nodes can reach, an IPv6 host in"
            " brackets");
}

TEST(refusal_test, names_a_word_that_is_no_choice) {
  EXPECT_EQ(refusal("[log]\nlevel = \"verbose\"\n"),
            "node.toml:2: log.level: found \"verbose\"; allowed: \"trace\","
            " \"debug\", \"info\", \"warn\" or \"error\"");
  EXPECT_EQ(refusal("[node]\nroles = [\"gateway\", \"master\"]\n"),
            "node.toml:2: node.roles: found \"master\"; allowed: an array of"
            " \"gateway\" and \"coordinator\", one at least");
  EXPECT_EQ(refusal("[node]\nroles = []\n"),
            "node.toml:2: node.roles: found an empty array; allowed: an array"
            " of \"gateway\" and \"coordinator\", one at least");
}

TEST(refusal_test, names_what_is_no_origin) {
  const std::string allowed = "; allowed: an array of \"*\","
                              " \"https://example.com\","
                              " \"https://*.example.com\", \"null\" or"
                              " \"file://\"";
  for (std::string origin :
       {"example.com", "https://", "https://a/b", "https://a.*.com",
        "https://*", "://a", "https://*."})
    EXPECT_EQ(refusal("[http]\nallowed_origins = [\"" + origin + "\"]\n"),
              "node.toml:2: http.allowed_origins: found \"" + origin + "\""
                  + allowed);
}

TEST(refusal_test, names_what_is_no_network) {
  for (std::string network :
       {"10.0.0.1/8", "10.0.0.0/33", "example.com", "", "::/129", "10.0.0.0/"})
    EXPECT_EQ(refusal("[http]\ntrusted_proxies = [\"" + network + "\"]\n"),
              "node.toml:2: http.trusted_proxies: found \"" + network
                  + "\"; allowed: an array of addresses and networks, such as"
                    " \"10.0.0.0/8\" or \"2001:db8::1\", and \"unix:\"");
}

TEST(refusal_test, names_what_is_no_transport) {
  const std::string allowed =
      "; allowed: an array of \"websocket\", \"http_stream\", \"sse\","
      " \"poll\", \"uni_websocket\", \"uni_http_stream\" and \"uni_sse\", one "
      "at"
      " least";
  EXPECT_EQ(refusal("[http]\ntransports = [\"carrier_pigeon\"]\n"),
            "node.toml:2: http.transports: found \"carrier_pigeon\"" + allowed);
  EXPECT_EQ(refusal("[http]\ntransports = []\n"),
            "node.toml:2: http.transports: found an empty array" + allowed);
}

TEST(refusal_test, names_a_broken_pattern) {
  EXPECT_EQ(refusal("[channel.without_namespace]\nchannel_regex = \"[\"\n"),
            "node.toml:2: channel.without_namespace.channel_regex: found \"[\";"
            " allowed: an ECMAScript regular expression without back"
            " references");
}

TEST(refusal_test, names_a_delta_type_that_is_none) {
  const std::string allowed =
      "; allowed: an array with \"fossil\" or without anything";
  EXPECT_EQ(refusal("[channel.without_namespace]\nallowed_delta_types ="
                    " [\"bsdiff\"]\n"),
            "node.toml:2: channel.without_namespace.allowed_delta_types: found"
            " \"bsdiff\""
                + allowed);
  EXPECT_EQ(refusal("[channel.without_namespace]\nallowed_delta_types ="
                    " \"fossil\"\n"),
            "node.toml:2: channel.without_namespace.allowed_delta_types: found"
            " \"fossil\""
                + allowed);
}

TEST(refusal_test, names_the_namespace_of_a_mistake) {
  const std::string chat = "[[channel.namespaces]]\nname = \"chat\"\n";
  EXPECT_EQ(refusal(chat + "presense = true\n"),
            "node.toml:3: channel.namespaces.chat.presense: found an unknown"
            " key; allowed: the keys of [[channel.namespaces]] (nearest:"
            " presence)");
  EXPECT_EQ(refusal(chat + "history_size = \"many\"\n"),
            "node.toml:3: channel.namespaces.chat.history_size: found \"many\";"
            " allowed: an integer from 0 to 1000000");
  EXPECT_EQ(refusal(chat + chat),
            "node.toml:4: channel.namespaces[1].name: found \"chat\" again;"
            " allowed: each name once");
}

TEST(refusal_test, names_a_namespace_without_a_right_name) {
  const std::string allowed =
      "; allowed: 2 or more letters, digits, '-', '_' and '.'";
  EXPECT_EQ(refusal("[[channel.namespaces]]\npresence = true\n"),
            "node.toml:1: channel.namespaces[0].name: found none" + allowed);
  for (std::string name : {"a", "", "a:b", "a b", "$chat"})
    EXPECT_EQ(refusal("[[channel.namespaces]]\nname = \"" + name + "\"\n"),
              "node.toml:2: channel.namespaces[0].name: found \"" + name + "\""
                  + allowed);
  EXPECT_EQ(refusal("[channel.namespaces]\nname = \"chat\"\n"),
            "node.toml:1: channel.namespaces: found a table; allowed: tables"
            " [[channel.namespaces]]");
}

TEST(refusal_test, names_the_line_of_broken_toml) {
  EXPECT_EQ(refusal("[http]\nlisten =\n"),
            "node.toml:2: is not TOML: missing value after key-value separator"
            " '='");
  EXPECT_EQ(refusal("[http]\ndemo_page = true\ndemo_page = true\n"),
            "node.toml:3: is not TOML: value (\"demo_page\") already exists.");
  EXPECT_EQ(refusal("[http\n"),
            "node.toml:1: is not TOML: an invalid key appeared.");
}

TEST(refusal_test, reports_the_first_mistake_of_a_file) {
  EXPECT_EQ(refusal("[shutdown]\nx = 1\n[http]\ny = 1\n[admin]\nz = 1\n")
                .substr(0, 25),
            "node.toml:2: shutdown.x: ");
}

TEST(refusal_test, stays_on_one_line) {
  auto line = refusal("[http]\n\"a\\nb\" = 1\n");
  EXPECT_EQ(line, "node.toml:2: http.a\\x0ab: found an unknown key; allowed:"
                  " the keys of [http]");
  line = refusal("[node]\nname = \"a\\nb\"\n");
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(refusal_test, cuts_what_it_shows_between_characters) {
  const std::string start(119, 'x');
  EXPECT_NE(refusal("[http]\nlisten = \"" + start + "éé\"")
                .find("found \"" + start + "é...\""),
            std::string::npos);
}

TEST(refusal_test, never_shows_a_secret) {
  for (std::string text :
       {"[api]\nkey = [\"hunter2hunter2\"]\n",
        "[admin]\nkey = {x = \"hunter2hunter2\"}\n",
        "[api]\nkeys = \"hunter2hunter2\"\n", "[api]\nkey = \"hunter2hunter2\n",
        "[api]\nkey = hunter2hunter2\n",
        "[api]\nkey = 'hunter2hunter2' 'hunter2'\n",
        "[client.token]\nhmac_secret_key = \"hunter2\" \"hunter2\"\n",
        "[cluster]\nsecret = \"hunter2hunter2\"\n"
        "coordinators = [\"127.0.0.1:7000\"]\n",
        "[cluster]\nsecret = [\"hunter2hunter2\"]\n"}) {
    auto line = refusal(text);
    EXPECT_NE(line, "accepted") << text;
    EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
  }
  EXPECT_EQ(refusal("[api]\nkey = 12345\n"),
            "node.toml:2: api.key: found an integer; allowed: a string");
}

} // namespace config
