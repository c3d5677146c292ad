#include "actors/client/api/api_reads.hpp"
#include "tests/client/api_test.hpp"

#include <vector>

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// What backends may read a second. An answer with 100 publications counts for
/// a little more than 25,600.
class api_reads_test : public api_test {
protected:
  static constexpr auto history = R"({"channel":"chat:1","limit":100})";
  static constexpr auto too_many =
      R"({"error":{"code":111,"message":"too many requests"}})";

  api_reads_test() {
    rooms["chat:1"].history.resize(100);
    config.api.read_bytes_per_second = 10'000;
  }

  void start(const std::string& method, const std::string& body) {
    api().call(method, body, false, [this](actors::api_response x) {
      answers.push_back(std::move(x.body));
    });
    run();
  }

  std::vector<std::string> answers; ///< To what was started.
};

TEST_F(api_reads_test, have_no_limit_unless_there_is_one) {
  config.api.read_bytes_per_second = 0;
  for (int i = 0; i < 100; ++i)
    EXPECT_THAT(call("history", history), HasSubstr("publications"));
}

TEST_F(api_reads_test, wait_once_the_share_is_read) {
  start("history", history);
  EXPECT_THAT(answers, SizeIs(1));
  start("history", history);
  advance(1s);
  EXPECT_THAT(answers, SizeIs(1));
  advance(2s);
  EXPECT_THAT(answers, AllOf(SizeIs(2), Each(HasSubstr("publications"))));
}

TEST_F(api_reads_test, are_refused_when_they_have_waited) {
  config.api.read_bytes_per_second = 1'000;
  for (int i = 0; i < 3; ++i)
    start("history", history);
  advance(3s);
  EXPECT_THAT(answers, SizeIs(1));
  advance(2s);
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_EQ(answers[1], too_many);
  EXPECT_EQ(answers[2], too_many);
}

TEST_F(api_reads_test, of_one_batch_wait_no_longer_together) {
  config.api.read_bytes_per_second = 1'000;
  const std::string one = R"({"history":)" + std::string{history} + "}";
  start("batch",
        R"({"commands":[)" + one + ',' + one + ',' + one + ',' + one + "]}");
  advance(3s);
  EXPECT_THAT(answers, SizeIs(0));
  advance(1'010ms);
  EXPECT_THAT(answers, Contains(HasSubstr(std::string{too_many} + ',' + too_many
                                          + ',' + too_many)));
}

TEST_F(api_reads_test, count_for_presence) {
  for (int i = 0; i < 100; ++i)
    rooms["chat:1"].presence[std::to_string(i)].set_user("alice");
  start("presence", R"({"channel":"chat:1"})");
  EXPECT_THAT(answers, AllOf(SizeIs(1), Each(HasSubstr("alice"))));
  start("history", history);
  advance(3s); // 102,400 and more, of which 10,000 are there at once
  EXPECT_THAT(answers, SizeIs(1));
}

TEST_F(api_reads_test, count_for_lists_of_channels) {
  auto reply = std::make_shared<roost::link::NodeReply>();
  for (int i = 0; i < 100; ++i)
    (*reply->mutable_channels()->mutable_channels())[std::to_string(i)] = 1;
  api();
  nodes_say({{"node-1", reply}});
  start("channels", "{}");
  EXPECT_THAT(answers, AllOf(SizeIs(1), Each(HasSubstr("99"))));
  start("history", history);
  advance(1s);
  EXPECT_THAT(answers, SizeIs(1));
  advance(2s);
  EXPECT_THAT(answers, SizeIs(2));
}

TEST_F(api_reads_test, hold_up_nothing_else) {
  start("history", history);
  start("history", history);
  EXPECT_THAT(answers, SizeIs(1));
  start("publish", R"({"channel":"chat:1","data":1})");
  start("presence_stats", R"({"channel":"chat:1"})");
  EXPECT_THAT(answers, SizeIs(3));
}

TEST_F(api_reads_test, are_under_way_in_a_bounded_number) {
  api();
  rooms.hold();
  for (int i = 0; i < 40; ++i)
    start("history", history);
  rooms.answer_all();
  run();
  EXPECT_THAT(answers, SizeIs(actors::api_reads::max_under_way));
  advance(5s);
  EXPECT_THAT(answers, SizeIs(40));
  EXPECT_EQ(answers.back(), too_many);
}

TEST_F(api_reads_test, that_are_refused_let_others_go) {
  for (int i = 0; i < 100; ++i)
    start("history", R"({"channel":"nowhere:1"})");
  EXPECT_THAT(answers, AllOf(SizeIs(100), Each(HasSubstr("102"))));
  start("history", history);
  EXPECT_THAT(answers.back(), HasSubstr("publications"));
}

TEST_F(api_reads_test, that_wait_are_answered_when_the_node_stops) {
  start("history", history);
  start("history", history);
  caf::anon_send_exit(api_handle, caf::exit_reason::user_shutdown);
  run();
  EXPECT_THAT(answers, Contains("the node is stopping"));
}

} // namespace
