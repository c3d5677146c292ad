#include "net/peer/asio_peer_transport.hpp"
#include "tests/net/peer/peer_test.hpp"
#include "tests/net/peer/raw_client.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <unistd.h>

namespace net::peer::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

int option_of(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  ::getsockopt(fd, level, name, &value, &size);
  return value;
}

/// Node b must fail to dial a, and both must say why.
void expect_refused(peer_options options, refusal_reason reason,
                    const std::string& at_a, const std::string& at_b) {
  test_node a{"a"};
  test_node b{std::move(options)};
  b.dial(a);
  EXPECT_THAT(b.failure(), AllOf(HasSubstr(a.address()), HasSubstr(at_b)));
  EXPECT_TRUE(b.logs(at_b));
  EXPECT_TRUE(a.logs(at_a)) << a.log_text();
  EXPECT_EQ(a.metrics().refused_for(reason), 1U);
  EXPECT_EQ(b.metrics().dials_failed_for(reason), 1U);
  EXPECT_EQ(a.connection_count() + b.connection_count(), 0U);
  EXPECT_THAT(a.log_text() + b.log_text(), Not(HasSubstr("s3cret")));
}

TEST(asio_peer_transport_test, hands_out_a_connection_on_both_sides) {
  test_node a{"a"};
  test_node b{"b"};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  EXPECT_EQ(at_a.peer.node, "b");
  EXPECT_EQ(at_b.peer.node, "a");
  EXPECT_TRUE(at_b.peer.coordinator);
  EXPECT_TRUE(at_b.dialled);
  EXPECT_FALSE(at_a.dialled);

  ASSERT_TRUE(send_all(at_a.fd, "from a"));
  ASSERT_TRUE(send_all(at_b.fd, "from b"));
  EXPECT_EQ(receive(at_b.fd, 6), "from a");
  EXPECT_EQ(receive(at_a.fd, 6), "from b");
  EXPECT_TRUE(eventually([&] { return a.metrics().accepted.value() == 1; }));
  EXPECT_TRUE(eventually([&] { return b.metrics().dialled.value() == 1; }));
  EXPECT_EQ(a.metrics().pending.value(), 0);
}

TEST(asio_peer_transport_test, sets_the_options_of_handed_out_sockets) {
  test_node a{"a"};
  test_node b{"b"};
  b.dial(a);
  for (auto fd : {a.connection().fd, b.connection().fd}) {
    EXPECT_NE(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 0);
    EXPECT_NE(option_of(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_KEEPIDLE), 5);
    EXPECT_EQ(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 10'000);
    EXPECT_NE(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
}

TEST(asio_peer_transport_test, takes_no_byte_that_belongs_to_the_connection) {
  // Both sides write at once after the hand-over; nothing may be missing.
  test_node a{"a"};
  test_node b{"b"};
  for (auto i = 0; i < 20; ++i) {
    b.dial(a);
    auto at_a = a.connection();
    ASSERT_TRUE(send_all(at_a.fd, "first bytes"));
    EXPECT_EQ(receive(b.connection().fd, 11), "first bytes");
  }
}

TEST(asio_peer_transport_test, a_cut_ends_both_ends) {
  test_node a{"a"};
  test_node b{"b"};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  at_a.guard->cut();
  at_a.guard->cut();
  EXPECT_TRUE(at_end(at_a.fd));
  EXPECT_TRUE(at_end(at_b.fd));
}

TEST(asio_peer_transport_test, a_cut_touches_no_descriptor_that_was_reused) {
  // Given a connection whose user has closed its descriptor
  test_node a{"a"};
  test_node b{"b"};
  b.dial(a);
  auto at_b = b.connection();
  a.connection();
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
  // When the number belongs to something else
  ASSERT_EQ(::dup2(pair[0], at_b.fd), at_b.fd);
  at_b.guard->cut();
  // Then that is left alone
  EXPECT_TRUE(send_all(at_b.fd, "alive"));
  EXPECT_EQ(receive(pair[1], 5), "alive");
  ::close(pair[0]);
  ::close(pair[1]);
}

TEST(asio_peer_transport_test, refuses_another_secret) {
  auto options = options_of("b");
  options.secret = "guess";
  expect_refused(options, refusal_reason::secret, "refuses b at 127.0.0.1:",
                 "the cluster secret does not match");
}

TEST(asio_peer_transport_test, refuses_another_cluster) {
  auto options = options_of("b");
  options.cluster = "staging";
  expect_refused(options, refusal_reason::cluster,
                 R"(it belongs to cluster "staging", this node to "c")",
                 R"(it belongs to cluster "c", this node to "staging")");
}

TEST(asio_peer_transport_test, refuses_another_version) {
  auto options = options_of("b");
  options.version = 9;
  expect_refused(options, refusal_reason::version, "it speaks version 9",
                 "it speaks version 1");
}

TEST(asio_peer_transport_test, refuses_a_node_with_its_own_name) {
  auto options = options_of("b");
  options.self.node = "a";
  expect_refused(options, refusal_reason::same_name,
                 R"(both nodes are named "a")", R"(both nodes are named "a")");
}

TEST(asio_peer_transport_test, refuses_itself) {
  test_node a{"a"};
  a.dial(a);
  EXPECT_THAT(a.failure(), HasSubstr("this node itself"));
}

TEST(asio_peer_transport_test, says_why_a_host_cannot_be_reached) {
  test_node a{"a"};
  std::uint16_t free_port = 0;
  {
    test_node gone{"b"};
    free_port = gone.port();
  }
  auto address = "127.0.0.1:" + std::to_string(free_port);
  a.transport().dial(address);
  EXPECT_THAT(a.failure(), AllOf(HasSubstr(address), HasSubstr("refused")));
  a.transport().dial("nowhere");
  EXPECT_THAT(a.failure(), HasSubstr("\"nowhere\" is not an address"));
}

TEST(asio_peer_transport_test, gives_up_a_node_that_accepts_and_says_nothing) {
  auto listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);

  auto options = options_of("a");
  options.handshake_timeout = std::chrono::milliseconds{100};
  test_node a{options};
  a.transport().dial("127.0.0.1:" + std::to_string(ntohs(at.sin_port)));
  EXPECT_THAT(a.failure(), HasSubstr("within 100 ms"));
  ::close(listener);
}

TEST(asio_peer_transport_test,
     a_stop_fails_what_is_under_way_and_keeps_the_rest) {
  auto options = options_of("a");
  options.handshake_timeout = std::chrono::seconds{60};
  test_node a{options};
  test_node b{"b"};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  raw_client idle{a.port()};
  ASSERT_TRUE(eventually([&] { return a.metrics().pending.value() == 1; }));

  a.transport().stop();
  EXPECT_LT(idle.until_closed(), std::chrono::seconds{5});
  EXPECT_TRUE(eventually([&] { return !raw_client{a.port()}.connected(); }));
  a.dial(b);
  EXPECT_THAT(a.failure(), HasSubstr("this node stops"));
  ASSERT_TRUE(send_all(at_a.fd, "still here"));
  EXPECT_EQ(receive(at_b.fd, 10), "still here");
}

TEST(asio_peer_transport_test, calls_back_exactly_once_for_each_dial) {
  test_node a{"a"};
  auto options = options_of("b");
  options.secret = "guess";
  test_node b{options};
  for (auto i = 0; i < 50; ++i)
    b.dial(a);
  for (auto i = 0; i < 50; ++i)
    b.failure();
  EXPECT_EQ(b.metrics().dials.value(), 50U);
  EXPECT_EQ(b.failure_count() + b.connection_count(), 50U);
}

TEST(asio_peer_transport_test, says_which_address_is_in_use) {
  test_node a{"a"};
  auto options = options_of("b");
  options.listen = {"127.0.0.1", a.port()};
  asio_peer_transport b{options};
  try {
    b.open();
    FAIL() << "it was bound twice";
  } catch (const std::runtime_error& failed) {
    EXPECT_THAT(failed.what(), AllOf(HasSubstr(a.address()),
                                     HasSubstr("Address already in use")));
  }
}

TEST(asio_peer_transport_test, does_not_open_without_a_secret_or_certificates) {
  auto options = options_of("a");
  options.secret.clear();
  asio_peer_transport a{options};
  EXPECT_THROW(a.open(), std::runtime_error);
}

} // namespace
} // namespace net::peer::test
