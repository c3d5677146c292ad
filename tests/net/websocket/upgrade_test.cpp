#include "net/websocket/upgrade.hpp"

#include <gtest/gtest.h>

namespace net {

TEST(upgrade_test, answers_as_the_example_of_the_rfc) {
  EXPECT_EQ(upgrade_answer("dGhlIHNhbXBsZSBub25jZQ==", "centrifuge-protobuf"),
            "HTTP/1.1 101 Switching Protocols\r\n"
            "Server: Roost\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            "Sec-WebSocket-Protocol: centrifuge-protobuf\r\n\r\n");
}

TEST(upgrade_test, names_no_protocol_that_was_not_chosen) {
  EXPECT_EQ(upgrade_answer("dGhlIHNhbXBsZSBub25jZQ==", "").find("Protocol:"),
            std::string::npos);
}

TEST(upgrade_test, takes_keys_of_16_bytes) {
  EXPECT_TRUE(is_upgrade_key("dGhlIHNhbXBsZSBub25jZQ=="));
  EXPECT_FALSE(is_upgrade_key(""));
  EXPECT_FALSE(is_upgrade_key("dGhlIHNhbXBsZQ=="));
  EXPECT_FALSE(is_upgrade_key("dGhlIHNhbXBsZSBub25jZQ"));
  EXPECT_FALSE(is_upgrade_key("!GhlIHNhbXBsZSBub25jZQ=="));
}

TEST(upgrade_test, chooses_the_format) {
  using proto::wire_format;
  EXPECT_EQ(choose_upgrade("/c", "").format, wire_format::json);
  EXPECT_EQ(choose_upgrade("/c?format=protobuf", "").format,
            wire_format::protobuf);
  EXPECT_EQ(choose_upgrade("/c?a=b&cf_protocol=protobuf", "").format,
            wire_format::protobuf);
  const auto offered = choose_upgrade("/c", "x, centrifuge-protobuf");
  EXPECT_EQ(offered.format, wire_format::protobuf);
  EXPECT_EQ(offered.subprotocol, "centrifuge-protobuf");
}

} // namespace net
