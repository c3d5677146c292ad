#pragma once

#include "actors/messages.hpp"

#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace actors {

/// Admins who wait until the coordinators have decided on what they ordered.
class pending_drains {
public:
  using promise = caf::typed_response_promise<node_answer>;

  /// Answered once view `number` is decided, if that is as `order` wants it.
  void add(promise who, roost::link::Drain order, std::uint64_t number);

  /// The coordinators have decided on `view`.
  void decided(const roost::link::View& view);

  /// This coordinator does not lead any more: nobody here will learn whether
  /// what was proposed is decided.
  void fail_all();

private:
  struct waiting {
    promise who;
    roost::link::Drain order;
    std::uint64_t number = 0;
  };

  std::vector<waiting> waiting_;
};

} // namespace actors
