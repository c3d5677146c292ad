#pragma once

#include <array>
#include <cstddef>
#include <utility>

namespace net::load {

/// Remembers the latest answers. The connections of a room are sent the same,
/// so what one of them had to work out serves the others.
template <class Key, class Value>
class recent {
public:
  /// The answer to a key like this one, or null. Valid until the next `put`.
  template <class Like>
  const Value* find(const Like& key) {
    for (std::size_t i = 0; i < size; ++i) {
      const auto at = (likely_ + i) % size;
      if (entries_[at].key == key) {
        // The next connection asks in the same order.
        likely_ = at + 1;
        return &entries_[at].value;
      }
    }
    return nullptr;
  }

  const Value& put(Key key, Value value) {
    auto& entry = entries_[oldest_];
    entry = {std::move(key), std::move(value)};
    oldest_ = (oldest_ + 1) % size;
    likely_ = oldest_;
    return entry.value;
  }

private:
  static constexpr std::size_t size = 64;

  struct entry {
    Key key{};
    Value value{};
  };

  std::array<entry, size> entries_;
  std::size_t likely_ = 0;
  std::size_t oldest_ = 0;
};

} // namespace net::load
