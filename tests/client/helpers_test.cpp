#include "actors/client/connection/client_id.hpp"
#include "actors/client/connection/time_to_live.hpp"
#include "actors/client/glob.hpp"
#include "actors/client/rate_bucket.hpp"
#include "actors/client/run_all.hpp"
#include "proto/client.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace {

using namespace actors;
using namespace std::chrono_literals;

// -- rate_bucket --------------------------------------------------------------

TEST(rate_bucket_test, allows_a_burst_and_then_the_rate) {
  rate_bucket rate;
  auto now = lane::clock::time_point{1h};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(rate.wait(10, now), 0ms) << i;
    rate.take(10, now);
  }
  EXPECT_EQ(rate.wait(10, now), 100ms);
  now += 100ms;
  EXPECT_EQ(rate.wait(10, now), 0ms);
  rate.take(10, now);
  EXPECT_EQ(rate.wait(10, now), 100ms);
  now += 1h;
  for (int i = 0; i < 10; ++i)
    rate.take(10, now);
  EXPECT_EQ(rate.wait(10, now), 100ms);
}

TEST(rate_bucket_test, allows_one_a_second) {
  rate_bucket rate;
  const auto now = lane::clock::time_point{1h};
  EXPECT_EQ(rate.wait(1, now), 0ms);
  rate.take(1, now);
  EXPECT_EQ(rate.wait(1, now), 1s);
}

TEST(rate_bucket_test, counts_many_at_once) {
  rate_bucket rate;
  const auto now = lane::clock::time_point{1h};
  rate.take(1'000, now, 1'000);
  EXPECT_EQ(rate.wait(1'000, now), 1ms);
  rate.take(1'000, now, 2'000);
  EXPECT_EQ(rate.wait(1'000, now), 2'001ms);
}

TEST(rate_bucket_test, has_no_limit_at_zero) {
  rate_bucket rate;
  const auto now = lane::clock::time_point{1h};
  for (int i = 0; i < 1000; ++i)
    rate.take(0, now);
  EXPECT_EQ(rate.wait(0, now), 0ms);
}

// -- time to live -------------------------------------------------------------

TEST(time_to_live_test, counts_whole_seconds_and_begun_ones) {
  EXPECT_EQ(ttl_of(100, 99'000), 1u);
  EXPECT_EQ(ttl_of(100, 98'999), 2u);
  EXPECT_EQ(ttl_of(100, 99'999), 1u);
  EXPECT_EQ(ttl_of(100, 100'000), 0u);
}

TEST(time_to_live_test, is_between_nothing_and_a_year) {
  EXPECT_EQ(ttl_of(100, 5'000'000), 0u);
  EXPECT_EQ(ttl_of(1'000'000'000, 0), 365u * 24 * 3600);
  EXPECT_EQ(ttl_of(std::numeric_limits<std::int64_t>::max(), 0),
            365u * 24 * 3600);
  EXPECT_EQ(ttl_of(std::numeric_limits<std::int64_t>::min(), 5'000), 0u);
}

TEST(time_to_live_test, is_over_unless_it_never_ends) {
  EXPECT_FALSE(has_ended(100, 99'999));
  EXPECT_TRUE(has_ended(100, 100'000));
  EXPECT_FALSE(has_ended(0, 100'000));
}

TEST(time_to_live_test, is_told_unless_it_never_ends) {
  roost::client::RefreshResult result;
  write_ttl(0, result);
  EXPECT_FALSE(result.expires());

  write_ttl(unix_ms() / 1000 + 1'000'000'000, result);
  EXPECT_TRUE(result.expires());
  EXPECT_EQ(result.ttl(), 365u * 24 * 3600);
}

// -- client ids ---------------------------------------------------------------

TEST(client_id_test, makes_different_ones) {
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i)
    made.insert(make_client_id());
  EXPECT_EQ(made.size(), 1000u);
  EXPECT_THAT(made, ::testing::Each(::testing::MatchesRegex(
                        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]"
                        "[0-9a-f]{3}-[0-9a-f]{12}")));
}

// -- glob ---------------------------------------------------------------------

struct glob_case {
  const char* pattern;
  const char* text;
  bool matches;
};

class glob_test : public ::testing::TestWithParam<glob_case> {};

TEST_P(glob_test, matches_as_a_shell_does) {
  const auto& x = GetParam();
  EXPECT_EQ(glob_matches(x.pattern, x.text), x.matches)
      << x.pattern << ' ' << x.text;
}

INSTANTIATE_TEST_SUITE_P(
    patterns, glob_test,
    ::testing::Values(
        glob_case{"", "anything", true}, glob_case{"*", "", true},
        glob_case{"chat:*", "chat:lobby", true},
        glob_case{"chat:*", "game:lobby", false},
        glob_case{"*:lobby", "chat:lobby", true},
        glob_case{"c*t:l*y", "chat:lobby", true},
        glob_case{"c*t:l*y", "chat:lobbyx", false},
        glob_case{"chat:?", "chat:1", true},
        glob_case{"chat:?", "chat:12", false}, glob_case{"[a-c]1", "b1", true},
        glob_case{"[a-c]1", "d1", false}, glob_case{"[!a-c]1", "d1", true},
        glob_case{"[!a-c]1", "a1", false}, glob_case{"[]x]", "]", true},
        glob_case{"[x", "[x", true}, glob_case{"a\\*b", "a*b", true},
        glob_case{"a\\*b", "axb", false}, glob_case{"a", "ab", false},
        glob_case{"ab", "a", false}, glob_case{"a**b", "ab", true}));

TEST(glob_test, takes_no_time_over_hostile_patterns) {
  std::string pattern;
  for (int i = 0; i < 100; ++i)
    pattern += "*a";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5'000, 'a')));
  EXPECT_FALSE(
      glob_matches('*' + std::string(1'000'000, '['), std::string(5'000, 'a')));
}

TEST(glob_test, matches_exactly_what_was_quoted) {
  const std::string name = "a*b?[c]\\d";
  EXPECT_TRUE(glob_matches(glob_exactly(name), name));
  EXPECT_FALSE(glob_matches(glob_exactly(name), "axb?[c]\\d"));
}

// -- run_all ------------------------------------------------------------------

TEST(run_all_test, runs_jobs_that_end_at_once) {
  std::vector<std::size_t> started;
  bool done = false;
  run_all(
      100'000, 1,
      [&](std::size_t i, std::function<void()> ended) {
        started.push_back(i);
        ended();
      },
      [&] { done = true; });
  EXPECT_TRUE(done);
  EXPECT_EQ(started.size(), 100'000u);
}

TEST(run_all_test, keeps_to_its_window) {
  std::vector<std::function<void()>> under_way;
  bool done = false;
  run_all(
      5, 2,
      [&](std::size_t, std::function<void()> ended) {
        under_way.push_back(std::move(ended));
      },
      [&] { done = true; });
  EXPECT_EQ(under_way.size(), 2u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_FALSE(done);
    under_way[i]();
    EXPECT_EQ(under_way.size(), std::min<std::size_t>(5, i + 3));
  }
  EXPECT_TRUE(done);
}

TEST(run_all_test, is_done_at_once_with_nothing) {
  bool done = false;
  run_all(
      0, 1, [](std::size_t, std::function<void()>) {}, [&] { done = true; });
  EXPECT_TRUE(done);
}

} // namespace
