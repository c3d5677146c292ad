#include "net/load/http_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net::load {

using status = http_answer::status;

TEST(http_client_test, waits_for_the_whole_answer) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nX: y\r\n"
                            "CONTENT-length: 5\r\n\r\nhello";
  for (std::size_t i = 0; i < bytes.size(); ++i)
    EXPECT_EQ(read_http_answer(bytes.substr(0, i)).what, status::incomplete);
  auto more = bytes + "HTTP/1.1";
  auto answer = read_http_answer(more);
  EXPECT_EQ(answer.what, status::complete);
  EXPECT_EQ(answer.code, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.size, bytes.size());
}

TEST(http_client_test, takes_an_answer_without_content) {
  auto answer = read_http_answer("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(answer.what, status::complete);
  EXPECT_EQ(answer.body, "");
}

TEST(http_client_test, refuses_what_has_no_length) {
  for (auto bytes : {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                     "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                     "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
                     "HTTP/1.1 x\r\n\r\n", "SSH-2.0\r\n\r\n"})
    EXPECT_EQ(read_http_answer(bytes).what, status::malformed) << bytes;
}

} // namespace net::load
