#include "net/load/report.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace net::load {

TEST(report_test, groups_digits) {
  EXPECT_EQ(grouped(0, 0), "0");
  EXPECT_EQ(grouped(999, 0), "999");
  EXPECT_EQ(grouped(1'000, 0), "1,000");
  EXPECT_EQ(grouped(1'234'567.891, 2), "1,234,567.89");
  EXPECT_EQ(grouped(-1'234, 0), "-1,234");
  EXPECT_EQ(grouped(-123, 1), "-123.0");
}

TEST(report_test, aligns_the_table) {
  report r;
  r.add("a", "Short", 1, "/s");
  r.add("b", "A longer label", 1'000, "ms", 1);
  r.warn("It was so.");
  std::ostringstream out;
  r.print_table(out);
  EXPECT_EQ(out.str(), "Short                 1 /s\n"
                       "A longer label  1,000.0 ms\n"
                       "Note: It was so.\n");
}

TEST(report_test, prints_json) {
  report r;
  r.add_setting("room", "a\"b\n");
  r.add("rate", "Rate", 1.5, "/s");
  r.warn("So.");
  std::ostringstream out;
  r.print_json(out);
  EXPECT_EQ(out.str(), R"({"settings":{"room":"a\"b\n"},)"
                       R"("result":{"rate":1.5000},"notes":["So."]})"
                       "\n");
}

TEST(report_test, shows_percentiles_in_milliseconds) {
  histogram h;
  h.record(2'000'000);
  report r;
  r.add_latency("latency", "Latency", h);
  EXPECT_DOUBLE_EQ(r.value("latency_p99_ms"), 2);
  EXPECT_DOUBLE_EQ(r.value("latency_max_ms"), 2);
  EXPECT_EQ(r.value("nothing"), 0);
}

} // namespace net::load
