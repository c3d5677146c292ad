#include "tests/client/client_test.hpp"

namespace {

using namespace client_test_support;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
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

TEST_F(limits_test, answers_only_as_much_as_the_client_reads) {
  config.client.queue_max_size = 1000;
  auto client = connected("alice");
  client.link().stuck = true;

  client.say(echoes(100));

  EXPECT_EQ(client.ending(), "open");
  EXPECT_TRUE(client.link().paused);
  EXPECT_LT(client.link().queued, 1000u);
  std::size_t answers = 0;
  for (int i = 0; i < 100 && client.link().paused; ++i) {
    answers += client.hear().size();
    EXPECT_GT(client.link().low_mark, 0u);
    client.link().queued = 0;
    client.self().on_drained();
    run();
  }
  answers += client.hear().size();
  EXPECT_EQ(answers, 100u);
}

TEST_F(limits_test, ends_a_client_at_the_frame_that_is_too_much) {
  config.client.queue_max_size = 1000;
  auto client = connected("alice");
  client.link().stuck = true;
  client.link().queued = 990;
  const auto push =
      proto::frame::make(proto::wire_format::json, "a push that is too much");

  client.self().deliver(push);
  client.self().deliver(push);

  EXPECT_EQ(client.link().queued, 990 + push->wire().size());
  run();
  EXPECT_EQ(client.ending(), "3008 slow");
}

TEST_F(limits_test, answers_what_was_asked_before_the_end) {
  auto client = connected("alice");
  client.self().on_message(echoes(2));
  client.self().disconnect_when_answered(1002, "a reserved bit is set");

  run();

  EXPECT_THAT(client.hear(), SizeIs(2));
  EXPECT_EQ(client.ending(), "1002 a reserved bit is set");
}

TEST_F(limits_test, waits_for_the_answer_of_a_room_before_the_end) {
  auto client = connected("alice");
  rooms.hold();
  client.say(R"({"id":2,"publish":{"channel":"open:1","data":1}})");
  client.self().disconnect_when_answered(1002, "a reserved bit is set");
  run();
  EXPECT_EQ(client.ending(), "open");

  rooms.answer_all();
  run();

  EXPECT_THAT(client.hear(), ElementsAre(R"({"id":2,"publish":{}})"));
  EXPECT_EQ(client.ending(), "1002 a reserved bit is set");
}

TEST_F(limits_test, waits_five_seconds_for_answers_before_the_end) {
  auto client = connected("alice");
  rooms.hold();
  client.say(R"({"id":2,"publish":{"channel":"open:1","data":1}})");
  client.self().disconnect_when_answered(1002, "a reserved bit is set");

  advance(4'900ms);
  EXPECT_EQ(client.ending(), "open");

  advance(200ms);
  EXPECT_EQ(client.ending(), "1002 a reserved bit is set");
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

// -- reading ------------------------------------------------------------------

/// Clients that ask for much.
class reading_limits_test : public limits_test {
protected:
  reading_limits_test() {
    config.channel.namespaces["open"].history_size = 100;
    config.channel.namespaces["open"].history_ttl = 60s;
    config.channel.namespaces["open"].presence = true;
    config.channel.namespaces["open"].allow_history_for_client = true;
    config.channel.namespaces["open"].allow_presence_for_client = true;
  }

  static std::string histories(int count) {
    std::string result;
    for (int i = 0; i < count; ++i)
      result += R"({"id":)" + std::to_string(i + 2)
                + R"(,"history":{"channel":"open:1","limit":-1}})" + '\n';
    return result;
  }
};

TEST_F(reading_limits_test, asks_rooms_for_what_fits_into_the_queue) {
  config.client.queue_max_size = 4'000;
  auto client = connected("alice");
  client.say(histories(1));
  client.say(R"({"id":9,"presence":{"channel":"open:1"}})");
  const auto asked = rooms.take();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0]->history().max_bytes(), 1'000u);
  EXPECT_EQ(asked[1]->presence().max_members(), 1'000u);
}

TEST_F(reading_limits_test, asks_for_one_answer_after_the_other) {
  config.client.queue_max_size = 4'000;
  rooms.hold();
  auto client = connected("alice");
  client.say(histories(20));
  EXPECT_TRUE(client.link().paused); // by far not 64
  rooms.answer_all();
  run();
  EXPECT_THAT(client.hear(), SizeIs(20));
}

TEST_F(reading_limits_test, waits_when_a_client_has_read_its_share) {
  config.client.read_bytes_per_second = 10'000;
  auto client = connected("alice");
  rooms["open:1"].history.resize(100); // 25,600 and their bytes
  client.say(histories(2));
  EXPECT_THAT(client.hear(), SizeIs(1));
  advance(1s);
  EXPECT_THAT(client.hear(), IsEmpty());
  advance(2s);
  EXPECT_THAT(client.hear(), SizeIs(1));
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(reading_limits_test, refuses_for_now_what_would_wait_too_long) {
  config.client.read_bytes_per_second = 1'000;
  auto client = connected("alice");
  rooms["open:1"].history.resize(100);
  client.say(histories(3));
  EXPECT_THAT(client.hear(), SizeIs(1));
  advance(3s);
  EXPECT_THAT(client.hear(), IsEmpty());
  advance(2s);
  EXPECT_THAT(
      client.hear(),
      ElementsAre(R"({"id":3,"error":{"code":111,)"
                  R"("message":"too many requests","temporary":true}})",
                  R"({"id":4,"error":{"code":111,)"
                  R"("message":"too many requests","temporary":true}})"));
  EXPECT_EQ(client.ending(), "open");
}

TEST_F(reading_limits_test, counts_what_a_recovery_reads) {
  config.client.read_bytes_per_second = 10'000;
  config.channel.namespaces["open"].force_recovery = true;
  auto client = connected("alice");
  auto& history = rooms["open:1"].history;
  history.resize(100);
  for (std::size_t i = 0; i < history.size(); ++i)
    history[i].set_offset(i + 1);
  client.say(R"({"id":9,"subscribe":{"channel":"open:1","recover":true}})");
  EXPECT_THAT(client.hear(), ElementsAre(HasSubstr(R"("recovered":true)")));
  client.say(histories(1));
  EXPECT_THAT(client.hear(), IsEmpty());
  advance(3s);
  EXPECT_THAT(client.hear(), SizeIs(1));
}

} // namespace
