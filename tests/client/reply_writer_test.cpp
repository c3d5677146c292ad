#include "actors/client/connection/reply_writer.hpp"
#include "tests/client/recording_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace {

using namespace actors;
using namespace std::chrono_literals;
using client_test_support::recording_link;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class reply_writer_test : public ::testing::Test {
protected:
  static roost::client::Reply echo(std::uint32_t id, const std::string& data) {
    roost::client::Reply message;
    message.set_id(id);
    message.mutable_rpc()->set_data(data);
    return message;
  }

  static roost::client::Reply error(std::uint32_t id, std::uint32_t code) {
    roost::client::Reply message;
    message.set_id(id);
    message.mutable_error()->set_code(code);
    return message;
  }

  static proto::frame_ptr push(const std::string& what) {
    return proto::frame::make(proto::wire_format::json, what);
  }

  const reply_writer::time_point now_{1h};
  config::client_section limits_;
  lane_metrics metrics_;
  std::shared_ptr<recording_link> link_ = std::make_shared<recording_link>();
  reply_writer out_{link_, proto::wire_format::json, limits_, metrics_};
};

TEST_F(reply_writer_test, puts_what_it_is_given_into_one_frame) {
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));
  EXPECT_TRUE(out_.add(echo(2, "2"), now_));
  out_.add_ping();
  EXPECT_TRUE(out_.waits());
  EXPECT_THAT(link_->frames, IsEmpty());

  out_.flush();

  EXPECT_FALSE(out_.waits());
  EXPECT_THAT(link_->frames, ElementsAre("{\"id\":1,\"rpc\":{\"data\":1}}\n"
                                         "{\"id\":2,\"rpc\":{\"data\":2}}\n"
                                         "{}"));
}

TEST_F(reply_writer_test, writes_no_empty_frame) {
  out_.flush();

  EXPECT_THAT(link_->frames, IsEmpty());
}

TEST_F(reply_writer_test, hands_a_full_frame_over_at_once) {
  const auto half = '"' + std::string(reply_writer::full_frame / 2, 'x') + '"';

  EXPECT_TRUE(out_.add(echo(1, half), now_));
  EXPECT_THAT(link_->frames, IsEmpty());
  EXPECT_TRUE(out_.add(echo(2, half), now_));

  EXPECT_THAT(link_->frames, SizeIs(1));
  EXPECT_FALSE(out_.waits());
}

TEST_F(reply_writer_test, delivers_after_what_waits) {
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));

  out_.deliver(push("a push"));

  EXPECT_THAT(link_->frames,
              ElementsAre(R"({"id":1,"rpc":{"data":1}})", "a push"));
}

TEST_F(reply_writer_test, leaves_out_what_the_format_cannot_say) {
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));

  auto strange = error(2, 100);
  strange.mutable_error()->set_message("\xff");
  EXPECT_FALSE(out_.add(strange, now_));
  out_.flush();

  EXPECT_THAT(link_->frames, ElementsAre(R"({"id":1,"rpc":{"data":1}})"));
}

TEST_F(reply_writer_test, counts_errors_by_code) {
  EXPECT_TRUE(out_.add(error(1, 103), now_));
  EXPECT_TRUE(out_.add(error(2, 4000), now_));

  EXPECT_EQ(metrics_.reply_errors.value(103), 1u);
  EXPECT_EQ(metrics_.reply_errors.others(), 1u);
}

TEST_F(reply_writer_test, measures_from_a_command_to_its_reply) {
  out_.begin(1, 3, now_);
  out_.begin(2, 4, now_);

  EXPECT_TRUE(out_.add(echo(2, "2"), now_ + 5ms));
  EXPECT_TRUE(out_.add(error(1, 103), now_ + 7ms));
  EXPECT_TRUE(out_.add(echo(1, "1"), now_ + 9ms)); // of no command

  EXPECT_EQ(metrics_.command_durations[3].nanoseconds(), 7'000'000u);
  EXPECT_EQ(metrics_.command_durations[4].nanoseconds(), 5'000'000u);
}

TEST_F(reply_writer_test, is_slow_while_too_much_waits_in_the_link) {
  limits_.queue_max_size = 100;
  link_->queued = 100;
  EXPECT_FALSE(out_.is_slow());

  link_->queued = 101;
  EXPECT_TRUE(out_.is_slow());
}

TEST_F(reply_writer_test, counts_what_the_client_has_not_taken) {
  link_->queued = 100;
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));
  EXPECT_EQ(out_.unread(),
            100 + std::string_view{R"({"id":1,"rpc":{"data":1}})"}.size());
}

TEST_F(reply_writer_test, owes_replies_to_what_was_begun) {
  out_.begin(1, 3, now_);
  EXPECT_TRUE(out_.owes_replies());
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));
  EXPECT_FALSE(out_.owes_replies());
}

TEST_F(reply_writer_test, writes_what_waits_before_it_closes) {
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));

  out_.close(3501, "bad request", true);

  EXPECT_THAT(link_->frames, SizeIs(1));
  EXPECT_EQ(link_->closed,
            (recording_link::closing{3501, "bad request", true}));
}

TEST_F(reply_writer_test, says_nothing_after_it_was_closed) {
  EXPECT_TRUE(out_.add(echo(1, "1"), now_));
  out_.close(3008, "slow", false);

  out_.flush();
  out_.deliver(push("a push"));
  out_.close(3000, "", true);

  EXPECT_THAT(link_->frames, IsEmpty());
  EXPECT_EQ(link_->closed, (recording_link::closing{3008, "slow", false}));
}

} // namespace
