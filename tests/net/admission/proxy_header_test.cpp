#include "net/admission/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace net {

namespace {

using state = proxy_header::state;
using namespace std::string_literals;

/// Feeds a header as it may be read, followed by what is not its own; answers
/// the client, or what became of it. `rest` is what was left.
std::string read(std::string bytes, std::string* rest = nullptr) {
  bytes += "GET / HTTP/1.1\r\n";
  proxy_header header;
  auto is = state::more;
  while (is == state::more && !bytes.empty()) {
    const auto part = bytes.substr(0, header.wanted());
    bytes.erase(0, part.size());
    is = header.take(part);
  }
  if (rest != nullptr)
    *rest = bytes;
  if (is != state::whole)
    return is == state::more ? "more" : "wrong";
  return header.client() ? header.client()->to_string() : "nobody";
}

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

} // namespace

TEST(proxy_header_test, reads_a_line) {
  std::string rest;
  EXPECT_EQ(read("PROXY TCP4 192.0.2.7 192.0.2.1 56324 443\r\n", &rest),
            "192.0.2.7");
  EXPECT_EQ(rest, "GET / HTTP/1.1\r\n");
  EXPECT_EQ(read("PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n"),
            "2001:db8::7");
  EXPECT_EQ(read("PROXY UNKNOWN\r\n", &rest), "nobody");
  EXPECT_EQ(rest, "GET / HTTP/1.1\r\n");
  EXPECT_EQ(read("PROXY UNKNOWN ffff:f...f:ffff 1 2 3\r\n"), "nobody");
}

TEST(proxy_header_test, reads_the_binary_form) {
  std::string rest;
  EXPECT_EQ(
      read(signature + "\x21\x11\0\x0c"s + "\xc0\0\2\7\xc0\0\2\1\1\2\3\4"s,
           &rest),
      "192.0.2.7");
  EXPECT_EQ(rest, "GET / HTTP/1.1\r\n");
  EXPECT_EQ(read(signature + "\x21\x21\0\x24"s + "\x20\1\x0d\xb8"s
                 + std::string(11, '\0') + "\7" + std::string(20, '\0')),
            "2001:db8::7");
  // What balancers add behind the addresses.
  EXPECT_EQ(read(signature + "\x21\x11\0\x10"s + "\xc0\0\2\7\xc0\0\2\1\1\2\3\4"s
                     + "\4\0\1x"s,
                 &rest),
            "192.0.2.7");
  EXPECT_EQ(rest, "GET / HTTP/1.1\r\n");
  EXPECT_EQ(read(signature + "\x20\0\0\0"s), "nobody"); // LOCAL
  EXPECT_EQ(read(signature + "\x21\0\0\0"s), "nobody"); // UNSPEC
}

TEST(proxy_header_test, refuses_what_is_none) {
  for (const auto& bytes :
       {""s, "PROXY TCP4 192.0.2.7\r\n"s,
        "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n"s,
        "PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n"s,
        "PROXY TCP5 192.0.2.7 192.0.2.1 1 2\r\n"s,
        "PROXY TCP4 nobody 192.0.2.1 1 2\r\n"s,
        "PROXY TCP4 192.0.2.7 nobody 1 2\r\n"s,
        "PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n"s,
        "PROXY TCP4 192.0.2.7 192.0.2.1 one 2\r\n"s,
        "PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n"s,
        "PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n"s,
        "PROXY TCP6 fe80::1%lo 2001:db8::1 1 2\r\n"s,
        "PROXY TCP4 " + std::string(200, '1') + "\r\n",
        signature + "\x11\x11\0\x0c"s + std::string(12, 'x'),
        signature + "\x22\x11\0\x0c"s + std::string(12, 'x'),
        signature + "\x21\x11\0\x08"s + std::string(8, 'x'),
        signature + "\x21\x21\0\x0c"s + std::string(12, 'x'),
        signature + "\x21\x11\xff\xff"s})
    EXPECT_EQ(read(bytes), "wrong") << bytes;
}

} // namespace net
