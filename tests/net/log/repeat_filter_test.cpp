#include "net/repeat_filter.hpp"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include <vector>

namespace net {

namespace {

using namespace std::chrono_literals;

/// Takes lines down.
struct notes : spdlog::sinks::sink {
  void log(const spdlog::details::log_msg& line) override {
    lines.emplace_back(line.payload.data(), line.payload.size());
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  std::vector<std::string> lines;
};

struct repeat_filter_test : testing::Test {
  void say(const std::string& text,
           spdlog::level::level_enum level = spdlog::level::info) {
    spdlog::details::log_msg line{"roost", level, text};
    line.time = now;
    filter.log(line);
  }

  using lines = std::vector<std::string>;

  // In the future, so that a flush finds nothing due.
  spdlog::log_clock::time_point now = spdlog::log_clock::now() + 1h;
  std::shared_ptr<notes> below = std::make_shared<notes>();
  repeat_filter filter{below, 10s};
};

} // namespace

TEST_F(repeat_filter_test, counts_a_line_that_repeats_itself) {
  for (int i = 0; i < 4; ++i)
    say("a");
  say("b");
  EXPECT_EQ(below->lines, (lines{"a", "b"}));
  now += 10s;
  say("c");
  EXPECT_EQ(below->lines, (lines{"a", "b", "a … repeated 3 times", "c"}));
}

TEST_F(repeat_filter_test, says_a_line_again_after_the_period) {
  say("a");
  now += 10s;
  say("a");
  EXPECT_EQ(below->lines, (lines{"a", "a"}));
}

TEST_F(repeat_filter_test, tells_levels_apart) {
  say("a");
  say("a", spdlog::level::warn);
  EXPECT_EQ(below->lines, (lines{"a", "a"}));
}

TEST_F(repeat_filter_test, says_what_is_due_when_flushed) {
  now = spdlog::log_clock::now() - 11s;
  say("a");
  say("a");
  filter.flush();
  EXPECT_EQ(below->lines, (lines{"a", "a … repeated 1 times"}));
}

TEST_F(repeat_filter_test, says_the_rest_at_its_end) {
  {
    repeat_filter ending{below, 10s};
    for (int i = 0; i < 3; ++i)
      ending.log({"roost", spdlog::level::info, "a"});
  }
  EXPECT_EQ(below->lines, (lines{"a", "a … repeated 2 times"}));
}

TEST_F(repeat_filter_test, watches_so_many_lines_and_no_more) {
  say("first");
  say("first");
  for (std::size_t i = 0; i < repeat_filter::max_lines; ++i)
    say(std::to_string(i));
  EXPECT_EQ(below->lines.at(repeat_filter::max_lines),
            "first … repeated 1 times");
  say("first");
  EXPECT_EQ(below->lines.back(), "first");
}

TEST_F(repeat_filter_test, says_a_long_line_again_in_part) {
  const std::string text(1000, 'x');
  say(text);
  say(text);
  now += 10s;
  say("b");
  EXPECT_EQ(below->lines.at(1), text.substr(0, repeat_filter::max_said_again)
                                    + " … repeated 1 times");
}

} // namespace net
