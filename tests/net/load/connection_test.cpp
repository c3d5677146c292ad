#include "net/load/clock.hpp"
#include "net/load/connection.hpp"
#include "tests/net/load/tiny_server.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace net::load {

/// One connection to a tiny server, and what became of it.
class connection_test : public testing::Test, private connection_owner {
protected:
  void connect(const tiny_server::faults& with, role as) {
    server_.emplace(with);
    where_ = find_target(server_->url(), "ws://");
    speaks_ = make_raw();
    connection_context context{events_, where_, *speaks_, *this, counts};
    way.emplace(context, std::move(as), 0, 1);
    way->start(0);
  }

  /// Waits at most five seconds.
  template <class Condition>
  bool eventually(Condition holds) {
    for (const auto end = now() + 5 * second; now() < end && !holds();)
      events_.run(now() + second / 50);
    return holds();
  }

  bool is_ready() {
    return eventually([this] { return ready; });
  }

  /// Says so many payloads of this source, numbered from 0, in one go.
  void publish(std::uint64_t count, std::uint32_t source = 0) {
    payload_writer payload{128};
    for (std::uint64_t i = 0; i < count; ++i)
      way->publish(payload.write({source, i, now()}));
    way->flush();
  }

  meter counts;
  bool ready = false;
  std::vector<std::string> losses;
  std::vector<std::uint64_t> answers;

private:
  void on_ready(connection&) override { ready = true; }
  void on_lost(connection&, const std::string& why) override {
    losses.push_back(why);
  }
  void on_answer(connection&, const stamp& x, std::uint64_t) override {
    answers.push_back(x.number);
  }

  loop events_;
  target where_;
  std::unique_ptr<protocol> speaks_;
  std::optional<tiny_server> server_;

protected:
  std::optional<connection> way; // before what it refers to goes
};

namespace {

const role both{.room = "r", .subscribes = true, .publishes = true};

} // namespace

TEST_F(connection_test, hears_what_it_publishes) {
  connect({}, both);
  ASSERT_TRUE(is_ready());
  publish(100);
  EXPECT_TRUE(eventually([this] { return counts.deliveries() == 100; }));
  EXPECT_EQ(counts.order, (sequence_counts{}));
  EXPECT_EQ(counts.strays(), 0u);
  EXPECT_GT(counts.latency().max(), 0u);
}

TEST_F(connection_test, reads_bytes_that_come_one_by_one) {
  connect({.pieces = 1}, both);
  ASSERT_TRUE(is_ready());
  publish(3);
  EXPECT_TRUE(eventually([this] { return counts.deliveries() == 3; }));
  EXPECT_EQ(counts.order, (sequence_counts{}));
}

TEST_F(connection_test, reads_fragments_with_a_ping_between) {
  connect({.fragments = true}, both);
  ASSERT_TRUE(is_ready());
  publish(3);
  EXPECT_TRUE(eventually([this] { return counts.deliveries() == 3; }));
  EXPECT_TRUE(losses.empty());
}

TEST_F(connection_test, hears_its_answers) {
  connect({}, {.asks = true});
  ASSERT_TRUE(is_ready());
  way->ask(payload_writer{128}.write({0, 7, now()}));
  way->flush();
  EXPECT_TRUE(eventually([this] { return !answers.empty(); }));
  EXPECT_EQ(answers, std::vector<std::uint64_t>{7});
}

TEST_F(connection_test, counts_payloads_of_strangers) {
  connect({}, both);
  ASSERT_TRUE(is_ready());
  publish(1, 5);
  EXPECT_TRUE(eventually([this] { return counts.deliveries() == 1; }));
  EXPECT_EQ(counts.strays(), 1u);
}

TEST_F(connection_test, says_why_it_is_lost) {
  connect({.refuses = true}, both);
  EXPECT_TRUE(eventually([this] { return !losses.empty(); }));
  EXPECT_EQ(losses,
            std::vector<std::string>{R"(the server answers "{"error":"no"}")"});
  EXPECT_FALSE(ready);
}

TEST_F(connection_test, says_that_an_upgrade_was_refused) {
  connect({.upgrade_answer = "HTTP/1.1 503 Busy\r\n\r\n"}, both);
  EXPECT_TRUE(eventually([this] { return !losses.empty(); }));
  EXPECT_EQ(losses, std::vector<std::string>{
                        "the server answers \"HTTP/1.1 503 Busy\" in place of "
                        "becoming a WebSocket"});
}

TEST_F(connection_test, gives_no_reason_for_an_end_it_asked_for) {
  connect({}, both);
  ASSERT_TRUE(is_ready());
  way->close();
  EXPECT_TRUE(eventually([this] { return !losses.empty(); }));
  EXPECT_EQ(losses, std::vector<std::string>{""});
  EXPECT_EQ(way->what(), connection::state::closed);
}

TEST_F(connection_test, starts_again) {
  connect({}, both);
  ASSERT_TRUE(is_ready());
  publish(1);
  ASSERT_TRUE(eventually([this] { return counts.deliveries() == 1; }));
  ready = false;
  way->start(0);
  ASSERT_TRUE(is_ready());
  publish(1);
  EXPECT_TRUE(eventually([this] { return counts.deliveries() == 2; }));
  EXPECT_EQ(counts.order, (sequence_counts{}));
}

} // namespace net::load
