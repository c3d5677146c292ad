#pragma once

#include "net/ctl/endpoint.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

namespace net {

/// A request to a coordinator's internal address.
struct http_request {
  endpoint to;
  /// PEM file of who may sign the server's certificate; empty: whom this
  /// machine trusts.
  std::string ca_file;
  std::string target;
  /// Goes into `X-API-Key`.
  std::string key;
  std::string body;
  /// For everything: connecting, sending, and the whole answer.
  std::chrono::milliseconds timeout{10'000};
};

struct http_answer {
  unsigned status = 0;
  std::string body;
};

/// No whole answer came. `what()` is the reason without the address, such as
/// "Connection refused".
struct http_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Posts and waits for the answer. Throws `http_failed`.
http_answer http_post(const http_request& request);

} // namespace net
