#include "net/session/send_ring.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <liburing.h>
#include <sys/socket.h>

namespace net {

namespace {

/// Requests of one submission.
constexpr unsigned ring_entries = 512;

constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT;

msghdr header_of(const send_request& x) {
  msghdr header{};
  header.msg_iov = x.buffers;
  header.msg_iovlen = x.buffer_count;
  return header;
}

} // namespace

void send_each(std::span<send_request> all) {
  for (auto& x : all) {
    ssize_t sent = 0;
    do {
      if (x.buffer_count == 1) {
        sent = ::send(x.socket, x.buffers->iov_base, x.buffers->iov_len,
                      send_flags);
      } else {
        const auto header = header_of(x);
        sent = ::sendmsg(x.socket, &header, send_flags);
      }
    } while (sent < 0 && errno == EINTR);
    x.result = sent < 0 ? -errno : static_cast<int>(sent);
  }
}

struct send_ring::state {
  io_uring ring{};
  std::array<msghdr, ring_entries> headers;

  ~state() { io_uring_queue_exit(&ring); }
};

send_ring::send_ring(std::unique_ptr<state> x) : state_(std::move(x)) {}

send_ring::~send_ring() = default;

std::unique_ptr<send_ring> send_ring::open(std::string& why) {
  io_uring ring{};
  // Kernels before 6.1 know no such flags.
  auto failed = io_uring_queue_init(ring_entries, &ring,
                                    IORING_SETUP_SINGLE_ISSUER
                                        | IORING_SETUP_DEFER_TASKRUN);
  if (failed == -EINVAL)
    failed = io_uring_queue_init(ring_entries, &ring, 0);
  if (failed < 0) {
    why = std::strerror(-failed);
    return nullptr;
  }
  auto made = std::make_unique<state>();
  made->ring = ring;
  return std::unique_ptr<send_ring>{new send_ring{std::move(made)}};
}

bool send_ring::send(std::span<send_request> all) {
  auto* ring = &state_->ring;
  while (!all.empty()) {
    const auto part =
        all.first(std::min<std::size_t>(all.size(), ring_entries));
    all = all.subspan(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
      auto& x = part[i];
      x.result = -ECANCELED;
      auto* entry = io_uring_get_sqe(ring); // as many as there are requests
      if (x.buffer_count == 1) {
        io_uring_prep_send(entry, x.socket, x.buffers->iov_base,
                           x.buffers->iov_len, send_flags);
      } else {
        state_->headers[i] = header_of(x);
        io_uring_prep_sendmsg(entry, x.socket, &state_->headers[i], send_flags);
      }
      io_uring_sqe_set_data64(entry, i);
    }
    std::size_t answered = 0;
    while (answered < part.size()) {
      const auto outcome = io_uring_submit_and_wait(
          ring, static_cast<unsigned>(part.size() - answered));
      if (outcome < 0 && outcome != -EINTR && outcome != -EAGAIN
          && outcome != -EBUSY)
        return false;
      io_uring_cqe* completion = nullptr;
      unsigned head = 0;
      unsigned seen = 0;
      io_uring_for_each_cqe(ring, head, completion) {
        part[completion->user_data].result = completion->res;
        ++seen;
      }
      io_uring_cq_advance(ring, seen);
      answered += seen;
    }
  }
  return true;
}

} // namespace net
