#pragma once

#include <memory>
#include <string>

namespace net {

/// What a client sent to a `canned_server`.
struct seen_request {
  std::string method;
  std::string target;
  std::string key;
  std::string body;
};

/// Gives the same answer to one HTTP request after the other, on loopback.
class canned_server {
public:
  canned_server();
  ~canned_server();

  /// "127.0.0.1:PORT"
  std::string address() const;

  /// Answers with this from now on.
  void answer(std::string body, unsigned status = 200);

  /// Sends these bytes whatever is asked, then closes.
  void answer_bytes(std::string bytes);

  /// Reads requests and says nothing.
  void be_silent();

  /// The last request.
  seen_request seen() const;

private:
  // Beast is slow to compile, so it stays out of the tests.
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace net
