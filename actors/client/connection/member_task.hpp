#pragma once

#include "actors/lane/lane.hpp"

namespace actors {

/// A turn-end task that calls a method of its owner.
template <class Owner, void (Owner::*Method)()>
class member_task final : public turn_end_task {
public:
  explicit member_task(Owner& owner) : owner_(owner) {}

  void at_turn_end() override { (owner_.*Method)(); }

private:
  Owner& owner_;
};

} // namespace actors
