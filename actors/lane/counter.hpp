#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace actors {

/// A number with one writer at a time and any number of readers: no bus lock on
/// the writer's side.
class counter {
public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n,
                 std::memory_order_relaxed);
  }

  std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// The same for what also goes down.
class gauge {
public:
  void add(std::int64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n,
                 std::memory_order_relaxed);
  }

  void sub(std::int64_t n = 1) noexcept { add(-n); }

  std::int64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

private:
  std::atomic<std::int64_t> value_{0};
};

/// What one of several contributes to a gauge.
class gauge_part {
public:
  void set(gauge& of, std::uint64_t value) noexcept {
    const auto now = static_cast<std::int64_t>(value);
    of.add(now - std::exchange(value_, now));
  }

private:
  std::int64_t value_ = 0;
};

} // namespace actors
