#include "proto/fossil_delta.hpp"
#include "proto/utf8.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <random>

namespace proto {
namespace {

constexpr std::size_t limit = 16 << 20;

using random = std::mt19937;

std::optional<std::string> delta_of(std::string_view base,
                                    std::string_view target,
                                    delta_text text = delta_text::no) {
  std::string delta = "what was there before";
  fossil_encoder encoder;
  if (!encoder.encode(base, target, text, delta))
    return std::nullopt;
  return delta;
}

/// Expects a delta, smaller than the target, that makes it.
std::string expect_delta(std::string_view base, std::string_view target,
                         delta_text text = delta_text::no) {
  auto delta = delta_of(base, target, text);
  if (!delta) {
    ADD_FAILURE() << "no delta";
    return {};
  }
  EXPECT_LT(delta->size(), target.size());
  EXPECT_TRUE(text == delta_text::no || is_utf8(*delta));
  EXPECT_EQ(apply_fossil_delta(base, *delta, limit), target);
  return *delta;
}

std::string noise(random& random, std::size_t size, int kinds = 256) {
  std::string out(size, '\0');
  for (auto& c : out)
    c = static_cast<char>(random() % static_cast<unsigned>(kinds));
  return out;
}

std::string players(int seed) {
  std::mt19937 random(static_cast<unsigned>(seed));
  std::string out = "[";
  for (int i = 0; i < 64; ++i)
    out += "{\"id\":" + std::to_string(i)
           + ",\"x\":" + std::to_string(random() % 1000) + ",\"name\":\"ünï😀"
           + std::to_string(random() % 9) + "\"},";
  out.back() = ']';
  return out;
}

// -- the format ---------------------------------------------------------------

TEST(fossil_delta_test, writes_the_bytes_that_fossil_reads) {
  EXPECT_EQ(expect_delta("abcdefghijklmnopqrstuvwxyz-0123456789",
                         "abcdefghijklmnopqrstuvwxyz!!0123456789"),
            "b\n"            // makes 38 bytes
            "Q@0,"           // copies 26 from 0
            "C:!!0123456789" // writes 12
            "2Qe1dV;");      // checksum
}

TEST(fossil_delta_test, copies_what_stayed_around_a_change) {
  auto base = players(1);
  auto target = base;
  target[target.size() / 2] ^= 1;
  EXPECT_LT(expect_delta(base, target).size(), 32U);
}

TEST(fossil_delta_test, is_short_for_equal_texts) {
  auto text = players(1);
  EXPECT_LT(expect_delta(text, text).size(), 20U);
}

TEST(fossil_delta_test, finds_what_moved) {
  random random{1};
  auto first = noise(random, 500);
  auto second = noise(random, 700);
  EXPECT_LT(expect_delta(first + second, second + "new" + first).size(), 40U);
}

TEST(fossil_delta_test, follows_a_change_among_blocks_that_repeat) {
  std::string base;
  for (int i = 0; i < 200; ++i)
    base += R"({"alive":true,"team":"red","hp":100},)";
  auto target = base;
  target[base.size() / 2] = '#';
  EXPECT_LT(expect_delta(base, target).size(), 32U);
}

TEST(fossil_delta_test, writes_a_few_bytes_rather_than_copies_around_them) {
  // The 2 of birch begins 16 bytes that the base has behind the 22 of amber.
  std::string base = R"({"player":"amber","x":1111,"y":22,"hp":100},)"
                     R"({"player":"birch","x":3333,"y":44,"hp":100},)"
                     R"({"player":"cedar","x":5555,"y":66,"hp":100})";
  auto target = base;
  target[base.find("44") + 1] = '2';
  EXPECT_EQ(expect_delta(base, target).substr(3), "1C@0,1:2r@1D,26QiGn;");
}

// -- where there is no delta --------------------------------------------------

TEST(fossil_delta_test, refuses_what_would_not_be_smaller) {
  random random{2};
  EXPECT_FALSE(delta_of(noise(random, 1000), noise(random, 1000)));
  EXPECT_FALSE(delta_of("", ""));
  EXPECT_FALSE(delta_of("", "anything"));
  EXPECT_FALSE(delta_of(players(1), ""));
  EXPECT_FALSE(delta_of("fifteen bytes!!", "fifteen bytes!! and more"));
  EXPECT_FALSE(delta_of("just 16 bytes ok", "just 16 bytes"));
}

TEST(fossil_delta_test, uses_a_base_of_one_block) {
  std::string base = "0123456789abcdef";
  EXPECT_EQ(expect_delta(base, base + base).substr(0, 10), "W\nG@0,G@0,");
}

// -- text ---------------------------------------------------------------------

TEST(fossil_delta_test, cuts_text_at_code_points) {
  // "é" and "è" share their first byte, "é" and "©" their last.
  std::string base = "0123456789abcdef\u00e9fedcba9876543210";
  for (std::string_view middle : {"\u00e8", "\u00a9", "\u20ac", "x"}) {
    auto target = "0123456789abcdef" + std::string{middle} + "fedcba9876543210";
    expect_delta(base, target + base, delta_text::utf8);
  }
}

TEST(fossil_delta_test, makes_text_of_texts) {
  for (int seed = 0; seed < 50; ++seed)
    expect_delta(players(seed), players(seed + 1), delta_text::utf8);
}

TEST(fossil_delta_test, is_no_text_where_the_target_is_none) {
  auto base = players(1);
  EXPECT_FALSE(delta_of(base, base + "\xff", delta_text::utf8));
  EXPECT_TRUE(delta_of(base, base + "\xff"));
}

TEST(fossil_delta_test, makes_text_of_characters_that_share_bytes) {
  random random{3};
  constexpr std::string_view characters[] = {
      "\u00e9", "\u00e8", "\u20ac", "\u20ad", "😀", "😁", "a", "\u00a9"};
  auto text = [&] {
    std::string out;
    for (int i = 0; i < 400; ++i)
      out += characters[random() % std::size(characters)];
    return out;
  };
  for (int i = 0; i < 200; ++i) {
    auto base = text();
    auto target = base;
    for (int change = 0; change < 3; ++change) {
      auto at = cut_utf8(target, random() % target.size()).size();
      target.insert(at, characters[random() % std::size(characters)]);
    }
    expect_delta(base, target, delta_text::utf8);
  }
}

// -- any bytes ----------------------------------------------------------------

TEST(fossil_delta_test, makes_the_target_of_any_base) {
  random random{4};
  fossil_encoder encoder;
  std::string delta;
  int made = 0;
  for (int i = 0; i < 2000; ++i) {
    auto kinds = i % 2 ? 256 : 2;
    auto base = noise(random, random() % 300, kinds);
    auto target = base.substr(random() % (base.size() + 1))
                  + noise(random, random() % 40, kinds)
                  + base.substr(0, random() % (base.size() + 1));
    if (!encoder.encode(base, target, delta_text::no, delta))
      continue;
    ++made;
    ASSERT_LT(delta.size(), target.size());
    ASSERT_EQ(apply_fossil_delta(base, delta, limit), target);
  }
  EXPECT_GT(made, 1000);
}

TEST(fossil_delta_test, indexes_a_large_base_with_gaps) {
  random random{5};
  auto base = noise(random, 3 << 20);
  auto target = base.substr(1 << 20) + "!" + base.substr(0, 1 << 20);
  EXPECT_LT(expect_delta(base, target).size(), 64U);
}

/// Nanoseconds a byte of base and target, of this process alone.
double cost(std::string_view base, std::string_view target) {
  auto start = std::clock();
  delta_of(base, target);
  auto taken = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return taken * 1e9 / static_cast<double>(base.size() + target.size());
}

TEST(fossil_delta_test, takes_linear_time_for_what_repeats) {
  // All blocks are equal; or match but for their last byte; or match for half
  // of what is left. With a square each would take minutes.
  constexpr std::size_t size = 1 << 20;
  std::string same(size, 'a');
  std::string almost;
  while (almost.size() < size)
    almost += "aaaaaaaaaaaaaaab";
  std::string halves =
      std::string(size / 2, 'a') + 'b' + std::string(size / 2, 'a');
  for (auto& base : {same, almost, halves})
    for (auto& target : {same, almost, halves})
      EXPECT_LT(cost(base, target), 2000);
}

// Who publishes such data with deltas must not hold up the others of a lane.
TEST(fossil_delta_test, gives_up_soon_where_nothing_is_in_common) {
  random random{6};
  constexpr std::size_t size = 4 << 20;
  auto soonest = [](std::string_view base, std::string_view target) {
    return std::min(
        {cost(base, target), cost(base, target), cost(base, target)});
  };
  auto any = noise(random, size);
  const auto equal = soonest(any, any);
  for (auto kinds : {3, 26, 256}) { // some short matches, or none
    auto base = noise(random, size, kinds);
    EXPECT_LT(soonest(base, noise(random, size, kinds)), 40 * equal) << kinds;
  }
}

// -- deltas of others ---------------------------------------------------------

TEST(fossil_delta_test, applies_a_delta_written_by_hand) {
  EXPECT_EQ(apply_fossil_delta("hello", "0\n0;", limit), "");
  // 0x61626362: the sum of "abcb", which is one word.
  EXPECT_EQ(apply_fossil_delta("-bc-", "4\n1:a2@1,1:b1XObDY;", limit), "abcb");
}

TEST(fossil_delta_test, applies_nothing_that_is_damaged) {
  std::string base = "0123456789abcdef-0123456789abcdef";
  auto delta = expect_delta(base, base + "?" + base);
  for (std::size_t size = 0; size < delta.size(); ++size)
    EXPECT_FALSE(apply_fossil_delta(base, delta.substr(0, size), limit))
        << size;
  EXPECT_FALSE(apply_fossil_delta(base, delta + "x", limit));
  EXPECT_FALSE(apply_fossil_delta(base.substr(1), delta, limit));
  for (std::size_t at = 0; at < delta.size(); ++at) {
    auto damaged = delta;
    damaged[at] ^= 1;
    EXPECT_NE(apply_fossil_delta(base, damaged, limit), base + "?" + base);
  }
}

TEST(fossil_delta_test, makes_no_more_than_the_limit) {
  std::string base(100, 'a');
  auto delta = expect_delta(base, base + base);
  EXPECT_TRUE(apply_fossil_delta(base, delta, 200));
  EXPECT_FALSE(apply_fossil_delta(base, delta, 199));
  EXPECT_FALSE(apply_fossil_delta(base, "~~~~~\n0;", limit));
  EXPECT_FALSE(apply_fossil_delta(base, "1\n1a@0,0;", limit));
  EXPECT_FALSE(apply_fossil_delta(base, "1\n~~~~~~~~~~~~@0,0;", limit));
}

} // namespace
} // namespace proto
