#pragma once

#include "net/load/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace net::load {

/// A socket that the loop watches.
class watched {
public:
  /// `events` are epoll's.
  virtual void on_events(std::uint32_t events) = 0;

protected:
  ~watched() = default;
};

/// The one thread's epoll. What it calls must not be destroyed before `run`
/// returns.
class loop {
public:
  /// With `spin` it polls and never sleeps, so that what is measured is not how
  /// long a sleeping core takes to wake.
  explicit loop(bool spin = false);
  ~loop();
  loop(const loop&) = delete;
  loop& operator=(const loop&) = delete;

  void add(int fd, std::uint32_t events, watched& what);
  void change(int fd, std::uint32_t events, watched& what);

  /// Handles what happens until `deadline` once; returns sooner when anything
  /// did, and at once when the deadline has passed.
  void run(std::uint64_t deadline);

  /// Where sockets read to; at least `size` bytes.
  char* buffer(std::size_t size) {
    if (size > buffer_.size())
      buffer_.resize(size);
    return buffer_.data();
  }

  /// What sockets read at once: more would not stay in the processor's cache.
  static constexpr std::size_t read_size = 128 * 1024;

private:
  int fd_ = -1;
  bool spin_;
  std::vector<char> buffer_;
};

} // namespace net::load
