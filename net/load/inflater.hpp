#pragma once

#include "net/load/recent.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace net::load {

/// Takes messages of permessage-deflate apart (RFC 7692), where the server
/// keeps no context.
class inflater {
public:
  inflater();
  ~inflater();
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  /// The message, valid until the next call; null where it is broken or has
  /// more than `most` bytes.
  const std::string* inflate(std::string_view compressed, std::size_t most);

private:
  bool make(std::string_view compressed, std::size_t most, std::string& out);

  struct state;
  std::unique_ptr<state> state_;
  recent<std::string, std::string> made_;
};

} // namespace net::load
