#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace net::load {

/// A server in this process that does nothing but send: prepared frames of
/// JSON pushes, as fast as its thread can, to everybody who connects. It takes
/// `connections` of them and begins when `go` is called.
class sink {
public:
  struct options {
    std::size_t connections = 1000;
    std::size_t payload_size = 128;
    std::size_t frames = 16; ///< In one write.
    int core = -1;           ///< Which core its thread stays on; -1: any.
  };

  /// Listens on a port that the kernel picks.
  explicit sink(const options& with);
  ~sink();
  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;

  std::uint16_t port() const { return port_; }

  void go() { going_ = true; }

private:
  void run();
  int accept_one() const;
  void send_all(const std::string& bytes);

  options options_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> going_ = false;
  std::atomic<bool> stopping_ = false;
  std::vector<int> clients_;
  std::thread thread_;
};

} // namespace net::load
