#include "net/load/errors.hpp"
#include "net/load/process_stats.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace net::load {

TEST(process_stats_test, reads_memory_in_bytes) {
  constexpr auto status = "Name:\troost\nVmRSS:\t    1234 kB\n"
                          "RssAnon:\t     1000 kB\n";
  EXPECT_EQ(memory_of(status, "VmRSS:"), 1234u * 1024);
  EXPECT_EQ(memory_of(status, "RssAnon:"), 1000u * 1024);
  EXPECT_EQ(memory_of(status, "VmSwap:"), 0u);
}

TEST(process_stats_test, knows_this_process) {
  auto stats = read_process_stats({getpid()});
  EXPECT_GT(stats.rss, 1'000'000u);
  EXPECT_GT(stats.private_rss, 0u);
  EXPECT_LE(stats.private_rss, stats.rss);
  EXPECT_GT(stats.cpu_seconds, 0);
  auto twice = read_process_stats({getpid(), getpid()});
  EXPECT_GE(twice.rss, 2 * stats.rss);
}

TEST(process_stats_test, says_which_process_is_not_there) {
  try {
    read_process_stats({999'999'999});
    FAIL();
  } catch (const load_error& error) {
    EXPECT_NE(std::string_view{error.what()}.find("999999999"),
              std::string_view::npos);
  }
}

} // namespace net::load
