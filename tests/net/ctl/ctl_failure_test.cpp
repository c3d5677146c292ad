#include "tests/net/ctl/ctl_support.hpp"

using namespace net;

namespace {

class ctl_failure_test : public coordinator_fixture {
protected:
  /// What `nodes` says to a person when the server answers like this.
  std::string complaint(int expected_code) {
    auto result = ctl({"nodes"});
    EXPECT_EQ(result.code, expected_code);
    EXPECT_EQ(result.out, "");
    return result.err;
  }
};

} // namespace

TEST_F(ctl_failure_test, passes_on_why_the_coordinator_refuses) {
  server.answer(
      R"({"error":{"code":102,"message":"unknown channel\u001b[2J."}})");
  EXPECT_EQ(complaint(ctl_refused),
            "roost ctl: The coordinator refuses: unknown channel\\x1b[2J (code "
            "102).\n");
}

TEST_F(ctl_failure_test, passes_it_on_whatever_the_http_status_is) {
  server.answer(R"({"error":{"code":108,"message":"not available"}})", 503);
  EXPECT_EQ(complaint(ctl_refused), "roost ctl: The coordinator refuses: not "
                                    "available (code 108).\n");
}

TEST_F(ctl_failure_test, takes_an_error_of_null_for_none) {
  server.answer("{\"error\": null , \"result\": {} }");
  EXPECT_EQ(ctl({"connections"}).code, ctl_done);
}

TEST_F(ctl_failure_test, says_that_the_key_is_wrong) {
  server.answer("", 401);
  EXPECT_EQ(complaint(ctl_refused),
            "roost ctl: The coordinator does not accept the admin key.\n");
}

TEST_F(ctl_failure_test, says_that_a_key_is_missing) {
  server.answer("", 401);
  auto result = run_roost({"ctl", "nodes", "--address", server.address(),
                           "--key-file", "/dev/null"});
  EXPECT_EQ(result.code, ctl_refused);
  EXPECT_EQ(result.err, "roost ctl: The coordinator asks for an admin key; "
                        "give --key, --key-file or ROOST_CTL_KEY.\n");
}

TEST_F(ctl_failure_test, says_that_nobody_listens) {
  std::string address;
  {
    canned_server gone;
    address = gone.address();
  }
  auto result = run_roost({"ctl", "nodes", "--address", address});
  EXPECT_EQ(result.code, ctl_unreachable);
  EXPECT_EQ(result.err, "roost ctl: No coordinator can be reached at " + address
                            + ": Connection refused.\n");
}

TEST_F(ctl_failure_test, gives_up_after_the_timeout) {
  server.be_silent();
  auto result = ctl({"nodes", "--timeout", "50ms"});
  EXPECT_EQ(result.code, ctl_unreachable);
  EXPECT_EQ(result.err, "roost ctl: No coordinator can be reached at "
                            + server.address() + ": no answer within 50 ms.\n");
}

TEST_F(ctl_failure_test, says_that_the_address_is_another_service) {
  server.answer("<html>not found</html>", 404);
  EXPECT_EQ(complaint(ctl_unreachable),
            "roost ctl: What answers at " + server.address()
                + " takes no admin commands (HTTP 404); is it the internal "
                  "address of a coordinator?\n");
}

TEST_F(ctl_failure_test, refuses_what_is_no_envelope) {
  for (auto body : {"", "[]", "{}", "null", "{\"result\":{}",
                    R"({"result":{},"error":{"code":1}})", "{\"result\":null}",
                    R"({"result":{"nodes":7}})", R"({"result":{"a":[}}})"}) {
    server.answer(body);
    auto result = ctl({"nodes"});
    EXPECT_EQ(result.code, ctl_unreachable) << body;
    EXPECT_EQ(result.out, "") << body;
    EXPECT_NE(result.err, "") << body;
  }
}

TEST_F(ctl_failure_test, refuses_what_is_no_http) {
  for (auto bytes : {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200",
                     "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"}) {
    server.answer_bytes(bytes);
    EXPECT_EQ(ctl({"nodes"}).code, ctl_unreachable) << bytes;
  }
}

TEST_F(ctl_failure_test, refuses_a_server_without_tls_when_told_to_use_it) {
  auto result = run_roost({"ctl", "nodes", "--timeout", "2s", "--address",
                           "https://" + server.address()});
  EXPECT_EQ(result.code, ctl_unreachable);
  EXPECT_TRUE(result.err.starts_with("roost ctl: No coordinator can be "
                                     "reached at https://127.0.0.1:"))
      << result.err;
}

TEST_F(ctl_failure_test, names_a_certificate_file_that_can_not_be_read) {
  auto result = run_roost({"ctl", "nodes", "--address",
                           "https://" + server.address(), "--ca", "/dev/null"});
  EXPECT_EQ(result.code, ctl_unreachable);
  EXPECT_TRUE(result.err.ends_with(
      "the file /dev/null holds no certificate that can be read.\n"))
      << result.err;
}
