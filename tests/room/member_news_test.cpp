#include "actors/room/audience/member_news.hpp"

#include <gmock/gmock.h>

namespace {

using actors::member_news;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t window = 4'000;

class member_news_test : public testing::Test {
protected:
  static member_news::state state_of(const std::string& client, bool in,
                                     std::size_t info = 0) {
    auto x = std::make_shared<roost::client::ClientInfo>();
    x->set_client(client);
    x->set_conn_info(std::string(info, 'x'));
    return {in, std::move(x), true, true};
  }

  void come(const std::string& client, std::size_t info = 0) {
    news.tell(0, "lobby", state_of(client, true, info), true);
  }

  void change(const std::string& client) {
    news.tell(0, "lobby", state_of(client, true));
  }

  void leave(const std::string& client) {
    news.tell(0, "lobby", state_of(client, false));
  }

  /// What may be sent to a shard now: "+c1" or "-c1"; under way from then on.
  std::vector<std::string> sent(std::uint32_t shard = 0) {
    std::vector<std::string> result;
    while (const auto x = news.next(shard)) {
      result.push_back((x->is.in ? "+" : "-") + x->is.info->client());
      last = x->id;
    }
    return result;
  }

  member_news news{window, 2};
  std::uint64_t last = 0;
};

TEST_F(member_news_test, are_told_in_order) {
  come("c1");
  come("c2");
  EXPECT_THAT(sent(), ElementsAre("+c1", "+c2"));
  EXPECT_EQ(news.size(), 2u);
}

TEST_F(member_news_test, are_forgotten_once_the_home_has_them) {
  come("c1");
  sent();
  news.answered(last);
  EXPECT_EQ(news.size(), 0u);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(member_news_test, wait_for_the_answer_to_those_before_of_a_client) {
  come("c1");
  sent();
  leave("c1");
  EXPECT_THAT(sent(), IsEmpty());
  news.answered(last);
  EXPECT_THAT(sent(), ElementsAre("-c1"));
}

TEST_F(member_news_test, are_the_last_ones_of_who_comes_and_goes_quickly) {
  come("c1");
  sent();
  for (int i = 0; i < 1'000; ++i) {
    leave("c1");
    come("c1");
  }
  EXPECT_EQ(news.size(), 1u);
  news.answered(last);
  EXPECT_THAT(sent(), ElementsAre("+c1"));
  leave("c1");
  news.answered(last);
  EXPECT_THAT(sent(), ElementsAre("-c1"));
}

TEST_F(member_news_test, say_nothing_of_who_left_before_the_home_knew) {
  come("c1", window);
  EXPECT_THAT(sent(), ElementsAre("+c1"));
  const auto first = last;
  for (int i = 0; i < 1'000; ++i) {
    const auto client = "d" + std::to_string(i);
    come(client);
    leave(client);
  }
  EXPECT_EQ(news.size(), 1u);
  news.answered(first);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(member_news_test, say_that_somebody_left_whose_info_was_to_change) {
  come("c1", window);
  sent();
  change("d1"); // the home knows it
  leave("d1");
  news.answered(last);
  EXPECT_THAT(sent(), ElementsAre("-d1"));
}

TEST_F(member_news_test, are_under_way_within_the_window_of_their_shard) {
  for (int i = 0; i < 10; ++i)
    come("c" + std::to_string(i), window / 4);
  news.tell(1, "elsewhere", state_of("e", true), true);
  EXPECT_THAT(sent(), ElementsAre("+c0", "+c1", "+c2"));
  EXPECT_THAT(sent(1), ElementsAre("+e"));
  news.answered(last);
  EXPECT_THAT(sent(1), IsEmpty());
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(member_news_test, are_sent_one_by_one_where_one_fills_the_window) {
  come("c1", 2 * window);
  come("c2", 2 * window);
  EXPECT_THAT(sent(), ElementsAre("+c1"));
  news.answered(last);
  EXPECT_THAT(sent(), ElementsAre("+c2"));
}

TEST_F(member_news_test, rest_when_a_departure_failed) {
  leave("c1");
  sent();
  EXPECT_EQ(news.failed(last), member_news::failure::rests);
  EXPECT_THAT(sent(), IsEmpty());
  EXPECT_THAT(news.wake(), ElementsAre(0));
  EXPECT_THAT(sent(), ElementsAre("-c1"));
}

TEST_F(member_news_test, of_an_arrival_that_failed_are_lost) {
  come("c1");
  sent();
  EXPECT_EQ(news.failed(last), member_news::failure::lost);
  EXPECT_EQ(news.size(), 0u);
}

TEST_F(member_news_test, that_failed_are_overtaken_by_newer_ones) {
  come("c1");
  sent();
  leave("c1");
  EXPECT_EQ(news.failed(last), member_news::failure::overtaken);
  EXPECT_THAT(sent(), ElementsAre("-c1"));
}

TEST_F(member_news_test, do_not_rest_once_the_client_is_back) {
  leave("c1");
  sent();
  news.failed(last);
  come("c1");
  EXPECT_THAT(sent(), ElementsAre("+c1"));
  EXPECT_THAT(news.wake(), IsEmpty());
}

TEST_F(member_news_test, of_one_who_came_back_while_they_rested_may_be_known) {
  leave("c1");
  sent();
  news.failed(last);
  come("c1");
  leave("c1");
  EXPECT_THAT(sent(), ElementsAre("-c1"));
}

TEST_F(member_news_test, rest_up_to_a_limit) {
  for (const auto* client : {"c1", "c2", "c3"}) {
    leave(client);
    sent();
    EXPECT_EQ(news.failed(last), client == std::string{"c3"}
                                     ? member_news::failure::lost
                                     : member_news::failure::rests);
  }
  EXPECT_EQ(news.size(), 2u);
}

TEST_F(member_news_test, that_rest_are_forgotten_by_shard) {
  leave("c1");
  news.tell(1, "elsewhere", state_of("c2", false));
  sent();
  news.failed(last);
  sent(1);
  news.failed(last);
  news.forget_resting([](std::uint32_t shard) { return shard == 0; });
  EXPECT_EQ(news.size(), 1u);
  EXPECT_THAT(news.wake(), ElementsAre(1));
  EXPECT_THAT(sent(1), ElementsAre("-c2"));
}

} // namespace
