#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class limits_test : public client_test {
protected:
  static std::string echoes(int count) {
    std::string result;
    for (int i = 0; i < count; ++i)
      result += R"({"id":)" + std::to_string(i + 2)
                + R"(,"rpc":{"method":"roost.echo","data":1}})" + '\n';
    return result;
  }
};

TEST_F(limits_test, ends_a_client_that_does_not_read) {
  config.client.queue_max_size = 1000;
  auto client = connected("alice");
  client.say(R"({"id":2,"subscribe":{"channel":"open:1"}})");
  client.link().stuck = true;

  for (int i = 0; i < 20 && !client.closed(); ++i)
    publish("open:1", '"' + std::string(100, 'x') + '"');

  EXPECT_EQ(client.closed(), (recording_link::closing{3008, "slow", false}));
  EXPECT_EQ(metrics().slow_consumers.value(), 1u);
  EXPECT_EQ(metrics().subscriptions.value(), 0);
}

TEST_F(limits_test, ends_a_client_that_asks_and_does_not_read) {
  config.client.queue_max_size = 1000;
  auto client = connected("alice");
  client.link().stuck = true;

  client.say(echoes(100));

  EXPECT_EQ(client.ending(), "3008 slow");
}

TEST_F(limits_test, keeps_a_client_whose_queue_was_written_in_time) {
  config.client.queue_max_size = 1000;
  auto client = connected("alice");
  client.say(R"({"id":2,"subscribe":{"channel":"open:1"}})");
  client.link().stuck = true;

  // When the link writes at the end of the turn that made the queue too long
  client.link().queued = 990;
  client.self().deliver(
      proto::frame::make(proto::wire_format::json, "a push that is too much"));
  client.link().queued = 0;
  run();

  EXPECT_EQ(client.ending(), "open");
}

TEST_F(limits_test, slows_a_client_down_that_sends_too_many_commands) {
  config.client.commands_per_second = 10;
  auto client = connected("alice"); // the first command

  client.say(echoes(20));
  EXPECT_THAT(client.hear(), SizeIs(9));
  EXPECT_TRUE(client.link().paused);

  advance(500ms);
  EXPECT_THAT(client.hear(), SizeIs(5));

  advance(1s);
  EXPECT_THAT(client.hear(), SizeIs(6));
  EXPECT_FALSE(client.link().paused);
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(limits_test, ends_a_client_that_is_far_beyond_its_rate) {
  config.client.commands_per_second = 10;
  auto client = connected("alice");

  client.say(echoes(200));
  advance(9s);
  EXPECT_EQ(client.ending(), "open");

  advance(2s);
  EXPECT_EQ(client.ending(), "3013 too many requests");
}

TEST_F(limits_test, does_not_limit_who_stays_below_the_rate) {
  config.client.commands_per_second = 10;
  auto client = connected("alice");
  std::size_t answers = 0;

  for (int i = 0; i < 50; ++i) {
    advance(100ms);
    client.say(R"({"id":2,"rpc":{"method":"roost.echo","data":1}})");
    EXPECT_FALSE(client.link().paused);
    answers += client.hear().size();
  }

  EXPECT_EQ(answers, 50u);
}

} // namespace
