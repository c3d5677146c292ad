#pragma once

#include "net/load/recent.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace net::load {

/// What a subscriber has of a room; the next delta is one to it.
using shared_text = std::shared_ptr<const std::string>;

/// Reads the publications of a subscription with deltas.
class delta_reader {
public:
  /// The payload that a push in JSON brings to who has `base`; null where it
  /// makes none.
  shared_text read(std::string_view push, const shared_text& base);

private:
  struct question {
    shared_text base;
    std::string push;

    bool
    operator==(const std::pair<const shared_text&, std::string_view>& x) const {
      return base == x.first && push == x.second;
    }
  };

  recent<question, shared_text> made_;
};

} // namespace net::load
