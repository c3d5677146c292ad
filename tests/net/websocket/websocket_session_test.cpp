#include "net/session/on_plain.hpp"
#include "net/websocket/websocket_session.hpp"
#include "tests/support/test_system.hpp"

#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace net {

namespace {

/// What an owner has heard, by turn of its lane.
class diary final : public actors::turn_end_task {
public:
  explicit diary(actors::lane& where) : lane_(where) {}

  void note(std::size_t bytes) {
    now_ += bytes;
    lane_.at_turn_end(*this, actors::turn_phase::fan_out);
  }

  void at_turn_end() override { turns.push_back(std::exchange(now_, 0)); }

  std::size_t most() const {
    return turns.empty() ? 0 : *std::max_element(turns.begin(), turns.end());
  }
  std::size_t total() const {
    return std::accumulate(turns.begin(), turns.end(), std::size_t{0});
  }

  std::vector<std::size_t> turns;

private:
  actors::lane& lane_;
  std::size_t now_ = 0;
};

/// Pauses its session at each message if it `pauses`.
class listener final : public session_owner {
public:
  listener(std::shared_ptr<session> to, diary& heard, bool pauses)
      : session_(std::move(to)), heard_(heard), pauses_(pauses) {}

  void on_message(std::string_view bytes, message_kind) override {
    heard_.note(bytes.size());
    if (pauses_)
      session_->pause_reading();
  }
  void on_fault(std::uint32_t code, std::string_view why) override {
    session_->close(code, why, true);
  }
  void on_drained() override {}
  void disconnect(proto::disconnect_code) override {}
  void on_closed(std::string_view) override {}

private:
  std::shared_ptr<session> session_;
  diary& heard_;
  bool pauses_;
};

class websocket_session_test : public testing::Test {
protected:
  websocket_session_test() { client_.non_blocking(true); }
  ~websocket_session_test() override {
    if (session_)
      session_->cut();
    run();
  }

  /// Starts the session, after the client has sent `bytes` or what of them its
  /// socket took.
  void start(const std::string& bytes, bool pauses = false,
             bool compresses = false) {
    tcp::acceptor acceptor{lane_.io(), {asio::ip::address_v4::loopback(), 0}};
    client_.close();
    client_.connect(acceptor.local_endpoint());
    client_.non_blocking(true);
    plain_socket socket{lane_.io()};
    acceptor.accept(socket);
    say(bytes);
    session_ = std::make_shared<on_plain<websocket_session>>(config_, where_,
                                                             std::move(socket));
    if (compresses)
      session_->compress();
    session_->admit();
    session_->run(
        {.owner = std::make_unique<listener>(session_, heard_, pauses),
         .answer = {}},
        {});
  }

  /// Sends on, as far as the socket takes it.
  void say(std::string_view bytes) {
    error_code full;
    unsent_.append(bytes);
    while (!full && !unsent_.empty())
      unsent_.erase(0, client_.write_some(asio::buffer(unsent_), full));
  }

  void run() {
    do
      say({});
    while (lane_.poll() > 0);
  }

  /// A message of a client: binary, with a mask of zeros.
  static std::string message(std::size_t size) {
    std::string out{"\x82\xfe", 2};
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 255);
    out.append(4 + size, '\0');
    return out;
  }

  /// The same, compressed.
  static std::string compressed_message(std::size_t size) {
    deflater with{1};
    const auto payload = with.compress(std::string(size, '\0'));
    std::string out{"\xc2", 1};
    EXPECT_LT(payload.size(), 126U);
    out += static_cast<char>(0x80 | payload.size());
    return out.append(4, '\0').append(payload);
  }

  static std::string messages(std::size_t count, std::size_t size) {
    std::string out;
    while (count-- > 0)
      out += message(size);
    return out;
  }

  test_support::test_system system_;
  config::node_config config_;
  actors::lane lane_{system_.get(), 0};
  lane_gateway where_{lane_, false};
  diary heard_{lane_};
  tcp::socket client_{lane_.io(), tcp::v4()};
  std::string unsent_;
  std::shared_ptr<websocket_session> session_;
};

constexpr std::size_t share = 16 * 1024;

} // namespace

TEST_F(websocket_session_test, counts_what_is_compressed_as_what_it_holds) {
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += compressed_message(10'000);
  ASSERT_LT(all.size(), share);
  start(all, false, true);
  run();
  EXPECT_EQ(heard_.total(), 1'000'000U);
  EXPECT_LE(heard_.most(), share + 10'000);
}

TEST_F(websocket_session_test, pauses_within_what_is_compressed) {
  std::string all;
  for (int i = 0; i < 5; ++i)
    all += compressed_message(10'000);
  start(all, true, true);
  for (std::size_t i = 1; i <= 5; ++i) {
    run();
    EXPECT_EQ(heard_.total(), i * 10'000);
    session_->resume_reading();
  }
}

TEST_F(websocket_session_test, reads_its_share_in_a_turn_and_goes_on) {
  start(messages(1'000, 1'000));
  run();
  EXPECT_EQ(heard_.total(), 1'000'000u);
  EXPECT_LT(heard_.most(), 2 * share); // the last read may begin just below
}

TEST_F(websocket_session_test,
       reads_on_where_a_message_is_larger_than_its_share) {
  start(messages(3, 60'000));
  run();
  EXPECT_EQ(heard_.total(), 180'000u);
}

TEST_F(websocket_session_test,
       reads_on_after_a_pause_in_a_turn_that_had_its_share) {
  start(messages(100, 1'000), true);
  run();
  EXPECT_EQ(heard_.total(), 1'000u);
  for (int i = 0; i < 99; ++i) {
    session_->resume_reading();
    run();
  }
  EXPECT_EQ(heard_.total(), 100'000u);
}

TEST_F(websocket_session_test,
       reads_what_comes_after_a_turn_that_had_its_share) {
  start(messages(share / 1'000 + 1, 1'000));
  run();
  const auto before = heard_.total();
  say(message(1'000));
  run();
  EXPECT_EQ(heard_.total(), before + 1'000);
}

TEST_F(websocket_session_test, drops_what_comes_after_a_broken_rule) {
  start("\x83\x80" + std::string(4, '\0') + messages(1'000, 1'000));
  run();
  EXPECT_EQ(heard_.total(), 0u);
  EXPECT_EQ(unsent_, "");
  client_.shutdown(plain_socket::shutdown_send);
  run();
  EXPECT_EQ(session_.use_count(), 1); // it has ended
}

} // namespace net
