#pragma once

#include <caf/response_promise.hpp>

#include <memory>
#include <utility>

namespace actors {

/// The answer to a user_command: true once somebody said that it concerned
/// him, and false when it is let go, so that nobody waits for a connection
/// that ends first.
class command_answer {
public:
  explicit command_answer(caf::response_promise promise)
      : promise_(std::move(promise)) {}

  command_answer(const command_answer&) = delete;
  command_answer& operator=(const command_answer&) = delete;

  ~command_answer() { promise_.deliver(concerned_); }

  void concerned() { concerned_ = true; }

private:
  caf::response_promise promise_;
  bool concerned_ = false;
};

using command_answer_ptr = std::shared_ptr<command_answer>;

} // namespace actors
