#include "net/http/client_address.hpp"

#include <gtest/gtest.h>

namespace net {

namespace {

const config::trusted_proxies trusted{
    {*config::parse_network("10.0.0.0/8"), *config::parse_network("::1")}};

using headers = std::vector<std::pair<std::string, std::string>>;

std::string client(const headers& fields, const peer_address& peer,
                   const config::trusted_proxies& proxies) {
  http_request request{http::verb::get, "/", 11};
  for (const auto& [name, value] : fields)
    request.insert(name, value);
  return to_string(client_address(request, peer, proxies));
}

std::string client(const headers& fields, const char* peer = "10.0.0.1") {
  return client(fields, asio::ip::make_address(peer), trusted);
}

/// Over a unix socket.
std::string client_at_path(const headers& fields, bool trusts = true) {
  auto proxies = trusted;
  proxies.unix_peers = trusts;
  return client(fields, std::nullopt, proxies);
}

} // namespace

TEST(client_address_test, believes_a_proxy_that_is_trusted) {
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.7"}}), "192.0.2.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "2001:db8::7"}}), "2001:db8::7");
  EXPECT_EQ(client({{"X-Real-IP", "192.0.2.7"}}, "::1"), "192.0.2.7");
  EXPECT_EQ(client({{"Forwarded", "for=192.0.2.7;proto=https"}}), "192.0.2.7");
  EXPECT_EQ(client({{"Forwarded", "proto=https; For=\"[2001:db8::7]:4711\""}}),
            "2001:db8::7");
}

TEST(client_address_test, believes_nobody_else) {
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.7"}}, "192.0.2.1"),
            "192.0.2.1");
  EXPECT_EQ(client({{"X-Real-IP", "192.0.2.7"}}, "2001:db8::1"), "2001:db8::1");
}

TEST(client_address_test, does_not_count_what_the_client_wrote_itself) {
  EXPECT_EQ(client({{"X-Forwarded-For", "1.1.1.1, 192.0.2.7"}}), "192.0.2.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "1.1.1.1, 192.0.2.7, 10.0.0.2"}}),
            "192.0.2.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "1.1.1.1"},
                    {"X-Forwarded-For", "192.0.2.7"}}),
            "192.0.2.7");
  EXPECT_EQ(client({{"Forwarded", "for=1.1.1.1, for=192.0.2.7:80"}}),
            "192.0.2.7");
}

TEST(client_address_test, goes_back_to_the_first_where_all_are_proxies) {
  EXPECT_EQ(client({{"X-Forwarded-For", "10.1.1.1, 10.2.2.2"}}), "10.1.1.1");
}

TEST(client_address_test, stops_at_what_is_no_address) {
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.7, unknown"}}), "10.0.0.1");
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.7, unknown, 10.0.0.2"}}),
            "10.0.0.2");
  EXPECT_EQ(client({{"X-Forwarded-For", ""}}), "10.0.0.1");
  EXPECT_EQ(client({{"Forwarded", "for=_hidden"}}), "10.0.0.1");
  EXPECT_EQ(client({{"X-Real-IP", "nonsense"}}), "10.0.0.1");
}

TEST(client_address_test, believes_no_header_behind_one_that_names_nobody) {
  EXPECT_EQ(client({{"X-Forwarded-For", "1.1.1.1, unknown"},
                    {"Forwarded", "for=1.1.1.1"},
                    {"X-Real-IP", "1.1.1.1"}}),
            "10.0.0.1");
  EXPECT_EQ(client({{"Forwarded", "for=_hidden"}, {"X-Real-IP", "1.1.1.1"}}),
            "10.0.0.1");
  EXPECT_EQ(client({{"X-Forwarded-For", ""}, {"X-Real-IP", "192.0.2.7"}}),
            "192.0.2.7");
}

TEST(client_address_test, believes_none_of_two_where_one_is_expected) {
  EXPECT_EQ(client({{"X-Real-IP", "1.1.1.1"}, {"X-Real-IP", "192.0.2.7"}}),
            "10.0.0.1");
}

TEST(client_address_test, knows_a_mapped_address_as_what_it_is) {
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.7"}}, "::ffff:10.0.0.1"),
            "192.0.2.7");
}

TEST(client_address_test, believes_who_is_at_a_unix_socket_where_told_to) {
  const headers fields{{"X-Forwarded-For", "192.0.2.7"}};
  EXPECT_EQ(client_at_path(fields), "192.0.2.7");
  EXPECT_EQ(client_at_path(fields, false), "unix:");
  EXPECT_EQ(client_at_path({}), "unix:");
}

TEST(client_address_test, passes_a_proxy_that_had_its_client_from_a_socket) {
  EXPECT_EQ(client_at_path({{"X-Forwarded-For", "192.0.2.7, unix:"}}),
            "192.0.2.7");
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.7, unix:"}}), "unix:");
}

} // namespace net
