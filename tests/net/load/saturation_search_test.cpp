#include "net/load/saturation_search.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace net::load {

namespace {

struct found {
  double best;
  std::vector<double> tried;
};

/// Searches a server that is good up to `limit`.
found search_server(double limit, double start, double precision) {
  saturation_search search{start, precision};
  found out{};
  for (auto rate = search.next(); rate && out.tried.size() < 100;
       rate = search.next()) {
    out.tried.push_back(*rate);
    search.tried(*rate <= limit);
  }
  out.best = search.best();
  return out;
}

} // namespace

TEST(saturation_search_test, finds_the_limit_to_its_precision) {
  for (double limit : {100.0, 137.0, 999.0, 123'456.0}) {
    auto out = search_server(limit, 100, 0.05);
    EXPECT_LE(out.best, limit);
    EXPECT_GE(out.best, limit / 1.05);
    EXPECT_LE(out.tried.size(), 20u);
  }
}

TEST(saturation_search_test, doubles_until_it_is_too_much) {
  auto out = search_server(500, 100, 0.5);
  EXPECT_EQ(out.tried, (std::vector<double>{100, 200, 400, 800, 600}));
  EXPECT_EQ(out.best, 400);
}

TEST(saturation_search_test, goes_below_a_start_that_is_too_much) {
  auto out = search_server(30, 100, 0.1);
  EXPECT_LE(out.best, 30);
  EXPECT_GE(out.best, 30 / 1.1);
}

TEST(saturation_search_test, gives_up_where_nothing_is_good) {
  auto out = search_server(0, 100, 0.1);
  EXPECT_EQ(out.best, 0);
  EXPECT_LT(out.tried.size(), 10u);
}

TEST(saturation_search_test, says_the_rate_until_it_was_tried) {
  saturation_search search{10, 0.1};
  EXPECT_EQ(search.next(), 10);
  EXPECT_EQ(search.next(), 10);
}

} // namespace net::load
