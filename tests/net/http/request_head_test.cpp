#include "net/http/request_head.hpp"

#include <boost/beast/http/parser.hpp>
#include <gtest/gtest.h>

namespace net {

namespace {

using state = head_scanner::state;

constexpr std::size_t limit = 8192;

state scanned(std::string_view bytes) {
  return head_scanner{limit}.scan(bytes);
}

/// The status that a head is refused with, or 0.
unsigned refused(std::string head, http_request* settled = nullptr) {
  head += "\r\n";
  head_scanner scanner{limit};
  const auto found = scanner.scan(head);
  if (found == state::wrong)
    return scanner.refusal().status;
  EXPECT_EQ(found, state::whole) << head;
  http::request_parser<http::string_body> parser;
  error_code ec;
  parser.put(asio::buffer(head), ec);
  if (ec)
    return 400;
  const auto refusal = settle_head(parser.get());
  if (settled != nullptr)
    *settled = parser.get();
  return refusal ? refusal->status : 0;
}

unsigned refused_with(const std::string& lines,
                      const std::string& first = "GET / HTTP/1.1\r\n") {
  return refused(first + "Host: a\r\n" + lines);
}

} // namespace

// -- bytes --------------------------------------------------------------------

TEST(head_scanner_test, finds_the_end_wherever_the_bytes_are_cut) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  head_scanner scanner{limit};
  for (std::size_t n = 0; n < head.size(); ++n)
    ASSERT_EQ(scanner.scan(head.substr(0, n)), state::more) << n;
  EXPECT_EQ(scanner.scan(head + "body"), state::whole);
  EXPECT_EQ(scanner.begin(), 0U);
}

TEST(head_scanner_test, refuses_line_ends_that_are_not_crlf) {
  EXPECT_EQ(scanned("GET / HTTP/1.1\nHost: a\n\n"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\nHost: a\n\r\n"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\nHost: a\rb\r\n"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\r\n"), state::wrong);
}

TEST(head_scanner_test, refuses_a_folded_line) {
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\nHost: a\r\n b"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\nHost: a\r\n\tb"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\n Host: a"), state::wrong);
}

TEST(head_scanner_test, refuses_control_characters_at_the_first) {
  EXPECT_EQ(scanned(std::string(8, '\0')), state::wrong);
  EXPECT_EQ(scanned("\x16\x03\x01"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\nA: \x7F"), state::wrong);
  EXPECT_EQ(scanned("GET / HTTP/1.1\r\nA: \t\xC3\xA4\r\n\r\n"), state::whole);
}

TEST(head_scanner_test, skips_one_blank_line_and_no_more) {
  head_scanner scanner{limit};
  EXPECT_EQ(scanner.scan("\r\nGET / HTTP/1.1\r\n\r\n"), state::whole);
  EXPECT_EQ(scanner.begin(), 2U);
  EXPECT_EQ(scanned("\r\n\r\n"), state::wrong);
}

TEST(head_scanner_test, refuses_more_bytes_than_the_limit) {
  const std::string line = "GET / HTTP/1.1\r\nA: ";
  head_scanner exact{line.size() + 4};
  EXPECT_EQ(exact.scan(line + "\r\n\r\n"), state::whole);
  head_scanner over{line.size() + 3};
  EXPECT_EQ(over.scan(line + "\r\n\r\n"), state::wrong);
  EXPECT_EQ(over.refusal().status, 431U);
}

TEST(head_scanner_test, refuses_more_fields_than_the_limit) {
  std::string fields = "Host: a\r\n";
  for (std::size_t i = 1; i < max_header_fields; ++i)
    fields += "a:\r\n";
  EXPECT_EQ(refused("GET / HTTP/1.1\r\n" + fields), 0U);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\n" + fields + "a:\r\n"), 431U);
}

// -- meaning ------------------------------------------------------------------

TEST(request_head_test, wants_one_host) {
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\n"), 0U);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\n"), 400U);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n"), 400U);
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n"), 400U);
  EXPECT_EQ(refused("GET / HTTP/1.0\r\n"), 0U);
}

TEST(request_head_test, knows_a_host_from_other_text) {
  for (const auto* host :
       {"a", "a.example:80", "127.0.0.1:8000", "[::1]", "[::1]:80", "a:"})
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n"),
              0U)
        << host;
  for (const auto* host : {"", "a b", "a,b", "a/b", "u@a", "a:b", "a:1:2",
                           "[::1", "[::1]x", ":80", "a?b", "a#b", "a\\b"})
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n"),
              400U)
        << host;
}

TEST(request_head_test, takes_the_authority_of_an_absolute_target) {
  http_request request;
  EXPECT_EQ(refused("GET http://b:80/x?y=z HTTP/1.1\r\nHost: a\r\n", &request),
            0U);
  EXPECT_EQ(path_of(request), "/x");
  EXPECT_EQ(query_parameter(request, "y"), "z");
  EXPECT_EQ(header(request, http::field::host), "b:80");
  EXPECT_EQ(refused("GET HTTPS://b HTTP/1.1\r\nHost: a\r\n", &request), 0U);
  EXPECT_EQ(request.target(), "/");
  EXPECT_EQ(refused("GET http://b?q HTTP/1.1\r\nHost: a\r\n", &request), 0U);
  EXPECT_EQ(request.target(), "/?q");
}

TEST(request_head_test, refuses_targets_that_are_neither_path_nor_url) {
  for (const auto* target : {"x", "*", "b:80", "ftp://b/", "http:///x",
                             "http://u@b/", "http://", "/x#y", "://b/"})
    EXPECT_EQ(
        refused("GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n"),
        400U)
        << target;
  EXPECT_EQ(refused_with("", "OPTIONS * HTTP/1.1\r\n"), 0U);
}

TEST(request_head_test, takes_no_coding_but_chunked) {
  EXPECT_EQ(refused_with("Transfer-Encoding: chunked\r\n"), 0U);
  EXPECT_EQ(refused_with("Transfer-Encoding: Chunked\r\n"), 0U);
  for (const auto* coding : {"gzip", "identity", "xchunked", "chunked, chunked",
                             "chunked, gzip", "", "chunked;q=1"})
    EXPECT_EQ(
        refused_with("Transfer-Encoding: " + std::string{coding} + "\r\n"),
        400U)
        << coding;
  EXPECT_EQ(refused_with("Transfer-Encoding: gzip, chunked\r\n"), 501U);
  EXPECT_EQ(refused_with("Transfer-Encoding: chunked\r\n"
                         "Transfer-Encoding: chunked\r\n"),
            400U);
  EXPECT_EQ(
      refused_with("Transfer-Encoding: chunked\r\n", "GET / HTTP/1.0\r\n"),
      400U);
}

TEST(request_head_test, takes_no_coding_beside_a_length) {
  EXPECT_EQ(refused_with("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"),
            400U);
  EXPECT_EQ(refused_with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
            400U);
}

TEST(request_head_test, takes_a_length_that_is_one_number) {
  EXPECT_EQ(refused_with("Content-Length: 10\r\n"), 0U);
  for (const auto* length :
       {"+1", "-1", "1, 1", "0x1", "1 1", "", "99999999999999999999", "1.0"})
    EXPECT_EQ(refused_with("Content-Length: " + std::string{length} + "\r\n"),
              400U)
        << length;
  EXPECT_EQ(refused_with("Content-Length: 1\r\nContent-Length: 1\r\n"), 400U);
}

TEST(request_head_test, refuses_names_that_are_no_tokens) {
  for (const auto* line :
       {"A : b", "A B: c", ": b", "A\xC3\xA4: b", "no colon", "(a): b"})
    EXPECT_EQ(refused_with(std::string{line} + "\r\n"), 400U) << line;
}

TEST(request_head_test, refuses_single_values_that_are_there_twice) {
  for (const std::string name :
       {"Sec-WebSocket-Version", "Sec-WebSocket-Key", "Origin", "X-API-Key",
        "Authorization", "Content-Type"})
    EXPECT_EQ(refused_with(name + ": a\r\n" + name + ": a\r\n"), 400U) << name;
}

TEST(request_head_test, joins_lists_over_several_lines) {
  http_request request;
  EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n"
                    "Connection: Upgrade\r\nUpgrade: h2c\r\n"
                    "upgrade: websocket\r\nSec-WebSocket-Protocol: x\r\n"
                    "Sec-WebSocket-Protocol: y\r\nCookie: a=b\r\n"
                    "Cookie: c=d\r\n",
                    &request),
            0U);
  EXPECT_EQ(header(request, http::field::connection), "keep-alive, Upgrade");
  EXPECT_EQ(header(request, http::field::upgrade), "h2c, websocket");
  EXPECT_EQ(header(request, http::field::sec_websocket_protocol), "x, y");
  EXPECT_EQ(cookie(request, "c"), "d");
}

} // namespace net
