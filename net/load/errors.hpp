#pragma once

#include <stdexcept>

namespace net::load {

/// The figure could not be measured; the sentence says why. Exit code 1.
class load_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What was asked for makes no sense. Exit code 2.
class usage_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace net::load
