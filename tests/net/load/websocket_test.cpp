#include "net/load/websocket.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net::load {

namespace {

using frame_status = frame_header::status;
using answer_status = upgrade_answer::status;

frame_header header_of(std::string_view bytes) {
  return read_frame_header(bytes.data(), bytes.size());
}

constexpr std::string_view accepted =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "sec-websocket-ACCEPT:   s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

} // namespace

TEST(websocket_test, writes_frames_with_a_mask_of_zero) {
  std::string out;
  append_frame(out, opcode::text, "hi");
  EXPECT_EQ(out, (std::string{"\x81" // final, text
                              "\x82" // masked, 2 bytes
                              "\0\0\0\0hi",
                              8}));
}

TEST(websocket_test, writes_longer_lengths_with_more_bytes) {
  for (std::size_t size : {125u, 126u, 65'535u, 65'536u}) {
    std::string out;
    append_frame(out, opcode::binary, std::string(size, 'x'));
    // A server's frame has no mask: take the bit away to read it.
    out[1] = static_cast<char>(out[1] & 0x7f);
    auto header = header_of(out);
    EXPECT_EQ(header.what, frame_status::complete);
    EXPECT_EQ(header.payload_size, size);
    EXPECT_EQ(header.size + 4 + size, out.size());
  }
}

TEST(websocket_test, waits_for_every_byte_of_a_header) {
  const std::string header{"\x82\x7f\0\0\0\0\0\1\0\2", 10};
  for (std::size_t i = 0; i < header.size(); ++i)
    EXPECT_EQ(header_of(header.substr(0, i)).what, frame_status::incomplete);
  auto whole = header_of(header);
  EXPECT_EQ(whole.what, frame_status::complete);
  EXPECT_EQ(whole.kind, opcode::binary);
  EXPECT_EQ(whole.payload_size, 65'538u);
  EXPECT_EQ(whole.size, 10);
}

TEST(websocket_test, sees_the_fragments_of_a_message) {
  EXPECT_FALSE(header_of("\x01\x03").final);
  EXPECT_TRUE(header_of("\x80\x03").final);
  EXPECT_EQ(header_of("\x80\x03").kind, opcode::continuation);
}

TEST(websocket_test, refuses_what_a_server_must_not_send) {
  EXPECT_EQ(header_of("\xa1\x03").what, frame_status::malformed); // reserved
  EXPECT_EQ(header_of("\x81\x83").what, frame_status::malformed); // masked
}

TEST(websocket_test, sees_that_a_message_is_compressed) {
  EXPECT_TRUE(header_of("\xc1\x03").compressed);
  EXPECT_FALSE(header_of("\x81\x03").compressed);
}

TEST(websocket_test, insists_on_the_extension_that_it_offers) {
  EXPECT_NE(upgrade_request("a", "/", "", true)
                .find("\r\nSec-WebSocket-Extensions: permessage-deflate;"),
            std::string::npos);
  EXPECT_EQ(upgrade_request("a", "/", "").find("Extensions"),
            std::string::npos);
  EXPECT_EQ(read_upgrade_answer(accepted, true).what, answer_status::refused);
  auto agreed = std::string{accepted};
  agreed.insert(agreed.size() - 2,
                "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_EQ(read_upgrade_answer(agreed, true).what, answer_status::accepted);
  EXPECT_EQ(read_upgrade_answer(agreed).what, answer_status::refused);
}

TEST(websocket_test, reads_the_start_of_a_stream) {
  EXPECT_EQ(read_stream_answer("HTTP/1.1 200 OK\r\nA: b\r\n\r\n{}").size, 25u);
  EXPECT_EQ(read_stream_answer("HTTP/1.1 200 OK\r\n").what,
            answer_status::incomplete);
  EXPECT_EQ(read_stream_answer("HTTP/1.1 404 Not Found\r\n\r\n").what,
            answer_status::refused);
}

TEST(websocket_test, asks_for_an_upgrade) {
  EXPECT_EQ(upgrade_request("example:80", "/x", "p"),
            "GET /x HTTP/1.1\r\n"
            "Host: example:80\r\n"
            "Connection: Upgrade\r\n"
            "Upgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: p\r\n\r\n");
}

TEST(websocket_test, takes_the_answer_when_it_is_whole) {
  for (std::size_t i = 0; i < accepted.size(); ++i)
    EXPECT_EQ(read_upgrade_answer(accepted.substr(0, i)).what,
              answer_status::incomplete);
  auto answer = read_upgrade_answer(std::string{accepted} + "\x81");
  EXPECT_EQ(answer.what, answer_status::accepted);
  EXPECT_EQ(answer.size, accepted.size());
}

TEST(websocket_test, says_what_was_answered_in_place_of_an_upgrade) {
  auto answer = read_upgrade_answer("HTTP/1.1 404 Not\x01 Found\r\n\r\n");
  EXPECT_EQ(answer.what, answer_status::refused);
  EXPECT_EQ(answer.why, "answers \"HTTP/1.1 404 Not? Found\" in place of "
                        "becoming a WebSocket");
}

TEST(websocket_test, refuses_a_wrong_key_and_extensions) {
  std::string wrong{accepted};
  wrong[wrong.find("s3pP")] = 'x';
  EXPECT_EQ(read_upgrade_answer(wrong).what, answer_status::refused);
  std::string extended{accepted};
  extended.insert(extended.size() - 2,
                  "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_EQ(read_upgrade_answer(extended).what, answer_status::refused);
  EXPECT_EQ(read_upgrade_answer(std::string(20'000, 'x')).what,
            answer_status::refused);
}

} // namespace net::load
