#include "net/peer/handshake_frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(handshake_frame_test, lays_out_header_and_body) {
  using namespace std::string_literals;
  EXPECT_EQ(net::peer::make_frame(0x0102, "abc"),
            "ROST"     // magic
            "\x01\x02" // version
            "\x00\x03" // length of the body
            "abc"s);
}

TEST(handshake_frame_test, refuses_junk_by_its_first_wrong_byte) {
  using net::peer::may_begin_frame;
  using namespace std::string_literals;
  EXPECT_TRUE(may_begin_frame("R"));
  EXPECT_FALSE(may_begin_frame("G"));
  EXPECT_FALSE(may_begin_frame("ROSS"));
  EXPECT_TRUE(may_begin_frame("ROST\x00\x01\x10\x00"s)) << "4096 bytes";
  EXPECT_FALSE(may_begin_frame("ROST\x00\x01\x10\x01"s)) << "4097 bytes";
}

} // namespace
