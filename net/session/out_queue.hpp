#pragma once

#include "proto/frame.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <sys/uio.h>
#include <vector>

namespace net {

/// What waits to be written to one socket, in order: frames shared with other
/// connections, and bytes of our own (control frames, the answer to the
/// upgrade). Holds no memory while empty.
class out_queue {
public:
  /// Buffers of one system call.
  static constexpr std::size_t max_buffers = 64;

  void push(const proto::frame_ptr& frame);
  void push(std::string bytes);

  /// Queues a pong where pongs wait already, which may be before other frames.
  /// At most `limit` bytes of them wait, or a single one; beyond that only the
  /// newest is kept (RFC 6455, section 5.5.3).
  void push_pong(std::string frame, std::size_t limit);

  bool empty() const noexcept { return head_ == chunks_.size(); }

  /// Bytes not yet consumed.
  std::size_t bytes() const noexcept { return bytes_; }

  /// Bytes of pongs among them, without a newest one beyond a limit.
  std::size_t pong_bytes() const;

  /// Appends at most `max_buffers` from the front to `out`.
  void gather(std::vector<iovec>& out) const;

  /// Appends at most `max` bytes from the front to `out` (TLS takes one
  /// buffer). Returns how many.
  std::size_t copy(std::string& out, std::size_t max) const;

  /// Forgets the first `n` bytes: they were written.
  void consume(std::size_t n);

  /// Forgets everything but the rest of a chunk that was written in part, so
  /// that what follows still starts at a frame.
  void drop_unstarted();

  void clear();

private:
  struct chunk {
    proto::frame_ptr frame;
    std::unique_ptr<std::string> own;

    std::string_view view() const {
      return own ? std::string_view{*own} : frame->wire();
    }
  };

  void append_pong(std::string_view frame);
  void forget_pongs();
  void shrink();

  std::vector<chunk> chunks_;
  std::string* pongs_ = nullptr; ///< In the one chunk that has pongs.
  std::string newest_pong_;      ///< Behind those, where there is no room.
  std::size_t head_ = 0;         ///< First chunk that is not written.
  std::size_t written_ = 0;      ///< Bytes of that chunk that are.
  std::size_t bytes_ = 0;
};

} // namespace net
