#pragma once

#include "net/ctl/ctl.hpp"
#include "net/ctl/http_post.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
}

namespace net {

/// A command that was not done. `what()` is a sentence.
struct ctl_error : std::runtime_error {
  ctl_error(ctl_exit code, const std::string& sentence)
      : std::runtime_error(sentence), code(code) {}
  ctl_exit code;
};

/// Calls the admin methods of a coordinator (proto/admin.proto), one HTTP
/// request each.
class admin_client {
public:
  struct options {
    endpoint coordinator;
    std::string key;
    std::string ca_file;
    std::chrono::milliseconds timeout{10'000};
  };

  explicit admin_client(options opts);

  /// Sends `request` to `method` and reads the answer into `result`. Answers
  /// the result object as JSON on one line. Throws `ctl_error`.
  std::string call(std::string_view method,
                   const google::protobuf::Message& request,
                   google::protobuf::Message& result) const;

private:
  options options_;
};

} // namespace net
