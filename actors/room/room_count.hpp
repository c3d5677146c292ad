#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace actors {

/// The place of one room among those of its node: taken when it is made, given
/// back when it goes.
class room_count {
public:
  /// `rooms` outlives it.
  explicit room_count(std::atomic<std::uint32_t>& rooms) : rooms_(&rooms) {
    rooms.fetch_add(1);
  }

private:
  struct give_back {
    void operator()(std::atomic<std::uint32_t>* rooms) const {
      rooms->fetch_sub(1);
    }
  };

  std::unique_ptr<std::atomic<std::uint32_t>, give_back> rooms_;
};

} // namespace actors
