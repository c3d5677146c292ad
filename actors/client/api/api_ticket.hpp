#pragma once

#include "actors/client/api/api.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace actors {

/// One request to the API under way: counted while it lives, and answered
/// exactly once, with 503 when it is let go because the actor ends.
class api_ticket {
public:
  api_ticket(std::shared_ptr<std::uint32_t> under_way, api::on_done done)
      : under_way_(std::move(under_way)), done_(std::move(done)) {
    ++*under_way_;
  }

  api_ticket(const api_ticket&) = delete;
  api_ticket& operator=(const api_ticket&) = delete;

  ~api_ticket() {
    answer({503, "the node is stopping"});
    --*under_way_;
  }

  void answer(api_response response) {
    if (auto done = std::exchange(done_, nullptr))
      done(std::move(response));
  }

private:
  std::shared_ptr<std::uint32_t> under_way_;
  api::on_done done_;
};

using api_ticket_ptr = std::shared_ptr<api_ticket>;

} // namespace actors
