#include "net/peer/handshake.hpp"
#include "net/peer/proof.hpp"
#include "proto/handshake.pb.h"

#include <gmock/gmock.h>

#include <random>

namespace {

using namespace net::peer;
using testing::HasSubstr;
using testing::Not;

handshake_terms terms_of(const std::string& node) {
  return {
      {node, "0123456789abcdef", node + ":7000", node == "a"}, "c", "s3cret"};
}

/// Gives a whole frame to one side.
handshake::step give(handshake& to, const std::string& frame) {
  std::span<const char, frame_header_size> head{frame.data(),
                                                frame_header_size};
  return to.receive(parse_header(head),
                    std::string_view{frame}.substr(frame_header_size));
}

class handshake_test : public testing::Test {
protected:
  handshake_terms a = terms_of("a");
  handshake_terms b = terms_of("b");

  struct result {
    handshake::step dialler;
    handshake::step acceptor;
  };

  /// Lets b dial a until nobody has anything to say.
  result run(const std::string& channel_b = {},
             const std::string& channel_a = {}) {
    handshake dialler{role::dialler, b, channel_b};
    handshake acceptor{role::acceptor, a, channel_a};
    result last;
    auto frame = dialler.start();
    for (auto turn = 0; !frame.empty() && turn < 9; ++turn) {
      auto& step = turn % 2 == 0 ? last.acceptor : last.dialler;
      step = give(turn % 2 == 0 ? acceptor : dialler, frame);
      frame = step.reply;
    }
    identity_of_b = acceptor.peer();
    identity_of_a = dialler.peer();
    return last;
  }

  /// Both sides must give up, for `reason`, and say `why`.
  void expect_refused(refusal_reason reason, const std::string& why_a,
                      const std::string& why_b) {
    auto last = run();
    EXPECT_FALSE(last.acceptor.done || last.dialler.done);
    ASSERT_TRUE(last.acceptor.refused && last.dialler.refused);
    EXPECT_EQ(last.acceptor.refused->reason, reason);
    EXPECT_EQ(last.dialler.refused->reason, reason);
    EXPECT_NE(last.acceptor.refused->by_peer, last.dialler.refused->by_peer);
    EXPECT_THAT(last.acceptor.refused->why, HasSubstr(why_a));
    EXPECT_THAT(last.dialler.refused->why, HasSubstr(why_b));
  }

  actors::peer_identity identity_of_a;
  actors::peer_identity identity_of_b;
};

TEST_F(handshake_test, introduces_two_nodes_that_know_the_secret) {
  auto last = run();
  EXPECT_TRUE(last.acceptor.done);
  EXPECT_TRUE(last.dialler.done);
  EXPECT_EQ(identity_of_a.node, "a");
  EXPECT_EQ(identity_of_a.address, "a:7000");
  EXPECT_TRUE(identity_of_a.coordinator);
  EXPECT_EQ(identity_of_b.node, "b");
  EXPECT_EQ(identity_of_b.incarnation, "0123456789abcdef");
  EXPECT_FALSE(identity_of_b.coordinator);
}

TEST_F(handshake_test, refuses_another_secret_and_tells_nothing_else) {
  b.secret = "guess";
  expect_refused(refusal_reason::secret, "secret does not match",
                 "secret does not match");

  // The frame itself has the reason and nothing more.
  handshake dialler{role::dialler, b};
  handshake acceptor{role::acceptor, a};
  auto proof = give(dialler, give(acceptor, dialler.start()).reply).reply;
  roost::link::Handshake told;
  told.ParseFromString(give(acceptor, proof).reply.substr(frame_header_size));
  EXPECT_EQ(told.refusal().reason(), roost::link::Handshake::Refusal::SECRET);
  EXPECT_EQ(told.refusal().ByteSizeLong(), 2U);
}

TEST_F(handshake_test, refuses_another_cluster) {
  b.cluster = "staging";
  expect_refused(refusal_reason::cluster,
                 R"(it belongs to cluster "staging", this node to "c")",
                 R"(it belongs to cluster "c", this node to "staging")");
}

TEST_F(handshake_test, refuses_another_version_on_both_sides) {
  b.version = protocol_version + 1;
  expect_refused(refusal_reason::version, "it speaks version 2",
                 "it speaks version 1");
}

TEST_F(handshake_test, refuses_a_node_with_its_own_name) {
  b.self.node = "a";
  b.self.incarnation = "fedcba9876543210";
  expect_refused(refusal_reason::same_name, R"(both nodes are named "a")",
                 R"(both nodes are named "a")");
}

TEST_F(handshake_test, knows_itself) {
  b = a;
  expect_refused(refusal_reason::itself, "this node itself",
                 "this node itself");
}

TEST_F(handshake_test, binds_the_proof_to_the_channel) {
  auto relayed = run("channel of b", "channel of a");
  ASSERT_TRUE(relayed.acceptor.refused);
  EXPECT_EQ(relayed.acceptor.refused->reason, refusal_reason::secret);
  EXPECT_TRUE(run("one channel", "one channel").acceptor.done);
}

TEST_F(handshake_test, refuses_a_recorded_dialler) {
  // Given what a dialler said in a handshake that went well
  handshake dialler{role::dialler, b};
  handshake acceptor{role::acceptor, a};
  auto hello = dialler.start();
  auto proof = give(dialler, give(acceptor, hello).reply).reply;
  ASSERT_TRUE(give(acceptor, proof).done);

  // When somebody says it again
  handshake again{role::acceptor, a};
  ASSERT_FALSE(give(again, hello).refused);
  auto step = give(again, proof);

  // Then it proves nothing
  ASSERT_TRUE(step.refused);
  EXPECT_EQ(step.refused->reason, refusal_reason::secret);
}

TEST_F(handshake_test, refuses_a_recorded_acceptor) {
  handshake dialler{role::dialler, b};
  handshake acceptor{role::acceptor, a};
  auto hello = give(acceptor, dialler.start()).reply;
  auto proof = give(acceptor, give(dialler, hello).reply).reply;
  ASSERT_TRUE(give(dialler, proof).done);

  handshake again{role::dialler, b};
  again.start();
  ASSERT_FALSE(give(again, hello).refused);
  auto step = give(again, proof);
  ASSERT_TRUE(step.refused);
  EXPECT_EQ(step.refused->reason, refusal_reason::secret);
}

TEST_F(handshake_test, refuses_its_own_reflection) {
  // A dialler that hears its own hello.
  handshake dialler{role::dialler, b};
  auto hello = dialler.start();
  EXPECT_EQ(give(dialler, hello).refused->reason, refusal_reason::itself);

  // A dialler whose own proof comes back.
  handshake honest{role::dialler, b};
  handshake acceptor{role::acceptor, a};
  auto proof = give(honest, give(acceptor, honest.start()).reply).reply;
  EXPECT_EQ(give(honest, proof).refused->reason, refusal_reason::secret);

  // An acceptor whose challenge is given to another acceptor of the cluster
  // (as a hello of the node it came from) gets no dialler's proof from it.
  handshake first{role::acceptor, a};
  handshake second{role::acceptor, b};
  auto hello_of_a = give(first, handshake{role::dialler, b}.start()).reply;
  auto hello_of_b = give(second, hello_of_a);
  ASSERT_FALSE(hello_of_b.refused);
  EXPECT_EQ(give(first, hello_of_b.reply).refused->reason,
            refusal_reason::malformed);
}

TEST_F(handshake_test, refuses_what_was_changed_on_the_way) {
  // Whoever changes the address in b's hello makes b's proof worthless.
  handshake dialler{role::dialler, b};
  handshake acceptor{role::acceptor, a};
  auto changed = dialler.start();
  changed.replace(changed.find("b:7000"), 6, "x:7000");
  auto proof = give(dialler, give(acceptor, changed).reply).reply;
  EXPECT_EQ(give(acceptor, proof).refused->reason, refusal_reason::secret);
}

TEST_F(handshake_test, refuses_names_that_would_forge_a_log_line) {
  b.self.node = "b\n[info] all is well";
  handshake dialler{role::dialler, b};
  handshake acceptor{role::acceptor, a};
  auto step = give(acceptor, dialler.start());
  ASSERT_TRUE(step.refused);
  EXPECT_EQ(step.refused->reason, refusal_reason::malformed);
  EXPECT_THAT(step.refused->peer + step.refused->why, Not(HasSubstr("\n")));
}

TEST_F(handshake_test, survives_random_bodies) {
  std::mt19937 random{7};
  for (auto i = 0; i < 2000; ++i) {
    std::string body(random() % 200, '\0');
    for (auto& c : body)
      c = static_cast<char>(random());
    handshake acceptor{role::acceptor, a};
    EXPECT_TRUE(acceptor.receive({protocol_version, 0}, body).refused);
    handshake dialler{role::dialler, b};
    dialler.start();
    EXPECT_TRUE(dialler.receive({protocol_version, 0}, body).refused);
  }
}

TEST_F(handshake_test, survives_every_cut_and_every_flipped_bit) {
  auto whole = handshake{role::dialler, b}.start();
  auto body = whole.substr(frame_header_size);
  for (std::size_t size = 0; size < body.size(); ++size) {
    handshake acceptor{role::acceptor, a};
    EXPECT_TRUE(
        acceptor.receive({protocol_version, 0}, body.substr(0, size)).refused);
  }
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    // Whatever it makes of the hello, the proof of b does not fit it.
    auto flipped = body;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    handshake dialler{role::dialler, b};
    dialler.start();
    handshake acceptor{role::acceptor, a};
    auto step = acceptor.receive({protocol_version, 0}, flipped);
    if (step.refused)
      continue;
    auto proof = give(dialler, step.reply);
    ASSERT_FALSE(proof.refused);
    EXPECT_TRUE(give(acceptor, proof.reply).refused);
  }
}

TEST(proof_test, makes_the_macs_of_rfc_4231) {
  // Test case 2.
  EXPECT_EQ(
      make_mac("Jefe", "what do ya want for nothing?"),
      std::string(
          "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7"
          "\x5a\x00\x3f\x08\x9d\x27\x39\x83\x9d\xec\x58\xb9\x64\xec\x38"
          "\x43",
          32));
  EXPECT_NE(make_nonce(), make_nonce());
}

} // namespace
