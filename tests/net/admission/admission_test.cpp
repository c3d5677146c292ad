#include "net/admission/admission.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace net {

namespace {

using refusal = admission::refusal;

struct admission_test : testing::Test {
  std::shared_ptr<admission> open(admission::limits limits) {
    return std::make_shared<admission>(limits);
  }

  /// Why a socket is refused; one that is not is kept.
  refusal arrive(admission& at, const char* from = "192.0.2.1") {
    auto said = at.admit(boost::asio::ip::make_address(from), now);
    EXPECT_EQ(static_cast<bool>(said.place), said.why == refusal::none);
    displaced += said.displaced ? 1 : 0;
    if (said.place)
      places.push_back(std::move(said.place));
    return said.why;
  }

  admission::time_point now{std::chrono::hours{1}};
  std::vector<socket_place> places;
  int displaced = 0;
};

} // namespace

TEST_F(admission_test, counts_sockets_until_they_end) {
  const auto at = open({.sockets = 2});
  EXPECT_EQ(arrive(*at), refusal::none);
  EXPECT_EQ(arrive(*at), refusal::none);
  EXPECT_EQ(arrive(*at), refusal::full);
  places.pop_back();
  EXPECT_EQ(arrive(*at), refusal::none);
  EXPECT_EQ(at->sockets(), 2U);
  places.clear();
  EXPECT_EQ(at->sockets(), 0U);
}

TEST_F(admission_test, counts_a_place_that_moves_once) {
  const auto at = open({.sockets = 2});
  arrive(*at);
  socket_place moved{std::move(places.front())};
  places.clear();
  EXPECT_EQ(at->sockets(), 1U);
  socket_place target;
  target = std::move(moved);
  EXPECT_EQ(at->sockets(), 1U);
}

TEST_F(admission_test, counts_each_address_by_itself) {
  const auto at = open({.sockets_per_address = 1});
  EXPECT_EQ(arrive(*at, "192.0.2.1"), refusal::none);
  EXPECT_EQ(arrive(*at, "192.0.2.1"), refusal::address_full);
  EXPECT_EQ(arrive(*at, "192.0.2.2"), refusal::none);
  places.erase(places.begin());
  EXPECT_EQ(arrive(*at, "192.0.2.1"), refusal::none);
}

TEST_F(admission_test, holds_the_rate_of_an_address) {
  const auto at = open({.rate_per_address = 1});
  EXPECT_EQ(arrive(*at, "192.0.2.1"), refusal::none);
  EXPECT_EQ(arrive(*at, "192.0.2.1"), refusal::address_rate);
  EXPECT_EQ(arrive(*at, "192.0.2.2"), refusal::none);
  now += std::chrono::seconds{1};
  EXPECT_EQ(arrive(*at, "192.0.2.1"), refusal::none);
}

TEST_F(admission_test, gives_a_newcomer_the_place_that_was_idle_longest) {
  const auto at = open({.sockets = 3});
  std::vector<int> closed;
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 3; ++i)
    arrive(*at);
  for (int i = 0; i < 3; ++i)
    tickets.push_back(at->lend(std::move(places[static_cast<std::size_t>(i)]),
                               [&closed, i] { closed.push_back(i); }));
  EXPECT_TRUE(at->take_back(tickets[0]));
  EXPECT_EQ(at->sockets(), 2U); // what was taken back has ended
  EXPECT_EQ(arrive(*at), refusal::none);
  EXPECT_EQ(closed, std::vector<int>{});
  EXPECT_EQ(arrive(*at), refusal::none);
  EXPECT_EQ(closed, std::vector<int>{1});
  EXPECT_FALSE(at->take_back(tickets[1]));
  EXPECT_EQ(at->sockets(), 3U);
  EXPECT_EQ(arrive(*at), refusal::none);
  EXPECT_EQ(arrive(*at), refusal::full);
  EXPECT_EQ(closed, (std::vector<int>{1, 2}));
  EXPECT_EQ(displaced, 2);
}

TEST_F(admission_test, closes_nobody_for_a_newcomer_over_his_own_limit) {
  const auto at = open({.sockets = 2, .sockets_per_address = 1});
  arrive(*at, "192.0.2.1");
  arrive(*at, "192.0.2.2");
  const auto ticket = at->lend(std::move(places.front()), [] {});
  EXPECT_EQ(arrive(*at, "192.0.2.2"), refusal::address_full);
  EXPECT_TRUE(at->take_back(ticket));
}

TEST_F(admission_test, counts_who_is_at_a_unix_socket_for_one) {
  const auto at = open({.sockets_per_address = 1});
  const auto first = at->admit(std::nullopt, now);
  EXPECT_EQ(first.why, refusal::none);
  EXPECT_EQ(at->admit(std::nullopt, now).why, refusal::address_full);
  EXPECT_EQ(arrive(*at), refusal::none);
}

TEST_F(admission_test, counts_a_proxy_at_a_unix_socket_for_its_clients) {
  const auto at = open({.sockets_per_address = 1, .proxies = {{}, true}});
  auto first = at->admit(std::nullopt, now);
  auto second = at->admit(std::nullopt, now);
  EXPECT_EQ(second.why, refusal::none);
  const auto client = boost::asio::ip::make_address("192.0.2.1");
  EXPECT_EQ(at->settle(first.place, client, now), refusal::none);
  EXPECT_EQ(at->settle(second.place, client, now), refusal::address_full);
  EXPECT_EQ(at->settle(second.place, std::nullopt, now), refusal::none);
}

} // namespace net
