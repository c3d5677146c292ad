#pragma once

#include "proto/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace net {

/// How a numbered request stands to those before it.
enum class poll_order : std::uint8_t {
  next,
  again, ///< The last one, whose answer was lost.
  wrong,
};

constexpr poll_order order_of(std::uint32_t number, std::uint32_t last) {
  if (number == last + 1)
    return poll_order::next;
  return number == last && last != 0 ? poll_order::again : poll_order::wrong;
}

/// What waits for a client that polls, in numbered answers. The last one is
/// kept until the client asks for the next. Holds no memory while empty.
class poll_queue {
public:
  /// Bytes of one answer, or a single frame.
  static constexpr std::size_t max_answer = 128 * 1024;

  struct answer {
    std::uint32_t number;
    std::span<const proto::frame_ptr> frames;
  };

  void push(const proto::frame_ptr& frame);

  /// The client asks for this answer, so all before it came.
  poll_order ask(std::uint32_t number);

  /// Nothing is there to answer, nor kept.
  bool empty() const noexcept { return frames_.empty(); }

  /// What the client asked for; of a queue that is not empty.
  answer give();

  /// Whether nothing waits behind the answer that is kept.
  bool gave_all() const noexcept { return kept_ == frames_.size(); }

  /// Forgets what no answer has yet.
  void drop_waiting();

  void clear();

  /// Bytes in no answer yet, and those of the one that is kept.
  std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }
  std::size_t kept_bytes() const noexcept { return kept_bytes_; }

private:
  std::vector<proto::frame_ptr> frames_;
  std::size_t kept_ = 0; ///< The first ones, which the last answer has.
  std::size_t waiting_bytes_ = 0;
  std::size_t kept_bytes_ = 0;
  std::uint32_t last_ = 0; ///< Number of the last answer.
};

} // namespace net
