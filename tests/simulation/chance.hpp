#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace simulation {

/// Everything that is left to chance comes from here, so that a seed says it
/// all.
class chance {
public:
  explicit chance(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }

  /// From 0 to `n - 1`.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(engine_() % n);
  }

  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first
           + static_cast<std::int64_t>(
               engine_() % static_cast<std::uint64_t>(last - first + 1));
  }

  /// True once in `n` times.
  bool one_in(std::size_t n) { return below(n) == 0; }

  template <class T>
  T& any(std::vector<T>& of) {
    return of[below(of.size())];
  }

  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[below(of.size())];
  }

  template <class T>
  void shuffle(std::vector<T>& x) {
    for (auto i = x.size(); i > 1; --i)
      std::swap(x[i - 1], x[below(i)]);
  }

private:
  std::mt19937_64 engine_;
};

} // namespace simulation
