#include "net/load/errors.hpp"
#include "net/load/report.hpp"
#include "net/load/scenario/scenario.hpp"
#include "net/load/trial.hpp"
#include "tests/net/load/tiny_server.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace net::load {

namespace {

settings small(const tiny_server& server) {
  settings out;
  out.url = server.url();
  out.protocol = "raw";
  out.subscribers = 4;
  out.rooms = 3;
  out.members = 2;
  out.clients = 3;
  out.connections = 5;
  out.rate = 200;
  out.seconds = 0.3;
  out.warmup = 0.05;
  out.quiet = true;
  return out;
}

} // namespace

TEST(trial_test, finds_nothing_wrong_with_a_good_server) {
  tiny_server server{{}};
  auto with = small(server);
  with.server_pids = {getpid()};
  auto found = run_broadcast(with);
  EXPECT_NEAR(found.value("published"), 60, 1);
  EXPECT_EQ(found.value("delivered"), 4 * found.value("published"));
  EXPECT_EQ(found.value("loss_percent"), 0);
  EXPECT_EQ(found.value("duplicates"), 0);
  EXPECT_EQ(found.value("out_of_order"), 0);
  EXPECT_EQ(found.value("strays"), 0);
  EXPECT_EQ(found.value("disconnects"), 0);
  EXPECT_GT(found.value("latency_p50_ms"), 0);
  EXPECT_GT(found.value("server_cpu_percent"), 0);
}

TEST(trial_test, counts_what_is_lost) {
  tiny_server server{{.lose_every = 4}};
  auto found = run_broadcast(small(server));
  EXPECT_NEAR(found.value("loss_percent"), 25, 3);
}

TEST(trial_test, counts_duplicates) {
  tiny_server server{{.double_every = 10}};
  auto with = small(server);
  with.warmup = 0;
  auto found = run_broadcast(with);
  // Six of sixty publications, four subscribers.
  EXPECT_NEAR(found.value("duplicates"), 24, 4);
  EXPECT_EQ(found.value("loss_percent"), 0);
}

TEST(trial_test, counts_lost_connections) {
  tiny_server server{{.close_after = 30}};
  auto found = run_broadcast(small(server));
  EXPECT_EQ(found.value("disconnects"), 5);
  EXPECT_GT(found.value("unsent"), 0);
}

TEST(trial_test, keeps_rooms_apart) {
  tiny_server server{{}};
  auto with = small(server);
  with.rate = 30; // of each of six
  auto found = run_rooms(with);
  EXPECT_NEAR(found.value("published"), 54, 2);
  EXPECT_EQ(found.value("delivered"), 2 * found.value("published"));
  EXPECT_EQ(found.value("strays"), 0);
  EXPECT_EQ(found.value("duplicates"), 0);
}

TEST(trial_test, searches_below_what_breaks_connections) {
  // Each set of connections lives for 100 publications.
  tiny_server server{{.close_after = 100}};
  auto with = small(server);
  with.rate = 0;
  with.start_rate = 1'000;
  with.seconds = 0.2;
  with.precision = 1;
  with.tries = 1;
  auto found = run_broadcast(with);
  EXPECT_GT(found.value("publications_per_second"), 10);
  EXPECT_LT(found.value("publications_per_second"), 501);
  EXPECT_EQ(found.value("disconnects"), 0);
}

TEST(trial_test, says_that_no_rate_was_good) {
  tiny_server server{{.lose_every = 1}};
  auto with = small(server);
  with.rate = 0;
  with.start_rate = 100;
  with.seconds = 0.02;
  with.warmup = 0;
  with.tries = 1;
  EXPECT_THROW(run_broadcast(with), load_error);
}

TEST(trial_test, refuses_a_first_rate_that_says_nothing) {
  tiny_server server{{}};
  auto with = small(server);
  with.rate = 0;
  with.start_rate = 1;
  EXPECT_THROW(run_broadcast(with), usage_error);
}

TEST(trial_test, opens_idle_connections) {
  tiny_server server{{}};
  auto with = small(server);
  with.seconds = 0.05;
  with.server_pids = {getpid()};
  auto found = run_idle(with);
  EXPECT_EQ(found.value("connections"), 5);
  EXPECT_EQ(found.value("disconnects"), 0);
}

TEST(trial_test, counts_comers) {
  tiny_server server{{}};
  auto with = small(server);
  with.rate = 0;
  with.opening = 4;
  auto found = run_connect(with);
  EXPECT_GT(found.value("connections_per_second"), 10);
  EXPECT_EQ(found.value("failures"), 0);
}

TEST(trial_test, keeps_to_the_rate_of_comers) {
  tiny_server server{{}};
  auto with = small(server);
  with.rate = 100;
  auto found = run_connect(with);
  EXPECT_NEAR(found.value("connections_per_second"), 100, 30);
}

TEST(trial_test, counts_round_trips) {
  tiny_server server{{}};
  auto found = run_echo(small(server));
  EXPECT_GT(found.value("round_trips_per_second"), 100);
  EXPECT_EQ(found.value("disconnects"), 0);
}

TEST(trial_test, calls_a_trial_good_within_the_limits) {
  settings limits;
  trial_result r;
  r.published = 100;
  r.expected = 1'000;
  r.delivered = 991;
  r.latency.record(99'000'000);
  EXPECT_NEAR(r.loss(), 0.009, 1e-9);
  EXPECT_TRUE(r.good(limits));

  r.delivered = 990;
  EXPECT_FALSE(r.good(limits)) << "one in a hundred was lost";
  r.delivered = 1'000;
  r.lost_connections = 1;
  EXPECT_FALSE(r.good(limits)) << "a connection was lost";
  r.lost_connections = 0;
  r.latency.record(101'000'000);
  EXPECT_FALSE(r.good(limits)) << "half of all took too long";
  EXPECT_FALSE(trial_result{}.good(limits)) << "nothing was published";
}

} // namespace net::load
