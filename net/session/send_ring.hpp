#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct iovec;

namespace net {

/// What one socket has to send, and what came of it.
struct send_request {
  int socket = -1;
  iovec* buffers = nullptr;
  std::size_t buffer_count = 0;
  /// Bytes that the kernel took, or an errno below 0 (-EAGAIN: none now).
  int result = 0;
};

/// Sends for many sockets in one system call each, none of which waits.
void send_each(std::span<send_request> all);

/// Sends for many sockets in one system call, by io_uring. A system call costs
/// more than anything else that a delivery needs. For one thread.
class send_ring {
public:
  /// Nothing where the kernel, or its policy, refuses: then `why` says so.
  static std::unique_ptr<send_ring> open(std::string& why);

  ~send_ring();

  send_ring(const send_ring&) = delete;
  send_ring& operator=(const send_ring&) = delete;

  /// Returns when every request has its result; none waits for a peer. False
  /// when the kernel failed us: what has no result was not sent, and the ring
  /// must not be used again.
  bool send(std::span<send_request> all);

private:
  struct state;

  explicit send_ring(std::unique_ptr<state> x);

  std::unique_ptr<state> state_;
};

} // namespace net
