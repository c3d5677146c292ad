#pragma once

#include "net/peer/peer_options.hpp"

#include <filesystem>
#include <string>

namespace net::peer::test {

/// A certificate authority of one test, with its files in a folder that goes
/// away with it.
class authority {
public:
  explicit authority(const std::string& name);
  ~authority();
  authority(const authority&) = delete;
  authority& operator=(const authority&) = delete;

  /// A certificate for `node` that this authority signed, to be checked
  /// against this authority.
  tls_files certify(const std::string& node) const;

private:
  struct keys;

  std::filesystem::path folder_;
  std::unique_ptr<keys> keys_;
};

} // namespace net::peer::test
