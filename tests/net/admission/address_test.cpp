#include "net/admission/address_key.hpp"
#include "net/admission/address_rates.hpp"

#include <gtest/gtest.h>

namespace net {

namespace {

std::uint64_t key(const char* text) {
  return address_key(boost::asio::ip::make_address(text));
}

constexpr address_rates::time_point start{std::chrono::hours{1}};

} // namespace

TEST(address_key_test, tells_ipv4_addresses_apart) {
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_EQ(key("192.0.2.1"), key("::ffff:192.0.2.1"));
}

TEST(address_key_test, takes_a_64_of_ipv6_for_one) {
  EXPECT_EQ(key("2001:db8::1"), key("2001:db8::ffff:1"));
  EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
  EXPECT_NE(key("::1"), key("192.0.2.1"));
}

TEST(address_key_test, takes_everybody_at_unix_sockets_for_one) {
  EXPECT_EQ(address_key(std::nullopt), address_key(std::nullopt));
  EXPECT_NE(address_key(std::nullopt), key("255.255.255.255"));
  EXPECT_NE(address_key(std::nullopt), key("::"));
}

TEST(address_rates_test, counts_each_address_by_itself) {
  address_rates rates{2};
  EXPECT_TRUE(rates.allow(1, start));
  EXPECT_TRUE(rates.allow(1, start));
  EXPECT_FALSE(rates.allow(1, start));
  EXPECT_TRUE(rates.allow(2, start));
  EXPECT_TRUE(rates.allow(1, start + std::chrono::milliseconds{500}));
  EXPECT_FALSE(rates.allow(1, start + std::chrono::milliseconds{500}));
}

TEST(address_rates_test, keeps_no_table_without_a_rate) {
  address_rates rates{0};
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(rates.allow(1, start));
  EXPECT_EQ(rates.size(), 0U);
}

TEST(address_rates_test, forgets_who_was_seen_longest_ago) {
  address_rates rates{1};
  EXPECT_TRUE(rates.allow(0, start));
  EXPECT_TRUE(rates.allow(1, start));
  EXPECT_FALSE(rates.allow(0, start)); // seen after 1
  for (std::uint64_t i = 2; i <= address_rates::max_addresses; ++i)
    EXPECT_TRUE(rates.allow(i, start));
  EXPECT_EQ(rates.size(), address_rates::max_addresses);
  EXPECT_FALSE(rates.allow(0, start));
  EXPECT_TRUE(rates.allow(1, start));
  EXPECT_EQ(rates.size(), address_rates::max_addresses);
}

} // namespace net
