// What a stranger who reaches the port can do: nothing.
#include "net/peer/handshake.hpp"
#include "net/peer/handshake_frame.hpp"
#include "tests/net/peer/peer_test.hpp"
#include "tests/net/peer/raw_client.hpp"

#include <gmock/gmock.h>

#include <ctime>
#include <list>
#include <random>
#include <sys/resource.h>
#include <thread>

namespace net::peer::test {
namespace {

using namespace std::chrono_literals;

peer_options hasty(const std::string& node) {
  auto options = options_of(node);
  options.handshake_timeout = 300ms;
  return options;
}

/// So long that what closes within seconds was not closed by the clock.
peer_options patient(const std::string& node) {
  auto options = options_of(node);
  options.handshake_timeout = 60s;
  return options;
}

/// A header of CAF's transport, which must never see one of these.
std::string basp_header(char operation, std::uint32_t payload) {
  std::string header(32, '\0');
  header[0] = operation;
  for (auto i = 0; i < 4; ++i)
    header[static_cast<std::size_t>(4 + i)] =
        static_cast<char>(payload >> (24 - 8 * i));
  return header;
}

/// Whatever happened before: an honest node gets through.
void expect_open_to(test_node& a, const std::string& name) {
  test_node honest{name};
  honest.dial(a);
  EXPECT_EQ(honest.connection().peer.node, "a");
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
         + static_cast<double>(now.tv_nsec) / 1e9;
}

TEST(attack_test, closes_basp_headers_at_once) {
  test_node a{patient("a")};
  auto nested = basp_header(2, 200'000);
  for (auto i = 0; i < 10'000; ++i)
    nested += std::string{"\0\0\x0c@<>+@message", 15};
  for (const auto& bytes :
       {basp_header(0, 0), basp_header(1, 0), basp_header(2, 0xFFFFFFFF),
        basp_header(4, 16), nested, std::string{"GET / HTTP/1.1\r\n\r\n"}}) {
    raw_client attacker{a.port()};
    attacker.send(bytes);
    EXPECT_LT(attacker.until_closed(), 5s);
  }
  EXPECT_TRUE(eventually(
      [&] { return a.metrics().refused_for(refusal_reason::junk) == 6; }));
  EXPECT_EQ(a.connection_count(), 0U);
  expect_open_to(a, "b");
}

TEST(attack_test, closes_two_thousand_random_inputs) {
  test_node a{options_of("a")};
  std::mt19937 random{11};
  for (auto i = 0; i < 2000; ++i) {
    std::string bytes(1 + random() % 400, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    // A third with the right magic, so that more of the code is reached.
    if (i % 3 == 0)
      bytes = "ROST" + bytes;
    if (i % 6 == 0)
      bytes = make_frame(protocol_version, bytes);
    raw_client attacker{a.port()};
    attacker.send(bytes);
  }
  EXPECT_TRUE(
      eventually([&] { return a.metrics().connections.value() == 2000; }));
  EXPECT_TRUE(eventually([&] { return a.metrics().pending.value() == 0; }));
  EXPECT_EQ(a.connection_count(), 0U);
  EXPECT_LT(std::ranges::count(a.log_text(), '\n'), 100);
  expect_open_to(a, "b");
}

TEST(attack_test, refuses_a_replayed_handshake) {
  // Given what an honest dialler said over a wire that somebody listens to
  test_node a{patient("a")};
  handshake_terms terms{options_of("b").self, "c", "s3cret"};
  auto say = [](handshake& talk, const std::string& frame) {
    std::span<const char, frame_header_size> head{frame.data(),
                                                  frame_header_size};
    return talk.receive(parse_header(head), frame.substr(frame_header_size));
  };
  handshake honest{role::dialler, terms};
  auto hello = honest.start();
  raw_client wire{a.port()};
  wire.send(hello);
  auto proof = say(honest, wire.receive_frame()).reply;
  wire.send(proof);
  ASSERT_TRUE(say(honest, wire.receive_frame()).done);
  a.connection();

  // When it is said again
  raw_client attacker{a.port()};
  attacker.send(hello + proof);

  // Then it opens nothing
  EXPECT_LT(attacker.until_closed(), 5s);
  EXPECT_TRUE(a.logs("the cluster secret does not match")) << a.log_text();
  EXPECT_EQ(a.connection_count(), 1U);
}

TEST(attack_test, refuses_its_own_words) {
  test_node a{patient("a")};
  handshake_terms terms{options_of("b").self, "c", "guess"};
  handshake stranger{role::dialler, terms};
  raw_client attacker{a.port()};
  attacker.send(stranger.start());
  attacker.send(attacker.receive_frame());
  EXPECT_LT(attacker.until_closed(), 5s);
  EXPECT_EQ(a.connection_count(), 0U);
}

TEST(attack_test, idle_sockets_end_in_time_and_use_no_cpu) {
  test_node a{hasty("a")};
  std::list<raw_client> idle;
  for (auto i = 0; i < 50; ++i)
    idle.emplace_back(a.port()).send(i % 2 == 0 ? "" : "ROST");
  ASSERT_TRUE(eventually([&] { return a.metrics().pending.value() == 50; }));
  auto before = cpu_seconds();
  for (const auto& one : idle)
    EXPECT_LT(one.until_closed(), 5s);
  EXPECT_LT(cpu_seconds() - before, 0.1);
  EXPECT_TRUE(eventually(
      [&] { return a.metrics().refused_for(refusal_reason::timeout) == 50; }));
  expect_open_to(a, "b");
}

TEST(attack_test, slow_bytes_do_not_lengthen_the_handshake) {
  test_node a{hasty("a")};
  handshake_terms terms{options_of("b").self, "c", "guess"};
  auto hello = handshake{role::dialler, terms}.start();
  raw_client slow{a.port()};
  auto begin = std::chrono::steady_clock::now();
  for (auto byte : hello) {
    slow.send({&byte, 1});
    if (slow.until_closed(50ms) < 50ms)
      break;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_TRUE(eventually(
      [&] { return a.metrics().refused_for(refusal_reason::timeout) == 1; }));
}

TEST(attack_test, a_flood_is_bounded_and_closes_the_oldest) {
  auto options = options_of("a");
  options.max_pending_handshakes = 8;
  options.handshake_timeout = 60s;
  test_node a{options};
  // Given a stranger who has sent a hello, then a flood of silent ones
  handshake_terms terms{options_of("b").self, "c", "guess"};
  raw_client spoken{a.port()};
  spoken.send(handshake{role::dialler, terms}.start());
  spoken.receive_frame();
  std::list<raw_client> flood;
  for (auto i = 0; i < 200; ++i)
    flood.emplace_back(a.port());
  EXPECT_TRUE(
      eventually([&] { return a.metrics().connections.value() == 201; }));
  EXPECT_TRUE(eventually([&] {
    return a.metrics().refused_for(refusal_reason::crowded) == 193
           && a.metrics().pending.value() == 8;
  }));
  // Then the oldest silent ones are gone, the newest and the first are not
  EXPECT_LT(flood.front().until_closed(), 5s);
  EXPECT_FALSE(flood.back().closed());
  EXPECT_FALSE(spoken.closed());
  // And an honest node gets in while it lasts
  expect_open_to(a, "b");
  EXPECT_LT(std::ranges::count(a.log_text(), '\n'), 30);
}

TEST(attack_test, waits_when_there_are_no_descriptors_left) {
  test_node a{options_of("a")};
  test_node b{options_of("b")};
  // Given a process that may open nothing more
  std::list<raw_client> waiting;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  raw_client probe{a.port()};
  ASSERT_TRUE(eventually([&] { return a.metrics().connections.value() == 1; }));
  auto used = ::dup(0);
  ::close(used);
  // One more for the client's own socket, none for the node's.
  auto scarce = limit;
  scarce.rlim_cur = static_cast<rlim_t>(used) + 1;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &scarce), 0);
  waiting.emplace_back(a.port());
  EXPECT_TRUE(eventually([&] { return a.metrics().out_of_files.value() > 0; }));
  auto before = cpu_seconds();
  EXPECT_TRUE(eventually([&] { return a.metrics().out_of_files.value() > 2; }));
  EXPECT_LT(cpu_seconds() - before, 0.2);
  // When there are some again it goes on
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_TRUE(eventually([&] { return a.metrics().connections.value() == 2; }));
  b.dial(a);
  EXPECT_EQ(b.connection().peer.node, "a");
}

} // namespace
} // namespace net::peer::test
