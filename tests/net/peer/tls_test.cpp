#include "tests/net/peer/certificates.hpp"
#include "tests/net/peer/peer_test.hpp"
#include "tests/net/peer/raw_client.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <gmock/gmock.h>

#include <ctime>
#include <fstream>
#include <future>
#include <random>
#include <unistd.h>

namespace net::peer::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

class tls_test : public testing::Test {
protected:
  authority ca{"the cluster"};

  peer_options with_tls(const std::string& node) const {
    auto options = options_of(node);
    options.secret.clear();
    options.tls = ca.certify(node);
    return options;
  }
};

TEST_F(tls_test, connects_nodes_of_one_authority) {
  test_node a{with_tls("a")};
  test_node b{with_tls("b")};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  EXPECT_EQ(at_a.peer.node, "b");
  EXPECT_EQ(at_b.peer.node, "a");
  ASSERT_TRUE(send_all(at_a.fd, "from a"));
  ASSERT_TRUE(send_all(at_b.fd, "from b"));
  EXPECT_EQ(receive(at_b.fd, 6), "from a");
  EXPECT_EQ(receive(at_a.fd, 6), "from b");
}

TEST_F(tls_test, carries_ten_megabytes_each_way_unchanged) {
  test_node a{with_tls("a")};
  test_node b{with_tls("b")};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  std::string bytes(10'000'000, '\0');
  std::mt19937 random{3};
  for (auto& c : bytes)
    c = static_cast<char>(random());
  auto sent_a = std::async([&] { return send_all(at_a.fd, bytes); });
  auto sent_b = std::async([&] { return send_all(at_b.fd, bytes); });
  auto got_a = std::async([&] { return receive(at_a.fd, bytes.size()); });
  EXPECT_TRUE(receive(at_b.fd, bytes.size()) == bytes);
  EXPECT_TRUE(got_a.get() == bytes);
  EXPECT_TRUE(sent_a.get());
  EXPECT_TRUE(sent_b.get());
}

TEST_F(tls_test, a_reader_that_stops_stops_the_writer) {
  test_node a{with_tls("a")};
  test_node b{with_tls("b")};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  // Writes until no more is taken for 200 ms: what lies between is bounded.
  std::string block(65536, 'x');
  std::size_t taken = 0;
  auto last = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - last < 200ms) {
    auto n = ::write(at_a.fd, block.data(), block.size());
    if (n <= 0)
      continue;
    taken += static_cast<std::size_t>(n);
    last = std::chrono::steady_clock::now();
    ASSERT_LT(taken, 64U << 20U);
  }
  EXPECT_EQ(receive(at_b.fd, taken).size(), taken);
}

TEST_F(tls_test, what_was_written_before_the_end_arrives) {
  test_node a{with_tls("a")};
  test_node b{with_tls("b")};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  std::string bytes(1'000'000, 'x');
  auto sent = std::async([&] {
    auto all = send_all(at_a.fd, bytes);
    ::shutdown(at_a.fd, SHUT_WR);
    return all;
  });
  EXPECT_EQ(receive(at_b.fd, bytes.size()).size(), bytes.size());
  EXPECT_TRUE(at_end(at_b.fd));
  EXPECT_TRUE(sent.get());
}

TEST_F(tls_test, a_cut_ends_both_ends) {
  test_node a{with_tls("a")};
  test_node b{with_tls("b")};
  b.dial(a);
  auto at_a = a.connection();
  auto at_b = b.connection();
  EXPECT_EQ(a.metrics().tls_pumps.value(), 1);
  at_b.guard->cut();
  EXPECT_TRUE(at_end(at_b.fd));
  EXPECT_TRUE(at_end(at_a.fd));
  EXPECT_TRUE(eventually([&] { return a.metrics().tls_pumps.value() == 0; }));
  EXPECT_TRUE(eventually([&] { return b.metrics().tls_pumps.value() == 0; }));
}

TEST_F(tls_test, ends_what_it_handed_out_when_it_is_destroyed) {
  test_node a{with_tls("a")};
  auto b = std::make_unique<test_node>(with_tls("b"));
  b->dial(a);
  auto at_a = a.connection();
  auto at_b = b->connection();
  b.reset();
  EXPECT_TRUE(at_end(at_a.fd));
  at_b.guard->cut();
}

TEST_F(tls_test, still_wants_the_secret_when_one_is_set) {
  auto with_secret = with_tls("a");
  with_secret.secret = "s3cret";
  test_node a{with_secret};
  test_node b{with_tls("b")};
  b.dial(a);
  EXPECT_THAT(b.failure(), HasSubstr("the cluster secret does not match"));
  with_secret = with_tls("d");
  with_secret.secret = "s3cret";
  test_node d{with_secret};
  d.dial(a);
  EXPECT_EQ(d.connection().peer.node, "a");
}

TEST_F(tls_test, refuses_a_certificate_of_another_authority) {
  authority foreign{"the cluster"};
  test_node a{with_tls("a")};
  auto options = with_tls("b");
  options.tls = foreign.certify("b");
  options.tls->ca = ca.certify("x").ca;
  test_node b{options};
  b.dial(a);
  EXPECT_THAT(b.failure(), HasSubstr("TLS failed"));
  EXPECT_TRUE(a.logs("TLS failed"));
  EXPECT_EQ(a.connection_count(), 0U);
}

TEST_F(tls_test, does_not_join_a_node_of_another_authority) {
  authority foreign{"the cluster"};
  auto options = with_tls("a");
  options.tls = foreign.certify("a");
  test_node a{options};
  test_node b{with_tls("b")};
  b.dial(a);
  EXPECT_THAT(b.failure(),
              AllOf(HasSubstr("TLS failed"), HasSubstr("certificate")));
  EXPECT_EQ(b.connection_count(), 0U);
}

TEST_F(tls_test, refuses_who_shows_no_certificate) {
  namespace asio = boost::asio;
  test_node a{with_tls("a")};
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tlsv13};
  asio::ssl::stream<asio::ip::tcp::socket> stream{io, context};
  stream.next_layer().connect({asio::ip::address_v4::loopback(), a.port()});
  boost::system::error_code ec;
  stream.handshake(asio::ssl::stream_base::client, ec);
  char byte = 0;
  if (!ec)
    asio::read(stream, asio::buffer(&byte, 1), ec);
  EXPECT_TRUE(ec);
  EXPECT_TRUE(a.logs("TLS failed")) << a.log_text();
}

TEST_F(tls_test, speaks_nothing_older_than_1_3) {
  namespace asio = boost::asio;
  test_node a{with_tls("a")};
  auto files = ca.certify("old");
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tlsv12};
  context.use_certificate_chain_file(files.certificate);
  context.use_private_key_file(files.key, asio::ssl::context::pem);
  asio::ssl::stream<asio::ip::tcp::socket> stream{io, context};
  stream.next_layer().connect({asio::ip::address_v4::loopback(), a.port()});
  boost::system::error_code ec;
  stream.handshake(asio::ssl::stream_base::client, ec);
  EXPECT_TRUE(ec);
}

TEST_F(tls_test, says_so_when_only_one_side_has_certificates) {
  test_node secure{with_tls("a")};
  test_node plain{"b"};
  plain.dial(secure);
  EXPECT_THAT(plain.failure(), HasSubstr("it may want TLS"));
  EXPECT_TRUE(secure.logs("it does not speak TLS"));
  secure.dial(plain);
  EXPECT_THAT(secure.failure(), HasSubstr("127.0.0.1"));
  EXPECT_TRUE(plain.logs("it speaks TLS")) << plain.log_text();
}

TEST_F(tls_test, junk_and_silence_cost_no_cpu_and_end_in_time) {
  auto options = with_tls("a");
  options.handshake_timeout = 1s;
  test_node a{options};
  raw_client idle{a.port()};
  raw_client half{a.port()};
  half.send({"\x16\x03\x01\x02\x00\x01", 6});
  raw_client junk{a.port()};
  junk.send(std::string(400, 'j'));
  EXPECT_LT(junk.until_closed(), 900ms);
  timespec before{};
  timespec after{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  EXPECT_LT(idle.until_closed(), 5s);
  EXPECT_LT(half.until_closed(), 5s);
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  EXPECT_LT((after.tv_sec - before.tv_sec) * 1000
                + (after.tv_nsec - before.tv_nsec) / 1'000'000,
            50);
}

TEST_F(tls_test, names_the_file_that_cannot_be_used) {
  auto expect = [](peer_options options, const std::string& file) {
    asio_peer_transport node{std::move(options)};
    try {
      node.open();
      ADD_FAILURE() << file << " was taken";
    } catch (const std::runtime_error& failed) {
      EXPECT_THAT(failed.what(), HasSubstr(file));
    }
  };
  auto options = with_tls("a");
  options.tls->certificate = "/nowhere/a.pem";
  expect(options, "/nowhere/a.pem");
  options = with_tls("a");
  options.tls->key = ca.certify("b").key;
  expect(options, "b.key");
  options = with_tls("a");
  std::ofstream{options.tls->ca + ".bad"} << "nothing";
  options.tls->ca += ".bad";
  expect(options, ".bad");
}

} // namespace
} // namespace net::peer::test
