#include "net/load/api_publisher.hpp"
#include "net/load/clock.hpp"
#include "net/load/loopback_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace net::load {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A publisher, and the socket that stands for the server API.
class api_publisher_test : public testing::Test {
protected:
  api_publisher_test() {
    std::uint16_t port = 0;
    listener_ = listen_on_loopback(1, port);
    where_ = find_target("http://127.0.0.1:" + std::to_string(port), "http://");
  }

  ~api_publisher_test() override {
    hang_up();
    ::close(listener_);
  }

  /// Connects a backend.
  void connect(bool delta = false) {
    way.emplace(events_, where_,
                api_publisher::role{"chat:a", "the-key", delta},
                [this](const std::string& why) { losses.push_back(why); });
    way->start(0);
    server_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    turn();
  }

  void publish(std::string_view payload) {
    way->publish(payload);
    way->flush();
    turn();
  }

  /// The next request, which must be there.
  std::string request() {
    std::string out;
    for (;;) {
      char buffer[4096];
      const auto n = recv(server_, buffer, sizeof buffer, 0);
      if (n <= 0)
        return "the end";
      out.append(buffer, static_cast<std::size_t>(n));
      const auto head = out.find("\r\n\r\n");
      const auto length = out.find("Content-Length: ");
      if (head == out.npos || length == out.npos)
        continue;
      std::size_t size = 0;
      std::from_chars(out.data() + length + 16, out.data() + head, size);
      if (out.size() >= head + 4 + size)
        return out;
    }
  }

  std::string body() {
    const auto whole = request();
    return whole.substr(whole.find("\r\n\r\n") + 4);
  }

  bool heard_nothing() {
    char byte = 0;
    return recv(server_, &byte, 1, MSG_DONTWAIT) < 0;
  }

  void answer(const std::string& text, int code = 200) {
    const auto whole = "HTTP/1.1 " + std::to_string(code)
                       + " x\r\nContent-Length: " + std::to_string(text.size())
                       + "\r\n\r\n" + text;
    ::send(server_, whole.data(), whole.size(), MSG_NOSIGNAL);
    turn();
  }

  void hang_up() {
    if (server_ >= 0)
      ::close(std::exchange(server_, -1));
  }

  /// Lets the publisher see what came.
  void turn() { events_.run(now() + second / 20); }

  const std::string& host() const { return where_.host; }

  std::optional<api_publisher> way;
  std::vector<std::string> losses;

private:
  loop events_;
  target where_;
  int listener_ = -1;
  int server_ = -1;
};

TEST_F(api_publisher_test, posts_a_publication) {
  connect();
  publish(R"({"a":1})");
  EXPECT_EQ(
      request(),
      "POST /api/batch HTTP/1.1\r\nHost: " + host()
          + "\r\nContent-Type: application/json\r\nX-API-Key: the-key\r\n"
            "Content-Length: 62\r\n\r\n"
            R"({"commands":[{"publish":{"channel":"chat:a","data":{"a":1}}}]})");
}

TEST_F(api_publisher_test, marks_publications_for_deltas) {
  connect(true);
  publish("1");
  EXPECT_THAT(body(), HasSubstr(R"("data":1,"delta":true})"));
}

TEST_F(api_publisher_test, sends_what_waits_with_the_next_request) {
  connect();
  for (auto payload : {"1", "2", "3"})
    publish(payload);
  EXPECT_THAT(body(), HasSubstr(R"("data":1)"));
  EXPECT_TRUE(heard_nothing());
  answer(R"({"replies":[{"publish":{}}]})");
  EXPECT_EQ(body(), R"({"commands":[{"publish":{"channel":"chat:a","data":2}},)"
                    R"({"publish":{"channel":"chat:a","data":3}}]})");
  EXPECT_THAT(losses, IsEmpty());
}

TEST_F(api_publisher_test, takes_no_more_than_a_bound) {
  connect();
  const std::string mebibyte = '"' + std::string(1 << 20, 'x') + '"';
  int taken = 0;
  for (; taken < 100 && way->takes_more(); ++taken)
    way->publish(mebibyte);
  EXPECT_EQ(taken, 4);
}

TEST_F(api_publisher_test, ends_when_it_is_refused) {
  connect();
  publish("1");
  answer(R"({"replies":[{"error":{"code":102}}]})");
  EXPECT_THAT(losses, ElementsAre(HasSubstr("the server API answers 200")));
  EXPECT_FALSE(way->takes_more());
}

TEST_F(api_publisher_test, ends_when_it_is_not_let_in) {
  connect();
  publish("1");
  answer("401 unauthorized", 401);
  EXPECT_THAT(losses, ElementsAre(HasSubstr("401")));
}

TEST_F(api_publisher_test, ends_with_its_connection) {
  connect();
  hang_up();
  turn();
  publish("1");
  EXPECT_THAT(losses, ElementsAre("the server closed the connection"));
  publish("2");
  EXPECT_EQ(losses.size(), 1u);
}

} // namespace net::load
