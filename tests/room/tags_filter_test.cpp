#include "actors/room/audience/decimal_order.hpp"
#include "actors/room/audience/tags_filter.hpp"
#include "proto/json_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace actors {
namespace {

using tags = tags_filter::tags;

roost::client::FilterNode node_of(const std::string& json) {
  roost::client::FilterNode node;
  EXPECT_EQ(proto::parse_json(json, node), std::nullopt) << json;
  return node;
}

std::shared_ptr<const tags_filter> filter_of(const std::string& json) {
  auto made = tags_filter::make(node_of(json));
  auto* filter = std::get_if<0>(&made);
  EXPECT_TRUE(filter) << json << ": " << std::get<1>(made);
  return filter ? *filter : nullptr;
}

std::string problem_of(const roost::client::FilterNode& node) {
  auto made = tags_filter::make(node);
  auto* problem = std::get_if<1>(&made);
  return problem ? *problem : "none";
}

std::string problem_of(const std::string& json) {
  return problem_of(node_of(json));
}

tags with(std::string value) {
  tags out;
  out["tag"] = std::move(value);
  out["other"] = "2";
  return out;
}

// -- leaves -------------------------------------------------------------------

/// What a leaf about "tag" says when that is `tag`; null: there is none.
struct leaf_case {
  std::string leaf;
  const char* tag;
  bool matches;
};

void PrintTo(const leaf_case& test, std::ostream* out) {
  *out << test.leaf << " of " << (test.tag ? test.tag : "nothing");
}

class tags_filter_leaf_test : public testing::TestWithParam<leaf_case> {};

TEST_P(tags_filter_leaf_test, matches) {
  auto& [leaf, tag, expected] = GetParam();
  auto filter = filter_of(R"({"key":"tag",)" + leaf + "}");
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->matches(tag ? with(tag) : tags{}), expected);
}

INSTANTIATE_TEST_SUITE_P(
    texts, tags_filter_leaf_test,
    testing::Values(
        leaf_case{R"("cmp":"eq","val":"a")", "a", true},
        leaf_case{R"("cmp":"eq","val":"a")", "b", false},
        leaf_case{R"("cmp":"eq","val":"a")", "", false},
        leaf_case{R"("cmp":"eq","val":"a")", nullptr, false},
        leaf_case{R"("cmp":"neq","val":"a")", "a", false},
        leaf_case{R"("cmp":"neq","val":"a")", "b", true},
        leaf_case{R"("cmp":"neq","val":"a")", nullptr, true},
        leaf_case{R"("cmp":"in","vals":["a","bc"])", "a", true},
        leaf_case{R"("cmp":"in","vals":["a","bc"])", "bc", true},
        leaf_case{R"("cmp":"in","vals":["a","bc"])", "b", false},
        leaf_case{R"("cmp":"in","vals":["a","bc"])", nullptr, false},
        leaf_case{R"("cmp":"in","vals":["a",""])", nullptr, true},
        leaf_case{R"("cmp":"nin","vals":["a","bc"])", "a", false},
        leaf_case{R"("cmp":"nin","vals":["a","bc"])", "c", true},
        leaf_case{R"("cmp":"nin","vals":["a","bc"])", nullptr, true},
        leaf_case{R"("cmp":"nin","vals":["a",""])", nullptr, false},
        leaf_case{R"("cmp":"ex")", "", true},
        leaf_case{R"("cmp":"ex")", nullptr, false},
        leaf_case{R"("cmp":"nex")", "", false},
        leaf_case{R"("cmp":"nex")", nullptr, true},
        leaf_case{R"("cmp":"sw","val":"ab")", "abc", true},
        leaf_case{R"("cmp":"sw","val":"ab")", "a", false},
        leaf_case{R"("cmp":"sw","val":"ab")", "cab", false},
        leaf_case{R"("cmp":"sw","val":"ab")", nullptr, false},
        leaf_case{R"("cmp":"ew","val":"bc")", "abc", true},
        leaf_case{R"("cmp":"ew","val":"bc")", "bcd", false},
        leaf_case{R"("cmp":"ew","val":"bc")", nullptr, false},
        leaf_case{R"("cmp":"ct","val":"bc")", "abcd", true},
        leaf_case{R"("cmp":"ct","val":"bc")", "acbd", false},
        leaf_case{R"("cmp":"ct","val":"bc")", "b", false},
        leaf_case{R"("cmp":"ct","val":"bc")", nullptr, false}));

INSTANTIATE_TEST_SUITE_P(
    numbers, tags_filter_leaf_test,
    testing::Values(leaf_case{R"("cmp":"gt","val":"9")", "10", true},
                    leaf_case{R"("cmp":"gt","val":"9")", "9.0", false},
                    leaf_case{R"("cmp":"gt","val":"9")", "8", false},
                    leaf_case{R"("cmp":"gte","val":"9")", "9.0", true},
                    leaf_case{R"("cmp":"gte","val":"9")", "8.99", false},
                    leaf_case{R"("cmp":"lt","val":"9")", "8.99", true},
                    leaf_case{R"("cmp":"lt","val":"9")", "9", false},
                    leaf_case{R"("cmp":"lte","val":"9")", "9", true},
                    leaf_case{R"("cmp":"lte","val":"9")", "10", false},
                    leaf_case{R"("cmp":"gt","val":"9")", nullptr, false},
                    leaf_case{R"("cmp":"gte","val":"9")", nullptr, false},
                    leaf_case{R"("cmp":"lt","val":"9")", nullptr, false},
                    leaf_case{R"("cmp":"lte","val":"9")", nullptr, false},
                    leaf_case{R"("cmp":"lt","val":"9")", "", false},
                    leaf_case{R"("cmp":"lt","val":"9")", "one", false},
                    leaf_case{R"("cmp":"lte","val":"nine")", "nine", false},
                    leaf_case{R"("cmp":"gte","val":"nine")", "9", false}));

// -- decimals -----------------------------------------------------------------

TEST(decimal_order_test, is_exact) {
  // In ascending order; 2^53 and 2^53 + 1 are one double.
  constexpr std::string_view ascending[] = {
      "-100000000000000000000000000000000000000000.1",
      "-10",
      "-9.5",
      "-0.0000000000000000000000000000000000000001",
      "0",
      "0.1",
      "0.10000000000000000000000000000000000000001",
      "0.9",
      "9007199254740992",
      "9007199254740993",
      "9007199254740993.5",
      "100000000000000000000000000000000000000000"};
  for (std::size_t i = 0; i < std::size(ascending); ++i)
    for (std::size_t j = 0; j < std::size(ascending); ++j)
      EXPECT_EQ(compare_decimals(ascending[i], ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
}

TEST(decimal_order_test, sees_one_number_in_its_spellings) {
  EXPECT_TRUE(compare_decimals("-0", "0.00") == 0);
  EXPECT_TRUE(compare_decimals("+7", "007.0") == 0);
  EXPECT_TRUE(compare_decimals("-1.50", "-01.5") == 0);
}

TEST(decimal_order_test, has_no_order_for_what_is_no_decimal) {
  for (auto text : {"", "-", "+", ".", ".5", "5.", "1.2.3", "1e3", "0x10", " 1",
                    "1 ", "--1", "1-", "nan", "inf", "1,5", "\xd9\xa1"})
    EXPECT_TRUE(std::is_neq(compare_decimals(text, "1"))
                && !(compare_decimals(text, "1") < 0)
                && !(compare_decimals("1", text) < 0))
        << text;
}

// -- trees --------------------------------------------------------------------

TEST(tags_filter_test, combines) {
  constexpr auto yes = R"({"key":"tag","cmp":"ex"})";
  constexpr auto no = R"({"key":"tag","cmp":"nex"})";
  auto matches = [](std::string op, std::initializer_list<std::string> nodes) {
    std::string list;
    for (auto& node : nodes)
      list += (list.empty() ? "" : ",") + node;
    auto json = R"({"op":")" + op + R"(","nodes":[)" + list + "]}";
    return filter_of(json)->matches(with("x"));
  };
  EXPECT_TRUE(matches("and", {yes}));
  EXPECT_TRUE(matches("and", {yes, yes}));
  EXPECT_FALSE(matches("and", {yes, no}));
  EXPECT_FALSE(matches("and", {no, yes}));
  EXPECT_TRUE(matches("or", {yes, no}));
  EXPECT_TRUE(matches("or", {no, yes}));
  EXPECT_FALSE(matches("or", {no, no}));
  EXPECT_TRUE(matches("not", {no}));
  EXPECT_FALSE(matches("not", {yes}));
}

TEST(tags_filter_test, combines_what_is_combined) {
  auto filter = filter_of(R"({"op":"or","nodes":[
      {"op":"and","nodes":[{"key":"tag","cmp":"eq","val":"a"},
                           {"key":"other","cmp":"gt","val":"1"}]},
      {"op":"not","nodes":[{"op":"or","nodes":[
          {"key":"tag","cmp":"ex"},{"key":"third","cmp":"ex"}]}]}]})");
  EXPECT_TRUE(filter->matches(with("a")));
  EXPECT_FALSE(filter->matches(with("b")));
  EXPECT_TRUE(filter->matches({}));
  tags third;
  third["third"];
  EXPECT_FALSE(filter->matches(third));
}

TEST(tags_filter_test, has_the_key_of_filters_that_mean_the_same) {
  auto key = [](const std::string& json) {
    return filter_of(json)->key();
  };
  // What does not belong to a node is passed over, as are order and
  // repetition in a set.
  EXPECT_EQ(key(R"({"key":"a","cmp":"eq","val":"b"})"),
            key(R"({"val":"b","cmp":"eq","op":"","key":"a",
                    "nodes":[{"cmp":"?"}]})"));
  EXPECT_EQ(key(R"({"op":"not","nodes":[{"key":"a","cmp":"ex"}]})"),
            key(R"({"op":"not","key":"b","cmp":"eq","val":"c",
                    "nodes":[{"key":"a","cmp":"ex"}]})"));
  EXPECT_EQ(key(R"({"key":"a","cmp":"in","vals":["x","y"]})"),
            key(R"({"key":"a","cmp":"in","vals":["y","x","y"]})"));
}

TEST(tags_filter_test, has_another_key_for_every_other_filter) {
  std::vector<std::string> keys;
  for (auto json : {
           R"({"key":"a","cmp":"eq","val":"bc"})",
           R"({"key":"ab","cmp":"eq","val":"c"})",
           R"({"key":"a","cmp":"neq","val":"bc"})",
           R"({"key":"a","cmp":"in","vals":["bc"]})",
           R"({"key":"a","cmp":"in","vals":["b","c"]})",
           R"({"key":"a","cmp":"nin","vals":["b","c"]})",
           R"({"key":"a","cmp":"ex"})",
           R"({"op":"and","nodes":[{"key":"a","cmp":"ex"}]})",
           R"({"op":"or","nodes":[{"key":"a","cmp":"ex"}]})",
           R"({"op":"not","nodes":[{"key":"a","cmp":"ex"}]})",
           R"({"op":"and","nodes":[{"key":"a","cmp":"ex"},
              {"op":"and","nodes":[{"key":"b","cmp":"ex"}]}]})",
           R"({"op":"and","nodes":[{"op":"and","nodes":[
              {"key":"a","cmp":"ex"},{"key":"b","cmp":"ex"}]}]})",
       })
    keys.push_back(filter_of(json)->key());
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_NE(keys[i], keys[j]) << i << " and " << j;
}

// -- refusals -----------------------------------------------------------------

TEST(tags_filter_test, says_what_is_wrong) {
  auto expect = [](const std::string& json, const std::string& problem) {
    EXPECT_EQ(problem_of(json), problem) << json;
  };
  expect("{}", "the filter has no cmp");
  expect(R"({"op":"xor"})", "the filter has an unknown op");
  expect(R"({"key":"a","cmp":"like","val":"b"})",
         "the filter has an unknown cmp");
  for (auto cmp : {"eq", "neq", "sw", "ew", "ct", "gt", "gte", "lt", "lte"}) {
    auto leaf = R"("cmp":")" + std::string{cmp} + '"';
    expect(R"({"key":"a",)" + leaf + "}", "the filter has no val");
    expect(R"({"val":"b",)" + leaf + "}", "the filter has no key");
    expect(R"({"key":"a","val":"b","vals":[""],)" + leaf + "}",
           "the filter has vals");
  }
  for (auto cmp : {"in", "nin"}) {
    auto leaf = R"("cmp":")" + std::string{cmp} + '"';
    expect(R"({"key":"a",)" + leaf + "}", "the filter has no vals");
    expect(R"({"vals":["b"],)" + leaf + "}", "the filter has no key");
    expect(R"({"key":"a","val":"b","vals":["b"],)" + leaf + "}",
           "the filter has a val");
  }
  for (auto cmp : {"ex", "nex"}) {
    auto leaf = R"({"key":"a","cmp":")" + std::string{cmp} + '"';
    expect(leaf + R"(,"val":"b"})", "the filter has a val");
    expect(leaf + R"(,"vals":["b"]})", "the filter has vals");
  }
  for (auto op : {"and", "or"})
    expect(R"({"op":")" + std::string{op} + R"("})", "the filter has no nodes");
  expect(R"({"op":"not"})", "the filter is a \"not\" of other than one node");
  expect(R"({"op":"not","nodes":[{"key":"a","cmp":"ex"},
                                 {"key":"a","cmp":"ex"}]})",
         "the filter is a \"not\" of other than one node");
}

TEST(tags_filter_test, says_where_it_is_wrong) {
  EXPECT_EQ(problem_of(R"({"op":"and","nodes":[{"key":"a","cmp":"ex"},
                          {"op":"not","nodes":[{"key":"a","cmp":"eq"}]}]})"),
            "the filter.nodes[1].nodes[0] has no val");
}

roost::client::FilterNode nested(std::size_t depth) {
  roost::client::FilterNode root;
  auto* node = &root;
  for (std::size_t i = 1; i < depth; ++i) {
    node->set_op("not");
    node = node->add_nodes();
  }
  node->set_key("tag");
  node->set_cmp("ex");
  return root;
}

TEST(tags_filter_test, has_a_depth) {
  EXPECT_EQ(problem_of(nested(tags_filter::max_depth)), "none");
  EXPECT_THAT(problem_of(nested(tags_filter::max_depth + 1)),
              testing::EndsWith(" is nested more than 16 deep"));
  EXPECT_THAT(problem_of(nested(10'000)),
              testing::EndsWith(" is nested more than 16 deep"));
}

TEST(tags_filter_test, has_a_number_of_nodes) {
  roost::client::FilterNode root;
  root.set_op("and");
  for (std::size_t i = 1; i < tags_filter::max_nodes; ++i)
    *root.add_nodes() = nested(1);
  EXPECT_EQ(problem_of(root), "none");
  *root.add_nodes() = nested(1);
  EXPECT_EQ(problem_of(root),
            "the filter.nodes[255] is one of more than 256 nodes");
}

TEST(tags_filter_test, has_a_size) {
  auto leaf = nested(1);
  leaf.set_cmp("eq");
  leaf.set_val(std::string(4000, 'a'));
  EXPECT_EQ(problem_of(leaf), "none");
  leaf.set_val(std::string(5000, 'a'));
  EXPECT_EQ(problem_of(leaf), "the filter makes it larger than 4096 bytes");
  leaf.clear_val();
  leaf.set_cmp("in");
  for (int i = 0; i < 3000; ++i)
    leaf.add_vals(std::to_string(i));
  EXPECT_EQ(problem_of(leaf), "the filter makes it larger than 4096 bytes");
}

TEST(tags_filter_test, counts_its_bytes) {
  auto small = filter_of(R"({"key":"a","cmp":"ex"})");
  auto large = filter_of(R"({"key":"a","cmp":"eq","val":")"
                         + std::string(3000, 'a') + R"("})");
  EXPECT_GT(small->bytes(), sizeof(tags_filter));
  EXPECT_LT(small->bytes(), 200U);
  EXPECT_GT(large->bytes(), 3000U);
  EXPECT_LT(large->bytes(), 3200U);
}

} // namespace
} // namespace actors
