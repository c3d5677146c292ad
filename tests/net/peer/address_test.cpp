#include "net/peer/address.hpp"
#include "net/peer/frame.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace {

using net::peer::parse_host_port;

TEST(address_test, splits_host_and_port) {
  auto name = parse_host_port("node-1.example:7000");
  EXPECT_EQ(name.host, "node-1.example");
  EXPECT_EQ(name.port, 7000);
  auto ipv6 = parse_host_port("[::1]:0");
  EXPECT_EQ(ipv6.host, "::1");
  EXPECT_EQ(ipv6.port, 0);
  EXPECT_EQ(to_string(ipv6), "[::1]:0");
}

TEST(address_test, refuses_what_is_no_address_and_quotes_it) {
  for (auto* text : {"", "host", ":1", "host:", "host:x", "host:65536",
                     "host:1x", "::1:7000", "[::1", "[]:1", "host:-1"}) {
    try {
      parse_host_port(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const std::invalid_argument& wrong) {
      EXPECT_THAT(wrong.what(),
                  testing::HasSubstr("\"" + std::string{text} + "\""));
    }
  }
}

TEST(frame_test, lays_out_header_and_body) {
  using namespace std::string_literals;
  EXPECT_EQ(net::peer::make_frame(0x0102, "abc"),
            "ROST"     // magic
            "\x01\x02" // version
            "\x00\x03" // length of the body
            "abc"s);
}

TEST(frame_test, refuses_junk_by_its_first_wrong_byte) {
  using net::peer::may_begin_frame;
  using namespace std::string_literals;
  EXPECT_TRUE(may_begin_frame("R"));
  EXPECT_FALSE(may_begin_frame("G"));
  EXPECT_FALSE(may_begin_frame("ROSS"));
  EXPECT_TRUE(may_begin_frame("ROST\x00\x01\x10\x00"s)) << "4096 bytes";
  EXPECT_FALSE(may_begin_frame("ROST\x00\x01\x10\x01"s)) << "4097 bytes";
}

} // namespace
